"""A plan cut down to the surroundings of one party: its corridor, with the coaches and seats that everybody else leaves over.

Whoever is not inside keeps what the plan gave them, so that a change found in here holds for the whole plan.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dispatch.explain.leftovers import leave_coaches, leave_crew, leave_gates, leave_seats
from dispatch.model.plan import Plan, Role, Trip
from dispatch.model.scenario import Scenario
from dispatch.units import DAY_MIN

#: Most people besides the party: whole coaches on the dates nearest to its window, and others left over.
MOST_RIDERS, MOST_LEFT = 250, 100


@dataclass(frozen=True, slots=True)
class Ride:
    """A direct coach of the plan that is inside: its line, service day and the parties aboard."""

    fleet_id: str
    day: int
    party_keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """One party's corridor.

    ``scenario``: its people inside, what is left over of fleet, seats and gates. ``rides``: direct coaches as planned, the
    party's own included. ``service_id``: the service the party rides in the plan, empty otherwise.
    """

    scenario: Scenario
    party_key: str
    worker_ids: tuple[str, ...]
    rides: tuple[Ride, ...]
    service_id: str
    own_ticket: bool

    @property
    def is_served(self) -> bool:
        """True where the plan carries the party."""
        return (
            self.own_ticket
            or bool(self.service_id)
            or any(self.party_key in ride.party_keys for ride in self.rides)
        )


def find_surroundings(scenario: Scenario, plan: Plan, worker_id: str) -> Surroundings:
    """Surroundings of the party of a worker. Raises ``KeyError`` for an unknown worker or one without a known journey."""
    outcomes = plan.outcomes
    mine = outcomes[outcomes["worker_id"] == worker_id].iloc[0]
    party = outcomes[outcomes["party_key"] == mine["party_key"]]
    row = scenario.workers[scenario.workers["worker_id"] == worker_id].iloc[0]
    trips = {trip.id: trip for trip in plan.trips}
    near = _find_neighbours(scenario, plan, row)
    chosen = _choose_trips(scenario, plan, near, row, trips)
    aboard = plan.rides[plan.rides["trip_id"].isin(chosen)]
    left = near[(near["status"] == "unserved") & (near["reason"] == "no_supply")].head(MOST_LEFT)
    ids = {*party["worker_id"], *aboard["worker_id"], *left["worker_id"]}
    ids |= set(outcomes.loc[outcomes["party_key"].isin(left["party_key"]), "worker_id"])
    my_trip = _find_line_haul(plan, worker_id, trips)
    service_id = my_trip.service_id if my_trip is not None else ""
    return Surroundings(
        scenario=_cut(scenario, plan, ids, [trips[trip] for trip in chosen], row),
        party_key=str(mine["party_key"]),
        worker_ids=tuple(str(one) for one in party["worker_id"]),
        rides=_list_rides(plan, [trips[trip] for trip in chosen], aboard),
        service_id=service_id,
        own_ticket=str(mine["status"]) == "own_ticket",
    )


def _find_neighbours(scenario: Scenario, plan: Plan, row: pd.Series) -> pd.DataFrame:
    """Outcomes of the corridor: same pickup group, same destination area."""
    geography, workers = scenario.geography, scenario.workers
    group = geography.get_pickup_group(geography.get_county(str(row["boarding_place_id"])))
    area = geography.get_destination_area(geography.get_county(geography.sites[str(row["site_id"])].place_id))
    boards = {
        place
        for place in geography.places
        if geography.get_pickup_group(geography.get_county(place)) == group
    }
    sites = {
        site.id
        for site in geography.sites.values()
        if geography.get_destination_area(geography.get_county(site.place_id)) == area
    }
    inside = workers["boarding_place_id"].isin(boards) & workers["site_id"].isin(sites)
    ids = workers.loc[inside, "worker_id"]
    return plan.outcomes[plan.outcomes["worker_id"].isin(set(ids))]


def _choose_trips(
    scenario: Scenario, plan: Plan, near: pd.DataFrame, row: pd.Series, trips: Mapping[str, Trip]
) -> list[str]:
    """Direct coaches of the corridor, the party's own first, then those nearest to its window."""
    ids = set(near["worker_id"])
    rides = plan.rides[plan.rides["worker_id"].isin(ids)]
    used = [trips[str(trip)] for trip in rides["trip_id"].unique()]
    own = set(plan.rides.loc[plan.rides["worker_id"] == row["worker_id"], "trip_id"])
    window = [
        (pd.Timestamp(row[name]).date() - scenario.first_date).days
        for name in ("earliest_date", "latest_date")
    ]
    ranked = sorted(
        (trip for trip in used if trip.role is Role.DIRECT),
        key=lambda trip: (trip.id not in own, _days_from(trip.service_date_min // DAY_MIN, window), trip.id),
    )
    chosen, riders = [], 0
    for trip in ranked:
        if riders > MOST_RIDERS:
            break
        chosen.append(trip.id)
        riders += trip.load
    return chosen


def _days_from(day: int, window: list[int]) -> int:
    return max(0, window[0] - day, day - window[1])


def _find_line_haul(plan: Plan, worker_id: str, trips: Mapping[str, Trip]) -> Trip | None:
    for trip_id in plan.rides.loc[plan.rides["worker_id"] == worker_id, "trip_id"]:
        if trips[str(trip_id)].role is Role.LINE_HAUL:
            return trips[str(trip_id)]
    return None


def _list_rides(plan: Plan, chosen: list[Trip], aboard: pd.DataFrame) -> tuple[Ride, ...]:
    party_of = plan.outcomes[plan.outcomes["worker_id"].isin(set(aboard["worker_id"]))].set_index(
        "worker_id"
    )["party_key"]
    fleet_of = {duty.id: duty.fleet_id for duty in plan.duties}
    riders: dict[str, list[str]] = defaultdict(list)
    for trip_id, worker in zip(aboard["trip_id"], aboard["worker_id"], strict=True):
        riders[str(trip_id)].append(str(party_of[worker]))
    return tuple(
        Ride(fleet_of[trip.duty_id], trip.service_date_min // DAY_MIN, tuple(dict.fromkeys(riders[trip.id])))
        for trip in chosen
    )


def _cut(scenario: Scenario, plan: Plan, ids: set[str], inside: list[Trip], row: pd.Series) -> Scenario:
    """Scenario of the people inside and of what the others leave over."""
    workers, health = scenario.workers, scenario.health
    free = {trip.duty_id for trip in inside}
    busy = [duty for duty in plan.duties if duty.id not in free]
    return scenario.replace(
        workers=workers[workers["worker_id"].isin(ids)].reset_index(drop=True),
        health=health[health["worker_id"].isin(ids)].reset_index(drop=True),
        fleet=leave_coaches(scenario, busy, row, {duty.fleet_id for duty in plan.duties if duty.id in free}),
        services=leave_seats(scenario, plan, ids),
        geography=dataclasses.replace(scenario.geography, sites=leave_gates(scenario, plan, ids)),
        crew=leave_crew(scenario, busy),
        payers=tuple(dataclasses.replace(payer, budget_minor=None) for payer in scenario.payers),
        locks=tuple(lock for lock in scenario.locks if lock.worker_id in ids),
        propose_modes=(),
    )
