"""Seats of the vehicles that run are given to those they save most, and nobody is left standing while a coach can run again."""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from pathlib import Path

from dispatch.batching.alternatives import Alternatives, ServiceOption, ServiceTariff
from dispatch.batching.demand import Demand, Unit
from dispatch.batching.direct import DirectCosts
from dispatch.batching.reseat import reseat
from dispatch.batching.resources import Resources
from dispatch.batching.state import State
from dispatch.batching.transfers import Rider, TransferPlanner
from dispatch.model.plan import Role
from dispatch.model.supply import (
    CoachTariff,
    CountOnDates,
    Mode,
    Service,
    ServiceKind,
    ServiceStatus,
    ServiceStop,
    Terminal,
)
from dispatch.planning.prepared import prepare

sys.path.insert(0, str(Path(__file__).parents[2] / "scenario"))
from small_world import FIRST, VAN, make_small_world, worker


def make_option(service_id: str, per_head_minor: int, *, needs_feeder: bool = False) -> ServiceOption:
    """Way to ride a train of 2 March."""
    return ServiceOption(
        service_id=service_id, board_stop=0, alight_stop=1, day=0, per_head_minor=per_head_minor, pools=(),
        arrive_day=0, needs_feeder=needs_feeder, needs_last_mile=False,
    )  # fmt: skip


def make_tariff(service_id: str, seats: int) -> ServiceTariff:
    """One carriage of so many seats."""
    return ServiceTariff(
        service_id=service_id, capacity=seats, min_carriages=1, max_carriages=1, min_load=0,
        fixed_minor=0, carriage_minor=0, committed=False,
    )  # fmt: skip


def make_state(prices: dict[str, tuple[int, int]]) -> State:
    """A and B, who live apart, at these prices on two trains with one seat each, ``cheap`` and ``dear``."""
    ready = prepare(
        make_small_world([worker("A", modes="train"), worker("B", "v2", modes="train")], fleet=())
    )
    cells = [party.cell.index for party in ready.parties]
    # without any way to travel the two are set aside as hopeless: the demand is made of their parties again
    alternatives = Alternatives(
        options={
            cell: tuple(
                sorted(
                    (make_option(train, prices[train][who]) for train in prices),
                    key=lambda one: one.per_head_minor,
                )
            )
            for who, cell in enumerate(cells)
        },
        tariffs={"cheap": make_tariff("cheap", 1), "dear": make_tariff("dear", 1)},
        pools={}, slots={}, own_ticket_minor={}, unserved_minor={"": 500_000},
    )  # fmt: skip
    units = tuple(Unit(index=party.index, parties=(party,), size=1) for party in ready.parties)
    demand = Demand(
        parties=ready.parties, units=units, cells=tuple(unit.cell for unit in units), apart=frozenset()
    )
    costs = DirectCosts(ready.scenario, ready.context, demand)
    return State(demand, costs, alternatives, Resources(ready.scenario))


def test_a_cheap_seat_goes_to_whom_it_saves_most() -> None:
    state = make_state({"cheap": (100, 200), "dear": (900, 300)})
    a, b = state.demand.units
    state.assign_service(b, "cheap")
    state.assign_service(a, "dear")
    assert state.cost_minor == 200 + 900
    reseat(state, random.Random(0))
    assert state.service_of == {a.index: "cheap", b.index: "dear"}
    assert state.cost_minor == 100 + 300


def test_a_plan_that_cannot_be_made_cheaper_stays_as_it_was() -> None:
    state = make_state({"cheap": (100, 200), "dear": (900, 300)})
    a, b = state.demand.units
    state.assign_service(a, "cheap")
    state.assign_service(b, "dear")
    reseat(state, random.Random(0))
    assert state.service_of == {a.index: "cheap", b.index: "dear"}
    assert state.cost_minor == 400


def test_a_coach_that_costs_by_the_trip_runs_again_for_those_it_had_no_room_for() -> None:
    # Eight people at v2, a train from v1 at 18:00 and one van of five passengers. At 200.00 a trip a second run saves nothing
    # against a second van, but there is no second van: the van goes v2 -> v1 twice, two hours in all.
    only_van = replace(
        VAN,
        tariff=CoachTariff(lump_trip_minor=20_000),
        counts=(CountOnDates(from_date=FIRST, to_date=FIRST, count=1),),
    )
    scenario = make_small_world(
        [worker(name, "v2") for name in "ABCDEFGH"],
        fleet=(only_van,),
        terminals={"v1": Terminal(place_id="v1", modes=frozenset({Mode.TRAIN}))},
    )
    train = Service(
        id="T", name="T", mode=Mode.TRAIN, kind=ServiceKind.SEATS, status=ServiceStatus.CONFIRMED, committed=False,
        stops=(
            ServiceStop(place_id="v1", arrive_min=1070, depart_min=1080, boards=True, alights=False),
            ServiceStop(place_id="gate", arrive_min=1300, depart_min=1310, boards=False, alights=True),
        ),
        carriage_seats=50,
    )  # fmt: skip
    ready = prepare(scenario)
    riders = [Rider(party, train, make_option("T", 0, needs_feeder=True)) for party in ready.parties]
    planned = TransferPlanner(ready.scenario, ready.context, Resources(ready.scenario)).plan(riders)
    assert planned.stranded == ()
    assert [sorted(trip.load for trip in duty.trips) for duty in planned.duties] == [[3, 5]]
    assert all(trip.role is Role.FEEDER for duty in planned.duties for trip in duty.trips)
    assert planned.duties[0].cost_minor == 2 * 20_000
