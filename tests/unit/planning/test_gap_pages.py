"""The gap by corridor, size and cause: who pays what, what is computed and what is only the rest."""

from __future__ import annotations

import dataclasses

import pytest

from dispatch.batching.bound.find import BoundResult
from dispatch.model.plan import GapCause, Scarce, Standing
from dispatch.planning.certificate import make_certificate
from dispatch.planning.corridor_costs import share_costs
from dispatch.planning.gap_causes import estimate_not_closed, find_causes, list_prices, price_idle_coaches
from worlds import REGIONS, World, change_region

PENALTIES = {"": 500_000}


@pytest.fixture
def two_corridors(four_villages: World) -> World:
    """Four villages whose two counties are no pickup group: W1 and W2 live in A, all others in B."""
    scenario = four_villages.scenario
    for county in ("CH1A", "CH1B"):
        scenario = change_region(scenario, dataclasses.replace(REGIONS[county], pickup_group=""))
    return World(scenario, four_villages.plan)


def test_vehicles_are_shared_by_heads_and_the_rest_by_what_it_is_paid_for(two_corridors: World) -> None:
    # The coach, 552,940, carries two of A and one of B: 368,626.67 and 184,313.33. Allowances 12,000 and 6,000. Ride time by
    # minutes, 710 and 320 of 1,030: 7,100 and 3,200. Exposure by heads: 8,533.33 and 4,266.67. B alone: W3's day of lateness 4,000,
    # W5's ticket 21,000, W6's penalty 500,000. W4 cannot be helped and costs nothing.
    shares = share_costs(two_corridors.scenario, two_corridors.plan, PENALTIES)
    assert shares == {("CH1A", "CD1"): 396_260, ("CH1B", "CD1"): 722_780}
    assert sum(shares.values()) == two_corridors.plan.costs.total_minor


def test_a_pickup_group_is_one_corridor(four_villages: World) -> None:
    assert share_costs(four_villages.scenario, four_villages.plan, PENALTIES) == {("AB", "CD1"): 1_119_040}


def test_shares_add_up_where_services_and_transfers_run(night_train: World) -> None:
    penalties = night_train.plan.unserved_penalty_minor
    shares = share_costs(night_train.scenario, night_train.plan, penalties)
    assert sum(shares.values()) == night_train.plan.costs.total_minor


def test_idle_coaches_count_at_their_prices_on_dates_they_stand(four_villages: World) -> None:
    # one coach; it is out on the second date only, so of these prices only the first date's is idle money
    prices = {("FL1", 0): 100, ("FL1", 1): 700}
    assert price_idle_coaches(four_villages.scenario, four_villages.plan, prices) == 100
    assert price_idle_coaches(four_villages.scenario, four_villages.plan, {}) == 0


def test_an_unfinished_proof_is_charged_with_what_full_prices_would_have_brought() -> None:
    a, b = ("A", "X", ""), ("B", "X", "")
    # 900 at 0.9 would have been 1,000; the other corridor was not scaled
    assert estimate_not_closed({a: 900, b: 500}, {a: 0.9, b: 1.0}) == 100


def test_causes_are_taken_in_turn_and_add_up_to_the_gap() -> None:
    shares = find_causes(1_000, unserved_minor=600, idle_minor=100, not_closed_minor=500)
    assert [(share.cause, share.amount_minor) for share in shares] == [
        (GapCause.NOT_CLOSED, 500),
        (GapCause.UNSERVED, 400),  # 600 paid, but only 400 is left to be explained
        (GapCause.FLEET, 100),
        (GapCause.ROUTING, 0),
    ]
    assert {share.cause: share.standing for share in shares}[GapCause.FLEET] is Standing.MEASURED


def test_the_certificate_groups_corridors_by_size(two_corridors: World) -> None:
    bound = BoundResult(
        bound_minor=559_520,
        by_corridor={("CH1A", "CD1", "low"): (300_000, 30), ("CH1B", "CD1", "low"): (259_520, 60)},
        method="by hand",
        rounds=1,
        exact_corridors=2,
    )
    made = make_certificate(two_corridors.scenario, two_corridors.plan, PENALTIES, bound, stopped=False)
    # 30 people are at most 47, 60 at most 200
    assert [
        (one.most_workers, one.corridors, one.workers, one.cost_minor, one.bound_minor) for one in made.sizes
    ] == [
        (47, 1, 30, 396_260, 300_000),
        (200, 1, 60, 722_780, 259_520),
    ]
    assert sum(share.amount_minor for share in made.causes) == 1_119_040 - 559_520
    assert made.gap_ratio == 0.5


def test_shadow_prices_stand_by_line_and_date_and_by_service(night_train: World) -> None:
    prices = list_prices(night_train.scenario, {("FL1", 1): 5_000, ("FL1", 2): 0}, {"K1": 300})
    # K1 leaves at minute 2,640, on the second date: 1,440
    assert [(one.scarce, one.subject_id, one.date_min, one.amount_minor) for one in prices] == [
        (Scarce.COACH, "FL1", 1_440, 5_000),
        (Scarce.SERVICE, "K1", 1_440, 300),
    ]
