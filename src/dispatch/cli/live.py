"""Progress on stderr: one live line on a terminal, plain lines elsewhere: phase, best cost, bound, gap, elapsed."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING

from dispatch.batching.progress import Signals
from dispatch.cli.output import say
from dispatch.units import format_money

if TYPE_CHECKING:
    from rich.status import Status

PHASES = {
    "read": "reading the scenario",
    "prepare": "who may travel, where and when",
    "search": "searching",
    "bound": "proving a bound",
    "assemble": "timetables, seats and reasons",
    "check": "checking",
    "print": "map, plan book and lists to print",
    "write": "writing",
}
#: Phases in which the workers' figures are those of the plan in the making.
_SEARCHING = ("search", "bound")
_POLL_S = 0.5
_PLAIN_EVERY_S = 10.0


class Progress:
    """Shows how the work goes, from phases told and from what the workers publish through ``signals``."""

    def __init__(self, signals: Signals, currency: str = "") -> None:
        self.currency = currency
        self.lines: list[str] = []
        self._signals = signals
        self._phase = "read"
        self._done = ""
        self._started = time.monotonic()
        self._told = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._status: Status | None = _open_status()

    def __enter__(self) -> Progress:
        if self._status is not None:
            self._status.start()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        if self._status is not None:
            self._status.stop()

    def tell(self, phase: str, values: Mapping[str, str]) -> None:
        """Hear that a phase begins."""
        self._phase, self._done = phase, ""
        self.lines.append(f"{self.elapsed_s:.1f} s {phase}")
        self._show(plain=True)

    def count(self, done: int, total: int) -> None:
        """Hear how much of the phase is done."""
        self._done = f"{done:,} of {total:,}"

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    def _watch(self) -> None:
        while not self._ended.wait(_POLL_S):
            self._show(plain=time.monotonic() - self._told > _PLAIN_EVERY_S)

    def _show(self, *, plain: bool) -> None:
        figures = self._done
        if self._phase in _SEARCHING:
            figures = make_figures_text(self._signals.read(), self.currency)
        parts = [PHASES.get(self._phase, self._phase), figures, f"{self.elapsed_s:.0f} s"]
        line = " · ".join(part for part in parts if part)
        if self._status is not None:
            self._status.update(line.replace("[", "("))
        elif plain:
            self._told = time.monotonic()
            say(line)


def make_figures_text(told: Mapping[str, str], currency: str) -> str:
    """``best 1,234.00 CNY · bound 1,200.00 CNY · gap 2.75 %`` from the workers' texts; ``no bound yet`` before a proof."""
    costs = [cost for name, text in told.items() if name != "bound" and (cost := _read(text)) is not None]
    bound = _read(told.get("bound", ""))
    parts = [f"best {format_money(min(costs), currency)}"] if costs else []
    if bound is not None and bound > 0:
        parts.append(f"bound {format_money(bound, currency)}")
        if costs and min(costs) > 0:
            parts.append(f"gap {max(0.0, 100 * (min(costs) - bound) / min(costs)):.2f} %")
    elif costs:
        parts.append("no bound yet")
    return " · ".join(parts)


def _read(text: str) -> int | None:
    """Number a worker published; None for a text that is only half written."""
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return None


def _open_status() -> Status | None:
    if not sys.stderr.isatty():
        return None
    from rich.console import Console

    console = Console(stderr=True)
    return console.status("") if console.is_terminal else None
