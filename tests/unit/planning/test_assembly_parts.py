"""Pieces of the assembler that can be asked alone: exposure, and how plans travel between processes."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pandas as pd
import pytest

from dispatch.files.runs import hash_plan
from dispatch.model.contracts import OUTCOMES, conform
from dispatch.model.events import DutyEvent, EventKind, PackedEvents, pack_events
from dispatch.model.packing import pack_frame, unpack_frame
from dispatch.model.plan import Plan
from dispatch.planning.money import count_shared_min
from worlds import World

EVENTS = (
    DutyEvent(kind=EventKind.BOARD, start_min=-30, end_min=0, place_id="v1", place_name="东村", lat=33.1, lon=107.2),
    DutyEvent(kind=EventKind.DRIVE, start_min=0, end_min=240, leg=1, driver=0),
    DutyEvent(
        kind=EventKind.NIGHT_HALT, start_min=240, end_min=540, place_name="near 西村", approximate=True, lat=32.9, lon=-0.5
    ),
)  # fmt: skip


def test_people_of_one_county_are_no_exposure_and_others_count_by_pairs_and_minutes() -> None:
    # three of A from 0 to 100, two of B from 40 to 100, one of B from 100 to 160:
    # A-B 3 x 2 x 60 minutes = 360; the last boards when the others leave
    people = {("A", 0, 100): 3, ("B", 40, 100): 2, ("B", 100, 160): 1}
    assert count_shared_min(people) == 360


def test_packed_events_are_the_events_they_were_made_of() -> None:
    packed = pack_events(EVENTS)
    assert isinstance(packed, PackedEvents)
    assert packed == EVENTS and packed == EVENTS and hash(packed) == hash(EVENTS)
    assert (len(packed), packed[0], packed[-1], packed[1:]) == (3, EVENTS[0], EVENTS[2], EVENTS[1:])
    assert packed != EVENTS[:2] and pack_events(EVENTS[:2]) != packed and packed != 3
    assert pickle.loads(pickle.dumps(packed)) == packed
    assert pack_events(packed) is packed and pack_events(()) == ()


@pytest.mark.parametrize("change", [{"end_min": 241}, {"driver": 1}, {"place_name": "x"}, {"lat": 0.1}])
def test_packed_events_differ_where_the_events_do(change: dict[str, object]) -> None:
    other = (EVENTS[0], replace(EVENTS[1], **change), EVENTS[2])  # type: ignore[arg-type]
    assert pack_events(other) != pack_events(EVENTS) and pack_events(other) != EVENTS


def test_events_whose_minutes_do_not_fit_stay_as_they_are() -> None:
    far = (replace(EVENTS[1], end_min=2**40),)
    assert pack_events(far) is far


def test_a_plan_is_the_same_after_it_travelled_to_another_process(
    four_villages: World, night_train: World
) -> None:
    for plan in (four_villages.plan, night_train.plan):
        again: Plan = pickle.loads(pickle.dumps(plan))
        assert hash_plan(again) == hash_plan(plan)
        assert again.duties == plan.duties
        pd.testing.assert_frame_equal(again.outcomes, conform(plan.outcomes, OUTCOMES))


def test_a_packed_table_of_thousands_takes_a_few_bytes_a_row(four_villages: World) -> None:
    many = pd.concat([four_villages.plan.outcomes] * 1_000, ignore_index=True)
    packed = pack_frame(many, OUTCOMES)
    # six workers a thousand times: each text column says at most six words, so a row is a few numbers
    assert len(packed) < 20 * len(many)
    pd.testing.assert_frame_equal(unpack_frame(packed, OUTCOMES), conform(many, OUTCOMES))
