"""Changes that could carry a party, each as a scenario in which it is made: coaches, seats, dates, modes, parties, gates."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from dispatch.batching.demand import Unit
from dispatch.batching.direct import DirectCosts
from dispatch.batching.opening import find_best_offer
from dispatch.batching.resources import Resources
from dispatch.explain.leftovers import add_date
from dispatch.explain.locality import Surroundings
from dispatch.explain.replanned import find_penalty, find_units
from dispatch.model.contracts import WORKERS, conform
from dispatch.model.scenario import Scenario
from dispatch.model.supply import CountOnDates, FleetLine
from dispatch.planning.prepared import prepare

#: Class of the asked party, and a penalty no journey costs: it is carried wherever that is lawful.
_ASKED, _ANY_PRICE = "(asked)", 10**10
_DAYS_WIDER = 3


@dataclass(frozen=True)
class Try:
    """A change in words (empty: none), what stands in the way without it, and the surroundings with it made."""

    change: str
    binds: str
    scenario: Scenario


def ask(near: Surroundings, *, on_time: bool) -> Scenario:
    """Surroundings in which the party must be carried, ``on_time`` not after its best date."""
    scenario = near.scenario
    changes: dict[str, object] = {"priority_class": _ASKED}
    mine = scenario.workers["worker_id"].isin(near.worker_ids)
    workers = _alter(scenario.workers, mine, changes)
    if on_time:
        workers = workers.assign(latest_date=workers["latest_date"].where(~mine, workers["preferred_date"]))
    rates = dataclasses.replace(
        scenario.rates, unserved_minor={**scenario.rates.unserved_minor, _ASKED: _ANY_PRICE}
    )
    return scenario.replace(workers=workers, rates=rates)


def _alter(workers: pd.DataFrame, mine: pd.Series, changes: dict[str, object]) -> pd.DataFrame:
    altered = workers.copy()
    for name, value in changes.items():
        values = altered[name].astype(object)
        values[mine] = value
        altered[name] = values
    return conform(altered, WORKERS)


def list_tries(near: Surroundings, asked: Scenario, *, on_time: bool) -> Iterator[Try]:
    """Changes to try: none, a coach, seats, other dates, other modes, the party split, the gate opened wider."""
    yield Try("", "nothing but the price", asked)
    yield from _try_coach(near, asked)
    size = len(near.worker_ids)
    mine = asked.workers["worker_id"].isin(near.worker_ids)
    if asked.services:
        services = tuple(
            dataclasses.replace(service, carriage_seats=service.carriage_seats + size)
            for service in asked.services
        )
        yield Try(
            f"{size} more seats on a train or flight",
            "seats on trains and flights",
            asked.replace(services=services),
        )
    wider = _widen(asked, mine, on_time=on_time)
    words = (
        f"leaving up to {_DAYS_WIDER} days earlier" if on_time else f"a window up to {_DAYS_WIDER} days wider"
    )
    yield Try(words, "the dates they can leave", asked.replace(workers=wider))
    if (asked.workers.loc[mine, "modes"] != "bus|train|charter").any():
        changed = _alter(asked.workers, mine, {"modes": "bus|train|charter"})
        yield Try("accepting any mode", "the modes they accept", asked.replace(workers=changed))
    if size > 1:
        split = asked.workers.assign(
            party_id=asked.workers["party_id"].where(~mine, asked.workers["worker_id"]),
            all_or_none=asked.workers["all_or_none"] & ~mine,
        )
        yield Try("travelling apart", "that the party travels whole", asked.replace(workers=split))
    yield from _try_gates(asked, mine, size)


def _widen(asked: Scenario, mine: pd.Series, *, on_time: bool) -> pd.DataFrame:
    step = pd.Timedelta(days=_DAYS_WIDER)
    first, last = pd.Timestamp(asked.first_date), pd.Timestamp(asked.last_date)
    workers = asked.workers
    earlier = workers["earliest_date"] - step
    earlier = earlier.where(earlier > first, first)
    later = workers["latest_date"] if on_time else workers["latest_date"] + step
    later = later.where(later < last, last)
    return workers.assign(
        earliest_date=workers["earliest_date"].where(~mine, earlier),
        latest_date=workers["latest_date"].where(~mine, later),
    )


def _try_gates(asked: Scenario, mine: pd.Series, size: int) -> Iterator[Try]:
    sites = dict(asked.geography.sites)
    limited = [
        str(site)
        for site in asked.workers.loc[mine, "site_id"].unique()
        if site in sites and sites[str(site)].arrivals_per_day is not None
    ]
    for site in limited:
        sites[site] = dataclasses.replace(
            sites[site], arrivals_per_day=(sites[site].arrivals_per_day or 0) + size
        )
    if limited:
        geography = dataclasses.replace(asked.geography, sites=sites)
        yield Try(
            f"the gate receiving {size} more people a day",
            "how many the gate receives a day",
            asked.replace(geography=geography),
        )


def _try_coach(near: Surroundings, asked: Scenario) -> Iterator[Try]:
    """One more coach of the line and on the dates that suit the party and those left beside it best."""
    boundless = asked.replace(
        fleet=tuple(dataclasses.replace(line, counts=()) for line in asked.fleet), crew=()
    )
    ready = prepare(boundless)
    units = find_units(near, ready)
    if not units:
        return
    costs = DirectCosts(ready.scenario, ready.context, ready.demand)
    free = [unit for unit in ready.demand.units if not _is_placed(near, unit)]
    values = {unit.index: find_penalty(ready, unit) for unit in [*free, *units]}
    offer = find_best_offer(
        costs,
        Resources(boundless),
        [*{unit.index: unit for unit in [*units, *free]}.values()],
        values,
        random.Random(0),
        tries=12,
    )
    if offer is None:
        return
    line = next(line for line in asked.fleet if line.id == offer.trip.fleet_id)
    first = asked.first_date + timedelta(days=offer.trip.day)
    days = Resources(asked).days_touched(line.id, offer.trip.day, offer.trip.shape.days)
    more = _add_coach(asked, line, days)
    name = asked.vehicle_types[line.type_id].name
    depot = asked.geography.places[line.depot_place_id].name
    fleet = tuple(more if one.id == line.id else one for one in asked.fleet)
    change = f"one more {name} at {depot} ({line.id}) from {first} for {len(days)} days"
    yield Try(change, "coaches", asked.replace(fleet=fleet, crew=()))


def _is_placed(near: Surroundings, unit: Unit) -> bool:
    placed = {key for ride in near.rides for key in ride.party_keys} - {near.party_key}
    return any(party.key in placed for party in unit.parties)


def _add_coach(scenario: Scenario, line: FleetLine, days: range) -> FleetLine:
    """Line with one coach more on some days of the horizon; an unlimited line stays so."""
    if not line.counts:
        return line
    made: list[CountOnDates] = []
    start = min(dated.from_date for dated in line.counts)
    end = max(dated.to_date for dated in line.counts)
    extra = {scenario.first_date + timedelta(days=day) for day in days}
    day = min([start, *extra])
    while day <= max([end, *extra]):
        made = add_date(made, day, (line.find_available(day) or 0) + (day in extra))
        day += timedelta(days=1)
    return dataclasses.replace(line, counts=tuple(made), standby_ratio=0.0)
