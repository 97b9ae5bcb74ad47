"""C7: coaches that exist, on every date they are away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from dispatch.checker.accuse import broken, day_text
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.plan import CoachDuty
from dispatch.model.supply import FleetLine


def check_fleet(view: View) -> Iterator[Finding]:
    """Per fleet line and date of the horizon: duties out plus standby at most the coaches there are."""
    out: Counter[tuple[str, int]] = Counter()
    for duty in view.plan.duties:
        for day in _days_out(view, duty):
            out[duty.fleet_id, day] += 1
    for (line_id, day), count in sorted(out.items()):
        available = _count_available(view, view.lines[line_id], day)
        if available is not None and count > available:
            yield broken(
                "C7",
                line_id,
                f"{count} coaches are out on {day_text(view.first_date, day)}, {available} may be.",
                "Order more coaches or move trips to other days.",
            )


def count_days(from_min: int, to_min: int) -> int:
    """Calendar dates touched; a span that ends exactly at midnight does not touch the next date."""
    return len(_touched(from_min, to_min))


def _touched(from_min: int, to_min: int) -> range:
    last = to_min // 1440
    if to_min % 1440 == 0 and to_min > from_min:
        last -= 1
    first = from_min // 1440
    return range(first, max(first, last) + 1)


def _days_out(view: View, duty: CoachDuty) -> list[int]:
    days = _touched(duty.pull_out_min, duty.pull_in_min)
    last = days[-1] if view.lines[duty.fleet_id].returns else view.last_day
    return [day for day in range(days[0], last + 1) if 0 <= day <= view.last_day]


def _count_available(view: View, line: FleetLine, day: int) -> int | None:
    if not line.counts:
        return None
    date = view.date_of(day)
    count = sum(dated.count for dated in line.counts if dated.from_date <= date <= dated.to_date)
    standby = count * Fraction(round(line.standby_ratio * 1000), 1000)
    return max(0, count + (-standby).__floor__())
