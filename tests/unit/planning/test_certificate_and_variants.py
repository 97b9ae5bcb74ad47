"""Small promises of the planning room: gaps, inline work, shares of cost."""

from __future__ import annotations

import pytest

from dispatch.batching.effort import EFFORTS
from dispatch.clearance.parties import make_parties
from dispatch.clearance.windows import make_clearance
from dispatch.planning.certificate import gap_ratio
from dispatch.planning.prepared import list_places, prepare
from dispatch.running.inline import InlineExecutor
from worlds import World


@pytest.mark.parametrize(
    ("cost", "bound", "gap"), [(1_000, 750, 0.25), (1_000, 1_000, 0.0), (0, 0, 0.0), (500, 800, 0.0)]
)
def test_the_gap_is_the_share_of_the_cost_that_is_not_proven(cost: int, bound: int, gap: float) -> None:
    assert gap_ratio(cost, bound) == gap


def test_inline_work_is_done_at_once_and_its_errors_are_kept_for_the_asker() -> None:
    executor = InlineExecutor()
    assert executor.submit(divmod, 7, 2).result() == (3, 1)
    failed = executor.submit(divmod, 7, 0)
    with pytest.raises(ZeroDivisionError):
        failed.result()


def test_more_effort_never_looks_for_a_shorter_time() -> None:
    quick, standard, thorough = (EFFORTS[name] for name in ("quick", "standard", "thorough"))
    for units in (1, 40, 900, 10_000):
        steps = [effort.count_steps(units) * effort.chains for effort in (quick, standard, thorough)]
        assert steps == sorted(steps)


def test_a_ready_scenario_has_every_cleared_party_in_demand_or_among_the_hopeless(
    four_villages: World,
) -> None:
    ready = prepare(four_villages.scenario)
    planned = {party.index for party in ready.demand.parties}
    assert planned | set(ready.hopeless) == {party.index for party in ready.parties}
    assert not planned & set(ready.hopeless)
    members = sorted(worker for party in ready.parties for worker in ready.members[party.key])
    # W4 has no certificate; the other five are in parties
    assert members == ["W1", "W2", "W3", "W5", "W6"]
    assert list(ready.set_aside["worker_id"]) == ["W4"]


def test_travel_is_frozen_for_homes_gates_depots_and_terminals_alone(night_train: World) -> None:
    parties = make_parties(night_train.scenario, make_clearance(night_train.scenario)).parties
    places = list_places(night_train.scenario, parties)
    assert places == tuple(sorted(set(places)))
    assert {"STA", "STB", "DEPOT", "DEPOT2", "GATE"} <= set(places)
    assert "FAR" not in places
