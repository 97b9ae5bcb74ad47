"""Demand as columns: one row per party, integers only; what large scenarios are split and searched by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dispatch.batching.demand import get_tier_class
from dispatch.model.scenario import Scenario
from dispatch.model.supply import Mode

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
CorridorKey = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Parties (p of them) as columns, in the order of the frame they were made from.

    Attributes
    ----------
    boards, sites, classes
        Ids of boarding places, sites and priority classes; ``board``, ``site``, ``priority`` (p,) index them.
    size, earliest, preferred, latest, arrive_by, clear_from, clear_until
        As in the contract PARTIES (p,).
    may_ride_bus, may_ride_train, may_ride_charter
        True where the mode is accepted (p,).
    corridors
        Keys (pickup group, destination area, tier class), sorted; ``corridor`` (p,) indexes them.
    """

    boards: tuple[str, ...]
    sites: tuple[str, ...]
    classes: tuple[str, ...]
    corridors: tuple[CorridorKey, ...]
    board: Ints
    site: Ints
    priority: Ints
    size: Ints
    earliest: Ints
    preferred: Ints
    latest: Ints
    arrive_by: Ints
    clear_from: Ints
    clear_until: Ints
    may_ride_bus: Flags
    may_ride_train: Flags
    may_ride_charter: Flags
    corridor: Ints

    def take(self, rows: Ints) -> Columns:
        """Columns of some parties only; ids keep their numbers."""
        kept = {
            name: getattr(self, name)[rows]
            for name in (
                "board", "site", "priority", "size", "earliest", "preferred", "latest", "arrive_by", "clear_from",
                "clear_until", "may_ride_bus", "may_ride_train", "may_ride_charter", "corridor",
            )
        }  # fmt: skip
        return Columns(
            boards=self.boards, sites=self.sites, classes=self.classes, corridors=self.corridors, **kept
        )


def make_columns(scenario: Scenario, parties: pd.DataFrame) -> Columns:
    """Columns of a frame under the contract PARTIES, in its order."""
    board, boards = _code(parties["boarding_place_id"])
    site, sites = _code(parties["site_id"])
    priority, classes = _code(parties["priority_class"])
    modes, mode_words = _code(parties["modes"])
    accepts = {
        mode: np.array([mode.value in words.split("|") for words in mode_words], dtype=np.bool_)[modes]
        for mode in Mode
    }
    numbers = {
        name: parties[name].to_numpy(np.int64)
        for name in ("size", "earliest", "preferred", "latest", "arrive_by", "clear_from", "clear_until")
    }
    corridor, corridors = _find_corridors(
        scenario, boards, sites, board, site, numbers["earliest"], numbers["latest"]
    )
    return Columns(
        boards=boards,
        sites=sites,
        classes=classes,
        corridors=corridors,
        board=board,
        site=site,
        priority=priority,
        may_ride_bus=accepts[Mode.BUS],
        may_ride_train=accepts[Mode.TRAIN],
        may_ride_charter=accepts[Mode.CHARTER],
        corridor=corridor,
        **numbers,
    )


def _code(values: pd.Series) -> tuple[Ints, tuple[str, ...]]:
    codes, words = pd.factorize(values, sort=True)
    return codes.astype(np.int64), tuple(str(word) for word in words)


def _find_corridors(
    scenario: Scenario,
    boards: Sequence[str],
    sites: Sequence[str],
    board: Ints,
    site: Ints,
    earliest: Ints,
    latest: Ints,
) -> tuple[Ints, tuple[CorridorKey, ...]]:
    geography = scenario.geography
    counties = [geography.get_county(place) for place in boards]
    areas = [
        geography.get_destination_area(geography.get_county(geography.sites[one].place_id)) for one in sites
    ]
    county_code, county_names = pd.factorize(np.array(counties, dtype=object), sort=True)
    area_code, area_names = pd.factorize(np.array(areas, dtype=object), sort=True)
    frame = pd.DataFrame(
        {"county": county_code[board], "area": area_code[site], "earliest": earliest, "latest": latest}
    )
    number = frame.groupby(["county", "area", "earliest", "latest"], sort=True).ngroup().to_numpy(np.int64)
    firsts = frame.assign(number=number).drop_duplicates("number").sort_values("number")
    classes: dict[tuple[str, int, int], str] = {}
    keys: list[CorridorKey] = []
    counties, starts, ends, ways = (
        firsts[name].to_numpy(np.int64).tolist() for name in ("county", "earliest", "latest", "area")
    )
    for at_county, start, end, area_number in zip(counties, starts, ends, ways, strict=True):
        county = str(county_names[at_county])
        window = (county, start, end)
        if window not in classes:
            classes[window] = get_tier_class(scenario, *window)
        keys.append((geography.get_pickup_group(county), str(area_names[area_number]), classes[window]))
    corridors = tuple(sorted(set(keys)))
    at = {key: i for i, key in enumerate(corridors)}
    return np.array([at[key] for key in keys], dtype=np.int64)[number], corridors
