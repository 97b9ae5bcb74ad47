"""Spans of whole days per worker, as three parallel arrays, and the few operations clearance needs on them.

Days are integers (days after 1970-01-01), both ends included. Everything is vectorised: a campaign has up to
1.6 million workers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: A start without beginning and an end without limit.
ALWAYS = -(10**7)
FOREVER = 10**7
#: Distance of two workers on the common line; larger than any span of days, and 1.6 million of them fit int64.
_STRIDE = 4 * 10**7

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Intervals:
    """Spans: worker number, first day, last day (included); three int64 arrays of one length."""

    who: IntArray
    start: IntArray
    end: IntArray

    def take(self, chosen: NDArray[np.bool_] | IntArray) -> Intervals:
        """Spans picked by a mask or by positions."""
        return Intervals(self.who[chosen], self.start[chosen], self.end[chosen])


def make_unlimited(who: IntArray) -> Intervals:
    """One span over all days for each worker."""
    return Intervals(who, np.full(len(who), ALWAYS), np.full(len(who), FOREVER))


def join(parts: list[Intervals]) -> Intervals:
    """All spans of several arrays, one after the other."""
    if not parts:
        return make_unlimited(np.empty(0, np.int64))
    return Intervals(*(np.concatenate([getattr(p, name) for p in parts]) for name in ("who", "start", "end")))


def clip(spans: Intervals, first: int, last: int) -> Intervals:
    """Spans cut to [first, last]; those that vanish are dropped."""
    cut = Intervals(spans.who, np.maximum(spans.start, first), np.minimum(spans.end, last))
    return cut.take(cut.start <= cut.end)


def merge(spans: Intervals) -> Intervals:
    """Fewest disjoint spans with the same days per worker, sorted; touching spans become one."""
    spans = spans.take(spans.start <= spans.end)
    if not len(spans.who):
        return spans
    spans = spans.take(np.lexsort((spans.start, spans.who)))
    offset = spans.who * _STRIDE
    reach = np.maximum.accumulate(spans.end + offset)
    opens = np.ones(len(offset), bool)
    opens[1:] = (spans.start + offset)[1:] > reach[:-1] + 1
    opens[1:] |= spans.who[1:] != spans.who[:-1]
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(offset)) - 1
    return Intervals(spans.who[first], spans.start[first], reach[last] - offset[first])


def intersect(parts: list[Intervals]) -> Intervals:
    """Days that lie in every part, per worker. The spans of one part must be disjoint (see ``merge``)."""
    spans = join(parts)
    offset = spans.who * _STRIDE
    points = np.concatenate([spans.start + offset, spans.end + offset + 1])
    steps = np.concatenate([np.ones(len(offset), np.int64), -np.ones(len(offset), np.int64)])
    order = np.argsort(points, kind="stable")
    points, depth = points[order], np.cumsum(steps[order])
    settled = np.append(points[1:] != points[:-1], True) if len(points) else np.empty(0, bool)
    points, depth = points[settled], depth[settled]
    full = np.flatnonzero(depth == len(parts))
    who = (points[full] + _STRIDE // 2) // _STRIDE
    return Intervals(who, points[full] - who * _STRIDE, points[full + 1] - who * _STRIDE - 1)


def pick_longest(spans: Intervals, wanted_from: IntArray, wanted_until: IntArray) -> Intervals:
    """At most one span per worker: the one with most days inside [wanted_from, wanted_until]; the earlier one on ties.

    ``wanted_*`` are indexed by worker number. Spans without a wanted day are dropped.
    """
    common = (
        np.minimum(spans.end, wanted_until[spans.who]) - np.maximum(spans.start, wanted_from[spans.who]) + 1
    )
    spans, common = spans.take(common > 0), common[common > 0]
    order = np.lexsort((spans.start, -common, spans.who))
    spans = spans.take(order)
    first = np.append(True, spans.who[1:] != spans.who[:-1]) if len(order) else np.empty(0, bool)
    return spans.take(first)
