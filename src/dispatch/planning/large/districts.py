"""Districts: counties and fleet lines that are searched together, and the scenario each of them needs."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.columns import Columns, Ints
from dispatch.batching.compiled.district import CoachTrips, DistrictEffort, search_district
from dispatch.batching.progress import Signals
from dispatch.model.geography import Geography
from dispatch.model.scenario import Scenario
from dispatch.model.supply import CountOnDates, FleetLine

Floats = NDArray[np.float64]

#: A prefecture with more workers is searched county by county.
LARGEST_DISTRICT_WORKERS = 300_000
#: Corridors of a district are searched in groups of about so many workers, each with its share of the coaches.
GROUP_WORKERS = 25_000


@dataclass(frozen=True, kw_only=True)
class District:
    """Rows of its parties (in the columns of the whole) and the lines that serve it; ``name`` for progress."""

    name: str
    rows: Ints
    lines: tuple[FleetLine, ...]


@dataclass(frozen=True, kw_only=True)
class DistrictTask:
    """What one search needs; picklable."""

    name: str
    scenario: Scenario
    columns: Columns
    penalties: dict[str, int]
    effort: DistrictEffort
    seed: int
    signals: Signals


def run_district(task: DistrictTask) -> CoachTrips:
    """Coach trips of a district. Runs in any process."""

    def keep_going(cost_minor: int) -> bool:
        task.signals.tell(f"search-{task.name}", str(cost_minor))
        return not task.signals.should_stop()

    return search_district(task.scenario, task.columns, task.penalties, task.effort, task.seed, keep_going)


def split_districts(scenario: Scenario, columns: Columns) -> list[District]:
    """Districts, the largest first; every party is in one, every line in at most one.

    Counties of one prefecture, or of one pickup group, share their coaches; a prefecture too large is taken apart into
    its counties. A line belongs to the district of its depot, or to the nearest one.
    """
    home = _find_homes(scenario, columns)
    names = sorted(set(home.values()))
    number = {name: i for i, name in enumerate(names)}
    county_of = [scenario.geography.get_county(board) for board in columns.boards]
    of_board = np.array([number[home[county]] for county in county_of], dtype=np.int64)
    of_party = of_board[columns.board]
    lines = _give_lines(scenario, home, columns)
    districts = [
        District(name=name, rows=np.flatnonzero(of_party == number[name]), lines=tuple(lines[name]))
        for name in names
    ]
    return sorted(districts, key=lambda each: (-int(columns.size[each.rows].sum()), each.name))


def split_groups(district: District, columns: Columns) -> list[District]:
    """A district as groups of whole corridors, so that several processes can search it; one that is small stays whole.

    Each group has the share of every line's coaches that its people are of the district's.
    """
    corridor, size = columns.corridor[district.rows], columns.size[district.rows]
    keys, number = np.unique(corridor, return_inverse=True)
    people = np.bincount(number, size)
    count = min(len(keys), max(1, round(int(size.sum()) / GROUP_WORKERS)))
    if count < 2:
        return [district]
    load = np.zeros(count)
    group_of = np.zeros(len(keys), dtype=np.int64)
    for key in np.argsort(-people, kind="stable"):
        group_of[key] = int(np.argmin(load))
        load[group_of[key]] += people[key]
    ratios = load / load.sum()
    shares = [_divide_line(line, ratios, at) for at, line in enumerate(district.lines)]
    return [
        District(
            name=f"{district.name}-{group}",
            rows=district.rows[group_of[number] == group],
            lines=tuple(line for share in shares if (line := share[group]) is not None),
        )
        for group in range(count)
    ]


def _divide_line(line: FleetLine, ratios: Floats, turn: int) -> list[FleetLine | None]:
    """A line in shares; whole coaches that are left over go to groups in turn. None where a group gets no coach at all."""
    if not line.counts:
        return [line] * len(ratios)
    dated: list[list[CountOnDates]] = [[] for _ in ratios]
    for each in line.counts:
        wanted = each.count * ratios
        given = np.floor(wanted).astype(np.int64)
        order = np.lexsort(((np.arange(len(ratios)) - turn) % len(ratios), -(wanted - given).round(9)))
        given[order[: each.count - int(given.sum())]] += 1
        for group, own in enumerate(given.tolist()):
            if own:
                dated[group].append(dataclasses.replace(each, count=own))
    return [dataclasses.replace(line, counts=tuple(own)) if own else None for own in dated]


def _find_homes(scenario: Scenario, columns: Columns) -> dict[str, str]:
    """District of each county that somebody boards in."""
    geography = scenario.geography
    people: dict[str, int] = defaultdict(int)
    for board, size in zip(
        columns.boards, np.bincount(columns.board, columns.size, len(columns.boards)), strict=True
    ):
        people[geography.get_county(board)] += int(size)
    groups = {county: geography.get_pickup_group(county) for county in people}
    prefectures: dict[str, str] = {}
    for county in sorted(people):
        prefectures.setdefault(groups[county], geography.get_prefecture(county))
    total: dict[str, int] = defaultdict(int)
    for county, count in people.items():
        total[prefectures[groups[county]]] += count
    return {
        county: prefectures[group] if total[prefectures[group]] <= LARGEST_DISTRICT_WORKERS else group
        for county, group in groups.items()
    }


def _give_lines(scenario: Scenario, home: dict[str, str], columns: Columns) -> dict[str, list[FleetLine]]:
    geography = scenario.geography
    given: dict[str, list[FleetLine]] = defaultdict(list)
    middles = _find_middles(geography, home, columns)
    for line in scenario.fleet:
        county = geography.get_county(line.depot_place_id)
        if county in home:
            given[home[county]].append(line)
            continue
        depot = geography.places[line.depot_place_id]
        nearest = min(
            middles,
            key=lambda name: (
                (middles[name][0] - depot.lat) ** 2 + (middles[name][1] - depot.lon) ** 2,
                name,
            ),
        )
        given[nearest].append(line)
    return given


def _find_middles(
    geography: Geography, home: dict[str, str], columns: Columns
) -> dict[str, tuple[float, float]]:
    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for board in columns.boards:
        place = geography.places[board]
        points[home[place.region_id]].append((place.lat, place.lon))
    return {
        name: (sum(p[0] for p in own) / len(own), sum(p[1] for p in own) / len(own))
        for name, own in points.items()
    }
