"""Tasks of the bound of a large scenario: one per pickup group, each with all it needs and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dispatch.batching.bound.cells import make_cell_frame
from dispatch.batching.bound.params import BoundParams
from dispatch.batching.bound.seat_services import find_service_share
from dispatch.model.contracts import HEALTH, WORKERS, make_frame
from dispatch.model.geography import Geography
from dispatch.model.scenario import Scenario
from dispatch.model.supply import FleetLine, ServiceStatus


@dataclass(frozen=True, kw_only=True)
class BoundTask:
    """One pickup group to be bounded in any process.

    Attributes
    ----------
    name
        Id of the pickup group.
    scenario
        The scenario cut down to the group: its places, the lines that may serve it, the services; nobody's data.
    cells
        One row per cell of ``cells.make_cell_frame``.
    unserved_minor
        Penalty per head by priority class, "" for the others.
    service_prices_minor
        Price of a seat by service, the same in all tasks of a scenario.
    shared_prices_minor
        Prices by (fleet line, day) that other tasks pay too; coaches of these lines cost so much and are not limited here.
    service_share_minor
        What the services, each run in the cheapest way at its price of seats, add to the bound; in the first task only.
    shared_scarcity_minor
        What all coaches of shared lines would bring at their prices; in the first task only.
    """

    name: str
    scenario: Scenario
    cells: pd.DataFrame
    unserved_minor: Mapping[str, int]
    service_prices_minor: Mapping[str, float]
    shared_prices_minor: Mapping[tuple[str, int], float]
    service_share_minor: float
    shared_scarcity_minor: float
    params: BoundParams

    @property
    def workers(self) -> int:
        """People in the task."""
        return int(self.cells["people"].sum())


def plan_bound_tasks(
    scenario: Scenario,
    parties: pd.DataFrame,
    members: pd.DataFrame,
    params: BoundParams,
    *,
    unserved_minor: Mapping[str, int] | None = None,
    service_prices_minor: Mapping[str, float] | None = None,
    shared_prices_minor: Mapping[tuple[str, int], float] | None = None,
) -> list[BoundTask]:
    """Independent tasks whose parts add up to a bound of the scenario, the largest first.

    Parameters
    ----------
    scenario
        With the services as planned (candidates included).
    parties, members
        As ``clearance.parties.make_parties`` gives them. Parties that nothing lawful carries are left out by the tasks.
    unserved_minor
        Penalties by class as the plan charges them; those of the scenario where not given.
    service_prices_minor
        Any prices >= 0 by service id give a bound; 0 where not given.
    shared_prices_minor
        Prices of coaches that several pickup groups use. Without them each group has all coaches it may lawfully use to
        itself, which is a bound too, only weaker where groups compete for them.

    Raises
    ------
    ValueError
        Where no penalty of the ordinary class is known.
    """
    penalties = dict(scenario.rates.unserved_minor if unserved_minor is None else unserved_minor)
    if "" not in penalties:
        raise ValueError("The penalty of an unserved worker of no class must be given.")
    frame = make_cell_frame(scenario, parties, members)
    geography = scenario.geography
    group_of = {
        board: geography.get_pickup_group(geography.get_county(board))
        for board in frame["boarding_place_id"].unique().tolist()
    }
    groups = frame["boarding_place_id"].map(group_of)
    prices, shared = dict(service_prices_minor or {}), dict(shared_prices_minor or {})
    once = (find_service_share(scenario, prices), _sum_shared(scenario, shared))
    people = frame.groupby(groups)["people"].sum()
    tasks: list[BoundTask] = []
    for group in sorted(people.index, key=lambda name: (-int(people[name]), name)) or [""]:
        cells = frame[groups == group].reset_index(drop=True)
        share, scarcity = once if not tasks else (0.0, 0.0)
        tasks.append(
            BoundTask(
                name=str(group),
                scenario=cut_down(scenario, cells),
                cells=cells,
                unserved_minor=penalties,
                service_prices_minor=prices,
                shared_prices_minor=shared,
                service_share_minor=share,
                shared_scarcity_minor=scarcity,
                params=params,
            )
        )
    return tasks


def _sum_shared(scenario: Scenario, prices: Mapping[tuple[str, int], float]) -> float:
    """What all coaches of shared lines would bring at their prices; raises KeyError for an unknown line."""
    lines = {line.id: line for line in scenario.fleet}
    dates = pd.date_range(scenario.first_date, scenario.last_date).date.tolist()
    total = 0.0
    for (fleet_id, day), price in prices.items():
        count = lines[fleet_id].find_available(dates[day]) if 0 <= day < len(dates) else 0
        total += max(0.0, price) * (count or 0)
    return total


def cut_down(scenario: Scenario, cells: pd.DataFrame) -> Scenario:
    """The scenario with only the places, lines and services that some cells may use, and no people."""
    geography = scenario.geography
    boards, sites = set(cells["boarding_place_id"]), set(cells["site_id"])
    gates = {geography.sites[site].place_id for site in sites}
    fleet = tuple(line for line in scenario.fleet if may_serve(scenario, line, boards, gates))
    services = tuple(s for s in scenario.services if s.status is not ServiceStatus.REFUSED)
    places = boards | gates | {line.depot_place_id for line in fleet}
    places |= {stop.place_id for service in services for stop in service.stops}
    travel = scenario.travel
    kept = travel["from_id"].isin(places) & travel["to_id"].isin(places)
    return scenario.replace(
        geography=Geography(
            places={place: geography.places[place] for place in sorted(places)},
            regions=geography.regions,
            sites={site: geography.sites[site] for site in sorted(sites)},
        ),
        fleet=fleet,
        services=services,
        terminals={place: scenario.terminals[place] for place in sorted(places & set(scenario.terminals))},
        workers=make_frame(WORKERS),
        health=make_frame(HEALTH),
        travel=travel[kept].reset_index(drop=True),
        crew=(),
        payers=(),
        locks=(),
        assumptions=(),
        facts=(),
    )


def may_serve(scenario: Scenario, line: FleetLine, boards: set[str], gates: set[str]) -> bool:
    """False where the rule of registration keeps a line from every trip between some places on all dates."""
    geography, policy = scenario.geography, scenario.policy
    dates = pd.date_range(scenario.first_date, scenario.last_date).date
    if not line.registered_region_id or not all(
        policy.get_flag("registered_end_required", on, "bus") for on in dates
    ):
        return True
    counties = {geography.get_county(place) for place in boards | gates}
    return any(
        region.id == line.registered_region_id
        for county in counties
        for region in geography.get_ancestors(county)
    )
