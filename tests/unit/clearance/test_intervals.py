"""Spans of days: the vectorised operations against sets of days."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.clearance.intervals import Intervals, clip, intersect, join, make_unlimited, merge, pick_longest

SPANS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 12), st.integers(0, 12)), max_size=8)
Span = tuple[int, int, int]


def make(spans: list[Span]) -> Intervals:
    columns = np.array(spans, np.int64).reshape(-1, 3)
    return Intervals(columns[:, 0], columns[:, 1], columns[:, 2])


def list_spans(spans: Intervals) -> list[Span]:
    return list(zip(spans.who.tolist(), spans.start.tolist(), spans.end.tolist(), strict=True))


def list_days(spans: Intervals) -> set[tuple[int, int]]:
    return {(who, day) for who, start, end in list_spans(spans) for day in range(start, end + 1)}


def test_spans_that_overlap_or_touch_become_one() -> None:
    merged = merge(make([(0, 4, 6), (0, 1, 3), (0, 8, 9), (1, 2, 5), (1, 3, 4)]))
    assert list_spans(merged) == [(0, 1, 6), (0, 8, 9), (1, 2, 5)]


def test_an_unlimited_span_keeps_what_the_other_part_says() -> None:
    both = intersect([make_unlimited(np.array([0, 1])), make([(1, 3, 5)])])
    assert list_spans(both) == [(1, 3, 5)]


@settings(max_examples=200, deadline=None)
@given(spans=SPANS)
def test_merging_keeps_the_days_and_leaves_no_touching_spans(spans: list[Span]) -> None:
    merged = merge(make(spans))
    assert list_days(merged) == list_days(make(spans))
    found = list_spans(merged)
    assert found == sorted(found)
    for (who, _, end), (next_who, start, _) in pairwise(found):
        assert who != next_who or start > end + 1


@settings(max_examples=200, deadline=None)
@given(parts=st.lists(SPANS, min_size=1, max_size=3))
def test_intersecting_keeps_exactly_the_common_days(parts: list[list[Span]]) -> None:
    common = set.intersection(*(list_days(make(part)) for part in parts))
    assert list_days(intersect([merge(make(part)) for part in parts])) == common


@settings(max_examples=200, deadline=None)
@given(spans=SPANS, first=st.integers(0, 12), last=st.integers(0, 12))
def test_clipping_keeps_exactly_the_days_inside(spans: list[Span], first: int, last: int) -> None:
    inside = {(who, day) for who, day in list_days(make(spans)) if first <= day <= last}
    assert list_days(clip(make(spans), first, last)) == inside


def test_the_span_with_most_wanted_days_is_picked_and_the_earlier_on_ties() -> None:
    spans = make([(0, 1, 3), (0, 6, 8), (1, 1, 2), (1, 5, 9), (2, 1, 2)])
    wanted = (np.array([2, 2, 4]), np.array([7, 9, 9]))
    # worker 0: 2-3 against 6-7; worker 1: one day against five; worker 2: none
    assert list_spans(pick_longest(spans, *wanted)) == [(0, 1, 3), (1, 5, 9)]


def test_nothing_in_gives_nothing_out() -> None:
    nothing = join([])
    assert list_spans(merge(nothing)) == list_spans(intersect([nothing])) == []
    assert list_spans(pick_longest(nothing, np.empty(0, np.int64), np.empty(0, np.int64))) == []
