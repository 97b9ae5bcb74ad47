"""A part of a scenario: some of its workers, and of everything else what they need.

A part is an ordinary scenario, small in a pickle. Big scenarios are cut into hundreds of parts, so what can be found once
for all parts (which health rows are whose) is found once, in ``Slicer``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dispatch.model.geography import Geography, PlaceKind, Site
from dispatch.model.scenario import Lock, LockKind, Scenario
from dispatch.model.supply import FleetLine, Service, Terminal


class Slicer:
    """Cuts parts out of one scenario.

    Parameters
    ----------
    scenario
        The whole scenario. It is not changed.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._owners = _find_owners(scenario.health["worker_id"], scenario.workers["worker_id"])
        sorted_already = bool((np.diff(self._owners) >= 0).all())
        self._rows = None if sorted_already else np.argsort(self._owners, kind="stable").astype(np.int32)
        if self._rows is not None:
            self._owners = self._owners[self._rows]

    def take(
        self,
        workers: NDArray[np.integer],
        *,
        fleet: tuple[FleetLine, ...] | None = None,
        services: tuple[Service, ...] | None = None,
        terminals: dict[str, Terminal] | None = None,
    ) -> Scenario:
        """Scenario of the workers at these positions of the roster, in roster order.

        ``fleet``, ``services``, ``terminals``: the part's share of them; None = all. It keeps policy, rates, limits, payers and crew as they are, and
        drops people, papers, sites, places, regions, travel and locks that the part does not need, and the words about
        the whole scenario (assumptions, facts, notes). A lock that names somebody outside the part is dropped.
        """
        given = {"fleet": fleet, "services": services, "terminals": terminals}
        changes = {name: value for name, value in given.items() if value is not None}
        whole = dataclasses.replace(self._scenario, **changes) if changes else self._scenario  # type: ignore[arg-type]
        return _restrict(whole, *self._take_people(np.sort(workers)))

    def _take_people(self, positions: NDArray[np.integer]) -> tuple[pd.DataFrame, pd.DataFrame]:
        begin = np.searchsorted(self._owners, positions, side="left")
        counts = np.searchsorted(self._owners, positions, side="right") - begin
        rows = np.repeat(begin - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        if self._rows is not None:
            rows = np.sort(self._rows[rows])
        return _take_rows(self._scenario.workers, positions), _take_rows(self._scenario.health, rows)


def take_workers(scenario: Scenario, workers: NDArray[np.integer]) -> Scenario:
    """Scenario of the workers at these positions of the roster; see ``Slicer.take``, which is quicker for many parts."""
    return Slicer(scenario).take(workers)


def _find_owners(ids: pd.Series, workers: pd.Series) -> NDArray[np.int32]:
    """Position in the roster of each id, -1 where there is none."""
    asked, known = (pa.array(column, from_pandas=True) for column in (ids, workers))
    found = pc.index_in(asked, value_set=known).fill_null(-1)
    owners: NDArray[np.int32] = found.to_numpy().astype(np.int32)
    return owners


def _take_rows(frame: pd.DataFrame, rows: NDArray[np.integer]) -> pd.DataFrame:
    """Rows of a frame, its word columns without the words of other rows."""
    taken = frame.iloc[rows].reset_index(drop=True)
    words = [name for name in taken.columns if isinstance(taken[name].dtype, pd.CategoricalDtype)]
    return taken.assign(**{name: taken[name].cat.remove_unused_categories() for name in words})


def _restrict(scenario: Scenario, workers: pd.DataFrame, health: pd.DataFrame) -> Scenario:
    whole = scenario.geography
    sites = {i: whole.sites[i] for i in workers["site_id"].unique() if i in whole.sites}
    kept = _find_places(scenario, workers, sites.values())
    places = {i: place for i, place in whole.places.items() if i in kept}
    wanted = {place.region_id for place in places.values()}
    wanted |= {line.registered_region_id for line in scenario.fleet}
    regions = {region.id: region for i in sorted(wanted) for region in whole.get_ancestors(i)}
    travel = scenario.travel
    if len(travel):
        travel = travel[travel["from_id"].isin(kept) & travel["to_id"].isin(kept)].reset_index(drop=True)
    return dataclasses.replace(
        scenario,
        workers=workers,
        health=health,
        geography=Geography(places=places, regions=regions, sites=sites),
        travel=travel,
        locks=_keep_locks(scenario.locks, workers["worker_id"]),
        assumptions=(),
        facts=(),
        notes="",
    )


def _find_places(scenario: Scenario, workers: pd.DataFrame, sites: Iterable[Site]) -> set[str]:
    """Homes, boarding places and gates of the workers, depots, terminals and rest places, and their assembly points."""
    places = scenario.geography.places
    kept = {*workers["home_place_id"].unique(), *workers["boarding_place_id"].unique()}
    kept |= {site.place_id for site in sites}
    kept |= {line.depot_place_id for line in scenario.fleet} | set(scenario.terminals)
    kept |= {stop.place_id for service in scenario.services for stop in service.stops}
    kept |= {member.depot_place_id for member in scenario.crew}
    kept |= {place.id for place in places.values() if place.kind is PlaceKind.REST}
    kept |= {places[i].assembly_place_id for i in kept if i in places}
    return kept & set(places)


def _keep_locks(locks: tuple[Lock, ...], ids: pd.Series) -> tuple[Lock, ...]:
    if not locks:
        return ()
    known = set(ids)
    pairs = (LockKind.TOGETHER, LockKind.APART)
    return tuple(
        lock for lock in locks if lock.worker_id in known and (lock.kind not in pairs or lock.value in known)
    )
