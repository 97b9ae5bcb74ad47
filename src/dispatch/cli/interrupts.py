"""Ctrl-C: once asks the work to end with the best plan so far, twice ends it at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from dispatch.batching.progress import Signals

_FIRST = b"\nStopping: the best plan so far will be kept. Press Ctrl-C again to end at once.\n"


class Interrupts:
    """Counts Ctrl-C while the work runs."""

    def __init__(self, signals: Signals) -> None:
        self.count = 0
        self._signals = signals

    def hear(self, _number: int, _frame: FrameType | None) -> None:
        """Handle one Ctrl-C."""
        self.count += 1
        if self.count > 1:
            raise KeyboardInterrupt
        os.write(2, _FIRST)  # the ordinary streams may be in use at this very moment
        self._signals.ask_to_stop()


@contextmanager
def catch_interrupts(signals: Signals) -> Iterator[Interrupts]:
    """Ctrl-C goes to ``signals`` within the block (in the main thread; elsewhere nothing is caught)."""
    interrupts = Interrupts(signals)
    if threading.current_thread() is not threading.main_thread():
        yield interrupts
        return
    before = signal.signal(signal.SIGINT, interrupts.hear)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, before)
