"""Progress on stderr: one live line on a terminal, plain lines elsewhere: phase, best cost, bound, gap, elapsed, time left."""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING

from dispatch.batching.progress import Signals
from dispatch.cli.output import make_printable, say
from dispatch.units import format_money

if TYPE_CHECKING:
    from rich.status import Status

PHASES = {
    "read": "reading the scenario",
    "prepare": "who may travel, where and when",
    "search": "searching",
    "districts": "searching district by district",
    "parts": "timetables and seats, part by part",
    "bound": "proving a bound",
    "assemble": "timetables, seats and reasons",
    "check": "checking",
    "print": "map, plan book and lists to print",
    "write": "writing",
}
#: Phases in which the workers' figures are those of the plan in the making.
_SEARCHING = ("search", "districts", "bound")
#: Begin of the names under which districts publish the cost of their own people.
_DISTRICT = "search-"
_POLL_S = 0.5
_PLAIN_EVERY_S = 10.0


class Progress:
    """Shows how the work goes, from phases told and from what the workers publish through ``signals``."""

    def __init__(self, signals: Signals, currency: str = "") -> None:
        self.currency = currency
        self.lines: list[str] = []
        #: Seconds after the start at which a complete plan was first known, within half a second.
        self.first_plan_s: float | None = None
        self._signals = signals
        self._phase = "read"
        self._values: Mapping[str, object] = {}
        self._started = self._phase_started = self._heard = time.monotonic()
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

    def tell(self, phase: str, values: Mapping[str, object]) -> None:
        """Hear that a phase begins, or how far it is: ``done`` of ``total``, ``cost`` and ``bound`` so far (minor units)."""
        now = time.monotonic()
        begins, self._values = phase != self._phase or "done" not in values, values
        if begins:  # what is done already when a phase is first heard of was done since the last word
            self._phase, self._phase_started = phase, self._heard if _read_in(values, "done") else now
            self.lines.append(f"{self.elapsed_s:.1f} s {phase}")
            self._show(plain=True)
        self._heard = now

    def count(self, done: int, total: int) -> None:
        """Hear how much of the phase is done."""
        self._values = {"done": done, "total": total}

    def note(self, text: str) -> None:
        """Hear, from any thread, what is worth a line that stays."""
        self.lines.append(f"{self.elapsed_s:.1f} s {text}")
        if self._status is not None:
            self._status.console.print(make_printable(text), markup=False, highlight=False, soft_wrap=True)
        else:
            say(text)

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    def _watch(self) -> None:
        while not self._ended.wait(_POLL_S):
            self._show(plain=time.monotonic() - self._told > _PLAIN_EVERY_S)

    def _show(self, *, plain: bool) -> None:
        told = self._signals.read() if self._phase in _SEARCHING else {}
        told = add_up_districts(told, _read_in(self._values, "total"))
        told |= {name: str(self._values[name]) for name in ("cost", "bound") if name in self._values}
        if self.first_plan_s is None and _list_costs(told):
            self.first_plan_s = self.elapsed_s
        in_phase_s = time.monotonic() - self._phase_started
        parts = [
            PHASES.get(self._phase, self._phase),
            make_figures_text(told, self.currency),
            make_count_text(self._values, in_phase_s),
            f"{self.elapsed_s:.0f} s",
        ]
        line = " · ".join(part for part in parts if part)
        if self._status is not None:
            self._status.update(line.replace("[", "("))
        elif plain:
            self._told = time.monotonic()
            say(line)


def make_count_text(values: Mapping[str, object], seconds: float) -> str:
    """``30 of 120 · about 3 min left`` after so many seconds of a phase; no guess before anything is done."""
    done, total = _read_in(values, "done"), _read_in(values, "total")
    if done is None or total is None:
        return ""
    text = f"{done:,} of {total:,}"
    if not 0 < done < total:
        return text
    left_s = seconds * (total - done) / done
    if left_s < 55:
        return f"{text} · about {math.ceil(left_s / 10) * 10} s left"
    if left_s < 5400:
        return f"{text} · about {math.ceil(left_s / 60)} min left"
    return f"{text} · about {left_s / 3600:.1f} h left"


def add_up_districts(told: Mapping[str, str], total: int | None) -> dict[str, str]:
    """Texts with those called ``search-…``, one per district, replaced by their sum once all have told their cost."""
    costs = [_read(text) for name, text in told.items() if name.startswith(_DISTRICT)]
    rest = {name: text for name, text in told.items() if not name.startswith(_DISTRICT)}
    known = [cost for cost in costs if cost is not None]
    return rest | {"districts": str(sum(known))} if costs and len(known) == total else rest


def make_figures_text(told: Mapping[str, str], currency: str) -> str:
    """``best 1,234.00 CNY · bound 1,200.00 CNY · gap 2.75 %`` from the workers' texts; ``no bound yet`` before a proof."""
    costs = _list_costs(told)
    bound = _read(told.get("bound", ""))
    parts = [f"best {format_money(min(costs), currency)}"] if costs else []
    if bound is not None and bound > 0:
        parts.append(f"bound {format_money(bound, currency)}")
        if costs and min(costs) > 0:
            parts.append(f"gap {max(0.0, 100 * (min(costs) - bound) / min(costs)):.2f} %")
    elif costs:
        parts.append("no bound yet")
    return " · ".join(parts)


def _list_costs(told: Mapping[str, str]) -> list[int]:
    """Costs of complete plans among the workers' texts; those that begin with ``bound`` are no costs."""
    texts = (
        text for name, text in told.items() if not name.startswith("bound") and not name.startswith(_DISTRICT)
    )
    return [cost for text in texts if (cost := _read(text)) is not None]


def _read_in(values: Mapping[str, object], name: str) -> int | None:
    return _read(str(values.get(name, "")))


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
