"""Parts: a few thousand workers of a district with the coaches their trips take, planned as a scenario of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from dispatch.batching.columns import Columns, Flags, Ints
from dispatch.batching.compiled.district import CoachTrips
from dispatch.batching.progress import Signals
from dispatch.batching.solve import Problem, settle
from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario
from dispatch.model.supply import CountOnDates, FleetLine
from dispatch.planning.large.districts import District
from dispatch.planning.loading import name_halt
from dispatch.planning.prepared import Prepared, prepare
from dispatch.planning.solved import assemble_plan

#: Most workers of a part, unless one trip alone has more.
PART_WORKERS = 4_000
#: A part keeps coaches for so many days after the horizon's last date.
DAYS_BEYOND = 12
#: Ruin-and-recreate steps of a part on its real trips.
PART_STEPS = 0

Wish = tuple[str, int, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Part:
    """Rows of its parties; trips as (line, service date, rows of the parties aboard); its coaches by line."""

    rows: Ints
    trips: tuple[tuple[str, int, Ints], ...]
    lines: tuple[FleetLine, ...]


@dataclass(frozen=True, kw_only=True)
class PartTask:
    """What planning one part needs; picklable. ``wishes``: line, service date and keys of the parties of each trip."""

    scenario: Scenario
    wishes: tuple[Wish, ...]
    effort: str
    seed: int
    signals: Signals


def run_part(task: PartTask) -> Plan:
    """Plan of a part. Runs in any process."""
    ready = prepare(task.scenario)
    unit_of = {party.key: unit.index for unit in ready.demand.units for party in unit.parties}
    wished = []
    for line_id, day, keys in task.wishes:
        numbers = tuple(sorted({unit_of[key] for key in keys if key in unit_of}))
        if numbers:
            wished.append((line_id, day, numbers))
    problem = Problem(
        scenario=ready.scenario,
        travel=ready.travel,
        demand=ready.demand,
        alternatives=ready.alternatives,
        reserve={},
    )
    solution = settle(problem, ready.context, wished, PART_STEPS, task.seed, task.signals)
    return _assemble(ready, solution, task)


def _assemble(ready: Prepared, solution: object, task: PartTask) -> Plan:
    return assemble_plan(
        ready,
        solution,  # type: ignore[arg-type]
        None,
        effort=task.effort,
        seed=task.seed,
        signals=task.signals,
        name_halt=name_halt,
        is_part=True,
    )


def split_parts(
    scenario: Scenario, columns: Columns, district: District, found: CoachTrips, locked: Flags
) -> list[Part]:
    """Parts of a district: whole trips of neighbouring corridors, everybody in one part, every coach given once.

    ``locked`` (parties of the columns): those bound by a lock have no trip yet and form one part, so that locks hold.
    """
    groups = _gather(columns, district, found, locked[district.rows])
    used = [_count_coaches(scenario, district, found, trips) for _, trips in groups]
    shares = _share_out(
        scenario, district, used, [bool((found.trip_of[rows] < 0).any()) for rows, _ in groups]
    )
    by_trip = _list_riders(found)
    return [
        Part(
            rows=district.rows[rows],
            trips=tuple((found.line_ids[t], int(found.day[t]), district.rows[by_trip[t]]) for t in trips),
            lines=lines,
        )
        for (rows, trips), lines in zip(groups, shares, strict=True)
    ]


def _list_riders(found: CoachTrips) -> dict[int, Ints]:
    order = np.argsort(found.trip_of, kind="stable")
    values = found.trip_of[order]
    cuts = np.flatnonzero(np.diff(values)) + 1
    return {int(found.trip_of[rows[0]]): rows for rows in np.split(order, cuts) if len(rows)}


def _gather(
    columns: Columns, district: District, found: CoachTrips, locked: Flags
) -> list[tuple[Ints, list[int]]]:
    """(rows within the district, trips) of each part, corridor after corridor, cut between trips; then those locked."""
    corridor = columns.corridor[district.rows]
    size = columns.size[district.rows]
    order = np.lexsort((found.trip_of, corridor))
    order = order[~locked[order]]
    groups: list[tuple[Ints, list[int]]] = []
    start = people = 0
    for at in range(len(order) + 1):
        ends = at == len(order)
        if not ends and at > start:
            here, before = order[at], order[at - 1]
            new_trip = found.trip_of[here] != found.trip_of[before] or found.trip_of[here] < 0
            ends = new_trip and people >= PART_WORKERS
        if ends and at > start:
            rows = order[start:at]
            trips = sorted({int(t) for t in found.trip_of[rows] if t >= 0})
            groups.append((np.sort(rows), trips))
            start, people = at, 0
        if at < len(order):
            people += int(size[order[at]])
    if locked.any():
        groups.append((np.flatnonzero(locked), []))
    return groups


def _count_coaches(
    scenario: Scenario, district: District, found: CoachTrips, trips: Sequence[int]
) -> dict[tuple[str, int], int]:
    """Coaches of a part's trips by line and day."""
    used: dict[tuple[str, int], int] = defaultdict(int)
    returns = {line.id: line.returns for line in district.lines}
    last = (scenario.last_date - scenario.first_date).days
    for t in trips:
        line, day = found.line_ids[t], int(found.day[t])
        end = day + int(found.days_away[t])
        for at in range(day, end if returns[line] else max(end, last + 1)):
            used[line, at] += 1
    return used


def _share_out(
    scenario: Scenario,
    district: District,
    used: Sequence[dict[tuple[str, int], int]],
    short: Sequence[bool],
) -> list[tuple[FleetLine, ...]]:
    """Lines of each part: the coaches its trips use, and coaches nobody uses, first to parts that left people behind."""
    days = (scenario.last_date - scenario.first_date).days + 1 + DAYS_BEYOND
    order = sorted(range(len(used)), key=lambda i: (not short[i], i))
    counts: list[dict[str, list[int]]] = [{} for _ in used]
    for line in district.lines if used else ():
        if not line.counts:
            continue
        own = [[part.get((line.id, day), 0) for day in range(days)] for part in used]
        for day in range(days):
            spare = (line.find_available(scenario.first_date + timedelta(days=day)) or 0) - sum(
                row[day] for row in own
            )
            base, more = divmod(max(0, spare), len(used))
            for place, i in enumerate(order):
                own[i][day] += base + (place < more)
        for i, row in enumerate(own):
            counts[i][line.id] = row
    lent = _list_lines_elsewhere(scenario, district)
    return [
        tuple(
            line if not line.counts else _with_counts(scenario, line, part[line.id])
            for line in district.lines
        )
        + lent
        for part in counts
    ]


def _list_lines_elsewhere(scenario: Scenario, district: District) -> tuple[FleetLine, ...]:
    """Where a district has no coaches, those of all others with none of them free: people stay for want of coaches."""
    if any(not line.local_only for line in district.lines):
        return ()
    return tuple(_with_counts(scenario, line, ()) for line in scenario.fleet if not line.local_only)


def _with_counts(scenario: Scenario, line: FleetLine, by_day: Sequence[int]) -> FleetLine:
    """The line with so many coaches on each day and nothing in reserve.

    A line of which none is left stays known: whoever stays behind does so for want of coaches, not of a lawful trip.
    """
    import dataclasses

    dated: list[CountOnDates] = []
    start = 0
    for day in range(1, len(by_day) + 1):
        if day == len(by_day) or by_day[day] != by_day[start]:
            if by_day[start]:
                dated.append(
                    CountOnDates(
                        from_date=scenario.first_date + timedelta(days=start),
                        to_date=scenario.first_date + timedelta(days=day - 1),
                        count=by_day[start],
                    )
                )
            start = day
    gone = CountOnDates(from_date=scenario.first_date, to_date=scenario.first_date, count=0)
    return dataclasses.replace(line, counts=tuple(dated) or (gone,), standby_ratio=0.0)
