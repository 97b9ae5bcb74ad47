"""What each corridor costs in a plan: vehicles by the heads aboard, the rest by what it is paid for.

A corridor is here a pickup group and a destination area. Lateness and unserved penalties are each corridor's own; shared are
vehicles (by heads), allowances (by dates under way), ride time (by minutes aboard), and what else is paid per head. The shares of
a term add up to the term, so that those of all corridors add up to the plan's cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dispatch.model.lookup import find_rows
from dispatch.model.plan import HOPELESS, CoachDuty, CostTerms, ServiceRun, Trip
from dispatch.model.scenario import Scenario
from dispatch.units import DAY_MIN

Corridor = tuple[str, str]
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Decided(Protocol):
    """What is read of a plan; one that is still being put together has it too."""

    @property
    def trips(self) -> tuple[Trip, ...]:
        """Trips."""

    @property
    def duties(self) -> tuple[CoachDuty, ...]:
        """Coach duties."""

    @property
    def service_runs(self) -> tuple[ServiceRun, ...]:
        """Services that run."""

    @property
    def outcomes(self) -> pd.DataFrame:
        """Frame under the OUTCOMES contract."""

    @property
    def rides(self) -> pd.DataFrame:
        """Frame under the RIDES contract."""

    @property
    def costs(self) -> CostTerms:
        """Money by term."""


@dataclass(frozen=True)
class _People:
    """Workers in the order of the outcomes. ``corridor``: number of each (-1 = none); ``row``: outcome of each ride (-1 = none)."""

    names: tuple[Corridor, ...]
    corridor: IntArray
    row: IntArray

    def add_up(self, weights: FloatArray) -> FloatArray:
        """Sum of a weight per worker by corridor; the last element is that of workers in no corridor."""
        slot = np.where(self.corridor < 0, len(self.names), self.corridor)
        sums: FloatArray = np.bincount(slot, weights=weights, minlength=len(self.names) + 1).astype(
            np.float64
        )
        return sums


def share_costs(scenario: Scenario, decided: Decided, penalties: Mapping[str, int]) -> dict[Corridor, int]:
    """Cost by corridor, minor units, rounded so that all shares together are the cost of those in corridors.

    ``penalties``: unserved penalty by priority class, as used.
    """
    people = _find_people(scenario, decided)
    spent = _share_vehicles(decided, people)
    for term, weights in _list_weights(scenario, decided, people, penalties).items():
        total = decided.costs.terms.get(term, 0)
        shares = people.add_up(weights)
        if total and shares.sum() > 0:
            spent += shares * (total / shares.sum())
    upto = np.rint(np.cumsum(spent[:-1])).astype(np.int64)
    return dict(zip(people.names, np.diff(upto, prepend=0).tolist(), strict=True))


def _find_people(scenario: Scenario, decided: Decided) -> _People:
    workers, outcomes = scenario.workers, decided.outcomes
    rows = find_rows(workers["worker_id"], outcomes["worker_id"])
    geography = scenario.geography
    boards, board_of = _name_codes(workers["boarding_place_id"])
    sites, site_of = _name_codes(workers["site_id"])
    groups = [
        geography.get_pickup_group(geography.get_county(place)) if place in geography.places else ""
        for place in boards
    ]
    areas = [_name_area(scenario, site) for site in sites]
    corridors = sorted({(group, area) for group in groups for area in areas if group and area})
    number = {corridor: k for k, corridor in enumerate(corridors)}
    table = np.array([[number.get((group, area), -1) for area in areas] for group in groups], dtype=np.int64)
    every = (
        table.reshape(len(groups), len(areas))[board_of, site_of]
        if len(workers)
        else np.zeros(0, dtype=np.int64)
    )
    mine = np.append(every, -1)[rows]
    used = np.unique(mine[mine >= 0])
    recode = np.full(len(corridors) + 1, -1, dtype=np.int64)
    recode[used] = np.arange(len(used))
    return _People(
        names=tuple(corridors[k] for k in used.tolist()),
        corridor=recode[mine],
        row=find_rows(outcomes["worker_id"], decided.rides["worker_id"]),
    )


def _name_area(scenario: Scenario, site_id: str) -> str:
    geography = scenario.geography
    site = geography.sites.get(site_id)
    if site is None or site.place_id not in geography.places:
        return ""
    return geography.get_destination_area(geography.get_county(site.place_id))


def _name_codes(column: pd.Series) -> tuple[list[str], IntArray]:
    words = column.astype("category")
    return [str(word) for word in words.cat.categories], words.cat.codes.to_numpy().astype(np.int64)


def _share_vehicles(decided: Decided, people: _People) -> FloatArray:
    """Money of duties and services by corridor of the heads aboard, those in no corridor last."""
    costs = _list_vehicle_costs(decided.duties, decided.service_runs)
    numbers = {vehicle: k for k, vehicle in enumerate(costs)}
    vehicle_of = {trip.id: numbers.get(trip.duty_id or trip.service_id, -1) for trip in decided.trips}
    trips, trip_of = _name_codes(decided.rides["trip_id"])
    vehicle = np.array([vehicle_of.get(trip, -1) for trip in trips] or [-1], dtype=np.int64)[trip_of]
    places = len(people.names) + 1
    at = np.append(people.corridor, -1)[people.row]
    known = vehicle >= 0
    slot = vehicle[known] * places + np.where(at[known] < 0, places - 1, at[known])
    heads = np.bincount(slot, minlength=len(costs) * places).reshape(len(costs), places).astype(np.float64)
    aboard = heads.sum(axis=1, keepdims=True)
    money = np.array(list(costs.values()), dtype=np.float64)[:, None]
    spent: FloatArray = np.divide(heads * money, aboard, out=np.zeros_like(heads), where=aboard > 0).sum(
        axis=0
    )
    return spent


def _list_vehicle_costs(duties: Iterable[CoachDuty], runs: Iterable[ServiceRun]) -> dict[str, int]:
    costs = {duty.id: sum(duty.costs.values()) for duty in duties}
    return costs | {run.service_id: sum(run.costs.values()) for run in runs}


def _list_weights(
    scenario: Scenario, decided: Decided, people: _People, penalties: Mapping[str, int]
) -> dict[str, FloatArray]:
    """What each term that is not a vehicle's is spread by: a weight per worker."""
    outcomes = decided.outcomes
    status = outcomes["status"].astype("category")
    travels = (status == "itinerary").to_numpy().astype(np.float64)
    first = np.datetime64(scenario.first_date, "D")
    service_day = (outcomes["service_date"].to_numpy().astype("datetime64[D]") - first).astype(np.float64)
    days = np.floor_divide(outcomes["arrive_min"].to_numpy(), DAY_MIN) - np.nan_to_num(service_day) + 1
    ticket = (status == "own_ticket").to_numpy().astype(np.float64)
    return {
        "own_tickets": ticket,
        "exams": travels,
        "allowances": travels * np.maximum(days, 1),
        "lateness": travels * outcomes["lateness_days"].to_numpy(),
        "ride_time": _count_minutes(decided, people),
        "exposure": travels,
        "unserved": _list_penalties(scenario, outcomes, status, penalties),
    }


def _list_penalties(
    scenario: Scenario, outcomes: pd.DataFrame, status: pd.Series, penalties: Mapping[str, int]
) -> FloatArray:
    rows = find_rows(scenario.workers["worker_id"], outcomes["worker_id"])
    names, codes = _name_codes(scenario.workers["priority_class"])
    prices = np.array([penalties.get(name, penalties.get("", 0)) for name in names] + [0], dtype=np.float64)
    reasons, reason_of = _name_codes(outcomes["reason"])
    hopeless = np.array([reason in {one.value for one in HOPELESS} for reason in reasons] or [False])[
        reason_of
    ]
    left = (status == "unserved").to_numpy() & ~hopeless
    return np.where(left, prices[np.append(codes, len(names))[rows]], 0.0)


def _count_minutes(decided: Decided, people: _People) -> FloatArray:
    """Minutes aboard of each worker, all vehicles together."""
    trips, trip_of = _name_codes(decided.rides["trip_id"])
    number = {trip: k for k, trip in enumerate(trips)}
    offset = np.zeros(len(trips) + 1, dtype=np.int64)
    arrive: list[int] = []
    depart: list[int] = []
    for trip in decided.trips:
        if trip.id in number:
            offset[number[trip.id]] = len(arrive)
            arrive += [stop.arrive_min for stop in trip.stops]
            depart += [stop.depart_min for stop in trip.stops]
    if not arrive:
        return np.zeros(len(decided.outcomes))
    start = offset[trip_of]
    boards = np.array(depart)[start + decided.rides["board_stop"].to_numpy()]
    alights = np.array(arrive)[start + decided.rides["alight_stop"].to_numpy()]
    rider = np.where(people.row < 0, len(people.corridor), people.row)
    minutes = np.bincount(rider, weights=alights - boards, minlength=len(people.corridor) + 1)
    aboard: FloatArray = minutes[:-1].astype(np.float64)
    return aboard
