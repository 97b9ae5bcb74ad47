"""A plan for more people than can be planned at once: districts, parts, and the merge of their plans."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor

import numpy as np
import pandas as pd

from dispatch.batching.columns import Columns, Ints, make_columns
from dispatch.batching.compiled.district import CoachTrips, DistrictEffort
from dispatch.batching.progress import Signals
from dispatch.clearance.parties import PartyResult, make_parties
from dispatch.clearance.windows import make_clearance
from dispatch.model.plan import Certificate, Plan
from dispatch.model.scenario import Scenario
from dispatch.planning.certificate import make_certificate
from dispatch.planning.large.districts import District, DistrictTask, run_district, split_districts
from dispatch.planning.large.parts import Part, PartTask, run_part, split_parts
from dispatch.planning.large.slices import Roster, take_places
from dispatch.planning.merging import merge_plans
from dispatch.running.stream import run_tasks

Progress = Callable[[str, Mapping[str, str]], None]

#: Scenarios with more workers are planned in parts.
LARGE_WORKERS = 8_000

DISTRICT_EFFORTS = {
    "quick": DistrictEffort(rounds=5, steps_per_trip=1.5),
    "standard": DistrictEffort(rounds=12, steps_per_trip=4.0),
    "thorough": DistrictEffort(rounds=20, steps_per_trip=12.0),
}
#: Above so many workers the search takes fewer steps per trip, so that effort grows no faster than the people.
MANY_WORKERS = 400_000
FEWER_STEPS_RATIO = 0.5


def is_large(scenario: Scenario) -> bool:
    """True where a scenario is planned in parts."""
    return len(scenario.workers) > LARGE_WORKERS


def make_large_plan(
    scenario: Scenario,
    *,
    effort: str,
    seed: int,
    executor: Executor,
    signals: Signals,
    progress: Progress,
) -> Plan:
    """Lawful, certified plan of a large scenario; parameters as in ``planning.make_plan.make_plan``."""
    progress("prepare", {})
    people = make_parties(scenario, make_clearance(scenario))
    columns = make_columns(scenario, people.parties)
    penalties = dict(scenario.rates.unserved_minor)
    districts = split_districts(scenario, columns)
    progress("search", {"workers": str(int(columns.size.sum()))})
    found: dict[int, CoachTrips] = {}
    tasks = [_make_district_task(scenario, columns, each, penalties, effort, seed, signals) for each in districts]
    for number, trips in run_tasks(executor, run_district, tasks):
        found[number] = trips
        progress("districts", {"done": str(len(found)), "total": str(len(districts))})
    progress("assemble", {})
    parts = [
        (district, part)
        for number, district in enumerate(districts)
        for part in split_parts(scenario, columns, district, found[number])
    ]
    plans = _plan_parts(scenario, columns, people, parts, effort, seed, executor, signals, progress)
    merged = merge_plans(plans, scenario, effort=effort, seed=seed, certify=_certify_later)
    certificate = make_certificate(scenario, merged, penalties, None, stopped=signals.should_stop())
    return dataclasses.replace(merged, certificate=certificate, interrupted=signals.should_stop())


def _certify_later(costs: object) -> Certificate:
    return Certificate(bound_minor=None, gap_ratio=None, gap_without_unserved_ratio=None, method="")


def _make_district_task(
    scenario: Scenario,
    columns: Columns,
    district: District,
    penalties: dict[str, int],
    effort: str,
    seed: int,
    signals: Signals,
) -> DistrictTask:
    own = columns.take(district.rows)
    chosen = DISTRICT_EFFORTS[effort]
    if len(scenario.workers) > MANY_WORKERS:
        chosen = dataclasses.replace(chosen, steps_per_trip=chosen.steps_per_trip * FEWER_STEPS_RATIO)
    return DistrictTask(
        name=district.name,
        scenario=take_places(
            scenario,
            boards=(columns.boards[i] for i in np.unique(own.board)),
            sites=columns.sites,
            lines=district.lines,
        ),
        columns=own,
        penalties=penalties,
        effort=chosen,
        seed=seed,
        signals=signals,
    )


def _plan_parts(
    scenario: Scenario,
    columns: Columns,
    people: PartyResult,
    parts: list[tuple[District, Part]],
    effort: str,
    seed: int,
    executor: Executor,
    signals: Signals,
    progress: Progress,
) -> Iterator[Plan]:
    """Plans of all parts, and one of those who cannot travel, as they come."""
    roster = Roster(scenario)
    rows_of = _MemberRows(roster, people)
    keys = people.parties["party_key"].to_numpy(object)
    total = len(parts) + 1

    def make_tasks() -> Iterator[PartTask]:
        for _, part in parts:
            base = take_places(
                scenario,
                boards={columns.boards[i] for i in np.unique(columns.board[part.rows])},
                sites={columns.sites[i] for i in np.unique(columns.site[part.rows])},
                lines=part.lines,
            )
            yield PartTask(
                scenario=roster.put_into(base, rows_of.find(part.rows)),
                wishes=tuple((line, day, tuple(keys[rows])) for line, day, rows in part.trips),
                effort=effort,
                seed=seed,
                signals=signals,
            )
        yield _make_left_task(scenario, roster, people, effort, seed, signals)

    done = 0
    for _, plan in run_tasks(executor, run_part, make_tasks()):
        done += 1
        progress("parts", {"done": str(done), "total": str(total)})
        yield plan


def _make_left_task(
    scenario: Scenario, roster: Roster, people: PartyResult, effort: str, seed: int, signals: Signals
) -> PartTask:
    """Everybody who was set aside before planning, as a part without coaches."""
    rows = np.sort(roster.find_rows(people.set_aside["worker_id"]))
    workers = scenario.workers.iloc[rows]
    boards = {str(place) for place in workers["boarding_place_id"] if place}
    homes = {str(place) for place in workers["home_place_id"] if place}
    sites = {str(site) for site in workers["site_id"] if site}
    base = take_places(scenario, boards=boards | homes, sites=sites, lines=())
    return PartTask(
        scenario=roster.put_into(base, rows), wishes=(), effort=effort, seed=seed, signals=signals
    )


class _MemberRows:
    """Rows in the roster of the members of parties."""

    def __init__(self, roster: Roster, people: PartyResult) -> None:
        party = pd.Index(people.parties["party_key"].astype("string")).get_indexer(
            pd.Index(people.members["party_key"].astype("string"))
        )
        rows = roster.find_rows(people.members["worker_id"])
        order = np.lexsort((rows, party))
        self._rows = rows[order]
        self._starts = np.searchsorted(party[order], np.arange(len(people.parties) + 1))

    def find(self, parties: Ints) -> Ints:
        """Sorted rows of the members of some parties."""
        pieces = [self._rows[self._starts[p] : self._starts[p + 1]] for p in parties.tolist()]
        return np.sort(np.concatenate(pieces)) if pieces else np.zeros(0, dtype=np.int64)
