"""A part of a scenario as a scenario of its own: some workers, the places they need, the coaches given to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dispatch.clearance.parties import PartyResult
from dispatch.model.geography import Geography, PlaceKind, Region
from dispatch.model.scenario import Scenario
from dispatch.model.supply import FleetLine, Service

Ints = NDArray[np.int64]


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


class Roster:
    """The people of a whole scenario, ready to be taken out part by part."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        ids = pd.Index(scenario.workers["worker_id"].astype("string"))
        owner = ids.get_indexer(pd.Index(scenario.health["worker_id"].astype("string")))
        self._order = np.argsort(owner, kind="stable")
        self._owner = owner[self._order]
        self._ids = ids

    def find_rows(self, worker_ids: pd.Series) -> Ints:
        """Rows of workers in the roster."""
        return self._ids.get_indexer(pd.Index(worker_ids.astype("string"))).astype(np.int64)

    def put_into(self, part: Scenario, rows: Ints) -> Scenario:
        """``part`` with the workers in some rows of the roster, in that order, their evidence and their locks."""
        workers = self.scenario.workers.iloc[rows].reset_index(drop=True)
        begin = np.searchsorted(self._owner, rows, side="left")
        end = np.searchsorted(self._owner, rows, side="right")
        evidence = np.concatenate(
            [self._order[a:b] for a, b in zip(begin, end, strict=True) if b > a] or [np.zeros(0, np.int64)]
        )
        ids = set(workers["worker_id"]) if self.scenario.locks else set()
        return part.replace(
            workers=workers,
            health=self.scenario.health.iloc[np.sort(evidence)].reset_index(drop=True),
            locks=tuple(lock for lock in self.scenario.locks if lock.worker_id in ids),
        )


class MemberRows:
    """Rows in the roster of the members of parties."""

    def __init__(self, roster: Roster, people: PartyResult) -> None:
        keys = pd.Index(people.parties["party_key"].astype("string"))
        party = keys.get_indexer(pd.Index(people.members["party_key"].astype("string")))
        rows = roster.find_rows(people.members["worker_id"])
        order = np.lexsort((rows, party))
        self._rows = rows[order]
        self._starts = np.searchsorted(party[order], np.arange(len(people.parties) + 1))

    def find(self, parties: Ints) -> Ints:
        """Sorted rows of the members of some parties."""
        pieces = [self._rows[self._starts[p] : self._starts[p + 1]] for p in parties.tolist()]
        return np.sort(np.concatenate(pieces)) if pieces else np.zeros(0, dtype=np.int64)
