"""The places of a district as a scenario without people, and who in the roster belongs to which party."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dispatch.clearance.parties import PartyResult
from dispatch.model.geography import Geography, PlaceKind, Region
from dispatch.model.scenario import Scenario
from dispatch.model.supply import FleetLine, Service

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def take_places(
    scenario: Scenario,
    *,
    boards: Iterable[str],
    sites: Iterable[str],
    lines: Sequence[FleetLine],
    services: Sequence[Service] = (),
) -> Scenario:
    """Scenario without people that knows only these places, sites, lines and services, and where coaches may rest."""
    geography = scenario.geography
    kept_sites = {site: geography.sites[site] for site in sites}
    wanted = set(boards) | {site.place_id for site in kept_sites.values()}
    wanted |= {line.depot_place_id for line in lines}
    wanted |= {stop.place_id for service in services for stop in service.stops}
    wanted |= {geography.places[place].assembly_place_id for place in wanted} - {""}
    places = {
        id: place for id, place in geography.places.items() if id in wanted or place.kind is PlaceKind.REST
    }
    return scenario.replace(
        geography=Geography(places=places, regions=_keep_regions(geography, places), sites=kept_sites),
        workers=scenario.workers.iloc[:0],
        health=scenario.health.iloc[:0],
        travel=_keep_legs(scenario, places),
        fleet=tuple(lines),
        services=tuple(services),
        terminals={id: each for id, each in scenario.terminals.items() if id in places},
        locks=(),
        facts=(),
        assumptions=(),
        propose_modes=(),
    )


def _keep_regions(geography: Geography, places: Collection[str]) -> dict[str, Region]:
    kept: dict[str, Region] = {}
    for region_id in {geography.places[place].region_id for place in places}:
        for region in geography.get_ancestors(region_id):
            kept[region.id] = region
    return dict(sorted(kept.items()))


def _keep_legs(scenario: Scenario, places: Collection[str]) -> pd.DataFrame:
    travel = scenario.travel
    if not len(travel):
        return travel
    return travel[travel["from_id"].isin(places) & travel["to_id"].isin(places)].reset_index(drop=True)


class MemberRows:
    """Rows in the roster of the members of parties."""

    def __init__(self, scenario: Scenario, people: PartyResult) -> None:
        party = find_positions(people.members["party_key"], people.parties["party_key"])
        rows = find_positions(people.members["worker_id"], scenario.workers["worker_id"])
        order = np.lexsort((rows, party))
        self._rows = rows[order]
        self._starts = np.searchsorted(party[order], np.arange(len(people.parties) + 1))

    def find(self, parties: Ints) -> Ints:
        """Sorted rows of the members of some parties."""
        pieces = [self._rows[self._starts[p] : self._starts[p + 1]] for p in parties.tolist()]
        return np.sort(np.concatenate(pieces)) if pieces else np.zeros(0, dtype=np.int64)


def find_positions(ids: pd.Series, known: pd.Series) -> Ints:
    """Position of each id among the known ones, -1 where it is none of them."""
    asked, whole = (pa.array(column.astype("string"), from_pandas=True) for column in (ids, known))
    found: Ints = pc.index_in(asked, value_set=whole).fill_null(-1).to_numpy().astype(np.int64)
    return found


def find_locked(scenario: Scenario, people: PartyResult) -> Flags:
    """True for each party that a lock binds, or is named by another's lock."""
    locked = np.zeros(len(people.parties), dtype=np.bool_)
    if not scenario.locks:
        return locked
    named = {lock.worker_id for lock in scenario.locks} | {lock.value for lock in scenario.locks}
    keys = people.members.loc[people.members["worker_id"].isin(named), "party_key"]
    locked[find_positions(keys, people.parties["party_key"])] = True
    return locked
