"""Cells of a large scenario, made from the frame of parties column by column: no object per party."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from dispatch.batching.demand import Cell, get_tier_class
from dispatch.model.scenario import LockKind, Scenario
from dispatch.model.supply import Mode

#: What parties of one cell share.
KEY = (
    "boarding_place_id",
    "site_id",
    "earliest",
    "preferred",
    "latest",
    "arrive_by",
    "clear_from",
    "clear_until",
    "modes",
    "priority_class",
)


def make_cell_frame(scenario: Scenario, parties: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """One row per cell: the columns ``KEY``, ``people`` and ``largest`` (workers of the largest party).

    Parties that a lock binds are left out: serving fewer people costs no more. ``preferred`` is the latest preferred date of a
    party's members, so that lateness is never counted too high.
    """
    free = parties[~parties["party_key"].isin(_find_locked(scenario, members))]
    free = free.assign(preferred=_find_preferred(scenario, free, members))
    groups = free.groupby(list(KEY), sort=True, observed=True)["size"]
    return groups.agg(people="sum", largest="max").reset_index()


def _find_locked(scenario: Scenario, members: pd.DataFrame) -> set[str]:
    """Keys of parties with a member whom a lock names."""
    named = {lock.worker_id for lock in scenario.locks}
    named |= {lock.value for lock in scenario.locks if lock.kind in (LockKind.TOGETHER, LockKind.APART)}
    if not named:
        return set()
    return set(members.loc[members["worker_id"].isin(named), "party_key"])


def _find_preferred(scenario: Scenario, parties: pd.DataFrame, members: pd.DataFrame) -> pd.Series:
    """Latest preferred day of the members of each party, in the order of ``parties``."""
    workers = scenario.workers
    wanted = workers["preferred_date"].fillna(workers["earliest_date"])
    days = (wanted - pd.Timestamp(scenario.first_date)).dt.days.fillna(0).astype("int64")
    by_worker = pd.Series(days.to_numpy(), index=workers["worker_id"])
    of_member = by_worker.reindex(members["worker_id"]).fillna(0).astype("int64")
    latest = pd.Series(of_member.to_numpy(), index=members["party_key"].to_numpy()).groupby(level=0).max()
    found = latest.reindex(parties["party_key"].to_numpy()).fillna(0).astype("int64").to_numpy()
    earliest, last = parties["earliest"].to_numpy(), parties["latest"].to_numpy()
    return pd.Series(np.maximum(np.minimum(found, last), earliest), index=parties.index)


def make_cells(scenario: Scenario, frame: pd.DataFrame) -> tuple[Cell, ...]:
    """Cells of a frame made by ``make_cell_frame``; the index of a cell is its row."""
    geography = scenario.geography
    find_class = _remember_classes(scenario)
    modes: dict[str, frozenset[Mode]] = {}
    cells = []
    for index, row in enumerate(frame.itertuples(index=False)):
        board, site, words = str(row.boarding_place_id), str(row.site_id), str(row.modes)
        if words not in modes:
            modes[words] = frozenset(Mode(name) for name in words.split("|") if name)
        county = geography.get_county(board)
        gate = geography.sites[site].place_id
        earliest, latest = int(str(row.earliest)), int(str(row.latest))
        cells.append(
            Cell(
                index=index,
                board=board,
                site=site,
                gate=gate,
                county=county,
                group=geography.get_pickup_group(county),
                area=geography.get_destination_area(geography.get_county(gate)),
                tier_class=find_class(county, earliest, latest),
                earliest=earliest,
                preferred=int(str(row.preferred)),
                latest=latest,
                arrive_by=int(str(row.arrive_by)),
                clear_from=int(str(row.clear_from)),
                clear_until=int(str(row.clear_until)),
                modes=modes[words],
                priority_class=str(row.priority_class),
                date_lock=None,
                service_lock="",
                mode_lock="",
                fleet_lock="",
            )
        )
    return tuple(cells)


def _remember_classes(scenario: Scenario) -> Callable[[str, int, int], str]:
    known: dict[tuple[str, int, int], str] = {}

    def find(county: str, first_day: int, last_day: int) -> str:
        key = (county, first_day, last_day)
        if key not in known:
            known[key] = get_tier_class(scenario, *key)
        return known[key]

    return find
