"""How many drivers a coach needs, and who is at the wheel in which stretch (C9).

A stretch is a maximal driving interval between stops, breaks and halts; drivers change only between stretches. The
continuous limits are kept by the coach's own breaks, so a duty table has to keep the rolling 24 hours and the seven days.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from dispatch.model.policy import DriverRules
from dispatch.units import DAY_MIN

WEEK_MIN = 7 * DAY_MIN
MAX_DRIVERS = 6
#: Nodes of the exact search for a duty table before a further driver is taken instead.
SEARCH_NODES = 5_000

Interval = tuple[int, int]


def find_worst_window(stretches: Sequence[Interval], window_min: int) -> int:
    """Most driving minutes inside any window of ``window_min`` minutes; ``stretches`` in time order.

    The worst window starts where a stretch starts or ends where one ends.
    """
    n = len(stretches)
    before = [0, *accumulate(end - start for start, end in stretches)]
    if n == 0 or stretches[-1][1] - stretches[0][0] <= window_min:
        return before[-1]
    worst = first = last = 0
    for i in range(n):
        until = stretches[i][0] + window_min
        while last < n and stretches[last][1] <= until:
            last += 1
        cut = max(0, until - stretches[last][0]) if last < n else 0
        worst = max(worst, before[last] - before[i] + cut)
    for i in range(n):
        since = stretches[i][1] - window_min
        while stretches[first][1] <= since:
            first += 1
        worst = max(worst, before[i + 1] - before[first] - max(0, since - stretches[first][0]))
    return worst


def _count_within(stretches: Sequence[Interval], from_min: int, until_min: int) -> int:
    total = 0
    for start, end in stretches:
        if start < until_min and end > from_min:
            total += (end if end < until_min else until_min) - (start if start > from_min else from_min)
    return total


def count_by_distance(one_way_km_tenths: int, rules: DriverRules) -> int:
    """Least number of drivers the distance rule asks for a trip of so many km (tenths) one way."""
    return max((count for km, count in rules.drivers_by_km if one_way_km_tenths >= km * 10), default=1)


def count_drivers(
    stretches: Sequence[Interval], one_way_km_tenths: int, rules: DriverRules
) -> tuple[int, str] | None:
    """Number of drivers of a coach and the rule that set it; None when six are not enough.

    Parameters
    ----------
    stretches
        Driving intervals (start, end) in planning minutes, in time order, deadheads included.
    one_way_km_tenths
        Frozen km of the longest trip, first to last stop.
    rules
        Limits in force.

    Notes
    -----
    max(distance rule, ⌈worst rolling 24 h ÷ daily limit⌉), raised until a duty table exists. 1,160 minutes in
    the worst 24 h under an 8 h limit: ⌈1160 / 480⌉ = 3.
    """
    by_distance = count_by_distance(one_way_km_tenths, rules)
    total = sum(end - start for start, end in stretches)
    limit = rules.rolling_24h_max_min
    if (limit is None or total <= limit) and (rules.weekly_max_min is None or total <= rules.weekly_max_min):
        return by_distance, _word_distance(by_distance, one_way_km_tenths)
    worst = find_worst_window(stretches, DAY_MIN)
    by_hours = 1 if limit is None else -(-worst // limit) if limit > 0 else MAX_DRIVERS + 1
    least = max(by_distance, by_hours)
    for n in range(least, MAX_DRIVERS + 1):
        if make_duty_table(stretches, n, rules) is not None:
            if n > least:
                return n, f"no duty table with fewer than {n} drivers keeps every driver's 24 h and 7 days"
            if by_distance >= by_hours:
                return n, _word_distance(by_distance, one_way_km_tenths)
            return n, f"{worst} driving minutes in the worst 24 h / {limit} per driver = {n}"
    return None


def _word_distance(drivers: int, one_way_km_tenths: int) -> str:
    if drivers <= 1:
        return "one driver keeps every limit"
    return f"distance rule: {one_way_km_tenths / 10:g} km one way needs {drivers} drivers"


def make_duty_table(
    stretches: Sequence[Interval], n: int, rules: DriverRules, used_week_min: Sequence[int] = ()
) -> tuple[int, ...] | None:
    """Driver (0-based) at the wheel in each stretch, or None where no table keeps the limits.

    Greedy first (the driver with the least driving in the last 24 h takes the wheel), then an exact search.

    Parameters
    ----------
    stretches
        Driving intervals in time order; each is driven by one driver.
    n
        Drivers aboard.
    used_week_min
        Driving minutes of each driver in the week before (missing = 0); they count in every seven-day window that
        ends within the duty's first seven days.
    """
    if not stretches:
        return ()
    used = [*used_week_min[:n], *([0] * (n - len(used_week_min)))]
    table = _Table(stretches, used, rules)
    return table.fill_greedily() or table.search()


class _Table:
    """A duty table being filled: who drove what so far, and whether a driver may take the next stretch."""

    def __init__(self, stretches: Sequence[Interval], used: Sequence[int], rules: DriverRules) -> None:
        self.stretches = stretches
        self.used = used
        self.limits = [
            (window, limit)
            for window, limit in ((DAY_MIN, rules.rolling_24h_max_min), (WEEK_MIN, rules.weekly_max_min))
            if limit is not None
        ]
        self.nodes = 0

    def fill_greedily(self) -> tuple[int, ...] | None:
        """Table by the least driving in the last 24 h (then the fewest minutes, then the index), or None."""
        driven: list[list[Interval]] = [[] for _ in self.used]
        totals = list(self.used)
        chosen: list[int] = []
        for start, end in self.stretches:
            order = sorted(
                range(len(driven)),
                key=lambda i: (_count_within(driven[i], end - DAY_MIN, end), totals[i], i),
            )
            taker = next((i for i in order if self.may_take(driven[i], self.used[i], (start, end))), None)
            if taker is None:
                return None
            driven[taker].append((start, end))
            totals[taker] += end - start
            chosen.append(taker)
        return tuple(chosen)

    def search(self) -> tuple[int, ...] | None:
        """Table by depth-first search over all tables (drivers who are alike are tried once), or None."""
        self.nodes = 0
        driven: list[list[Interval]] = [[] for _ in self.used]
        return self._extend((), driven)

    def _extend(self, chosen: tuple[int, ...], driven: list[list[Interval]]) -> tuple[int, ...] | None:
        if len(chosen) == len(self.stretches):
            return chosen
        self.nodes += 1
        if self.nodes > SEARCH_NODES:
            return None
        stretch = self.stretches[len(chosen)]
        seen: set[tuple[tuple[Interval, ...], int]] = set()
        for i, own in enumerate(driven):
            alike = (tuple(own), self.used[i])
            if alike in seen or not self.may_take(own, self.used[i], stretch):
                continue
            seen.add(alike)
            own.append(stretch)
            found = self._extend((*chosen, i), driven)
            own.pop()
            if found is not None:
                return found
        return None

    def may_take(self, own: Sequence[Interval], used: int, stretch: Interval) -> bool:
        """True where a driver keeps both windows after taking ``stretch`` (later than all of their own)."""
        start, end = stretch
        first = self.stretches[0][0]
        total = end - start + sum(until - since for since, until in own)
        for window, limit in self.limits:
            earlier = used if window == WEEK_MIN and end <= first + WEEK_MIN else 0
            if total + earlier <= limit:
                continue
            if end - (own[0][0] if own else start) <= window:  # one window holds all that they drive
                return False
            ends = [end, *(begun + window for begun, _ in own if start < begun + window < end)]
            ends.append(min(end, start + window))
            for until in ends:
                since = until - window
                inside = _count_within(own, since, until) + min(end, until) - max(start, since)
                if inside + earlier > limit:
                    return False
        return True
