"""A plan for more people than can be planned at once: services, districts, parts, and the merge of their plans."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import chain

import numpy as np

from dispatch.batching.columns import Columns, Ints, make_columns
from dispatch.batching.compiled.district import CoachTrips, DistrictEffort
from dispatch.batching.progress import Signals
from dispatch.clearance.parties import PartyResult, make_parties
from dispatch.clearance.windows import make_clearance
from dispatch.model.plan import Certificate, Plan
from dispatch.model.scenario import Lock, LockKind, Scenario
from dispatch.model.slicing import Slicer
from dispatch.model.supply import FleetLine, Service, Terminal
from dispatch.planning.certificate import make_certificate
from dispatch.planning.large.bounding import Bounding
from dispatch.planning.large.districts import (
    District,
    DistrictTask,
    run_district,
    split_districts,
    split_groups,
)
from dispatch.planning.large.parts import Part, PartTask, run_part, split_parts
from dispatch.planning.large.riders import ServiceTask, choose_riders, run_service, without_left_behind
from dispatch.planning.large.slices import MemberRows, find_locked, find_positions, take_places
from dispatch.planning.merging import merge_plans
from dispatch.running.stream import run_tasks

Progress = Callable[[str, Mapping[str, str]], None]

#: Scenarios with more workers are planned in parts; those that have only coaches already from fewer workers on.
LARGE_WORKERS = 8_000
LARGE_COACH_WORKERS = 1_500

DISTRICT_EFFORTS = {
    "quick": DistrictEffort(rounds=5, steps_per_trip=1.5),
    "standard": DistrictEffort(rounds=12, steps_per_trip=8.0),
    "thorough": DistrictEffort(rounds=20, steps_per_trip=12.0),
}
#: Above so many workers the search takes fewer steps per trip, so that effort grows no faster than the people.
MANY_WORKERS = 100_000
FEWER_STEPS_RATIO = 0.25


def is_large(scenario: Scenario) -> bool:
    """True where a scenario is planned in parts: many people, and nothing that binds parts together.

    Named drivers, budgets, daily limits of gates and the price of mixing counties are kept over everybody at once only
    where a scenario is planned whole.
    """
    has_services = bool(scenario.services or scenario.propose_modes)
    if len(scenario.workers) <= (LARGE_WORKERS if has_services else LARGE_COACH_WORKERS):
        return False
    return not (
        scenario.rates.exposure_h_minor
        or "" not in scenario.rates.unserved_minor
        or any(payer.budget_minor is not None for payer in scenario.payers)
        or any(member.role == "driver" for member in scenario.crew)
        or any(site.arrivals_per_day is not None for site in scenario.geography.sites.values())
        or any(terminal.bays is not None for terminal in scenario.terminals.values() if not has_services)
    )


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
    work = _Work(scenario, people, effort, seed, signals)
    progress("search", {"workers": str(int(work.columns.size.sum()))})
    served = _plan_services(work, executor, progress)
    on_coaches = work.columns.take(served.others)
    locked = find_locked(scenario, people)[served.others]
    on_coaches = dataclasses.replace(on_coaches, may_ride_bus=on_coaches.may_ride_bus & ~locked)
    districts = [
        group
        for district in split_districts(scenario, on_coaches)
        for group in split_groups(district, on_coaches)
    ]
    found = _search_districts(work, on_coaches, districts, executor, progress)
    # not before: a first complete plan comes soonest when all processes search
    bounding = Bounding(scenario, people, work.penalties, executor, signals)
    progress("assemble", {})
    parts = [
        part
        for district, trips in zip(districts, found, strict=True)
        for part in split_parts(scenario, on_coaches, district, trips, locked)
    ]
    plans = chain(served.plans, _plan_parts(work, on_coaches, served.others, parts, executor, progress))
    merged = merge_plans(plans, scenario, effort=effort, seed=seed, certify=_certify_later)
    progress("bound", {"cost": str(merged.costs.total_minor)})
    bound = bounding.finish()
    certificate = make_certificate(scenario, merged, work.penalties, bound, stopped=signals.should_stop())
    return dataclasses.replace(merged, certificate=certificate, interrupted=signals.should_stop())


class _Work:
    """What all steps need: the scenario, its parties as columns, its roster, how long to look."""

    def __init__(
        self, scenario: Scenario, people: PartyResult, effort: str, seed: int, signals: Signals
    ) -> None:
        self.scenario = scenario
        self.people = people
        self.effort = effort
        self.seed = seed
        self.signals = signals
        self.columns = make_columns(scenario, people.parties)
        self.penalties = dict(scenario.rates.unserved_minor)
        self.keys = people.parties["party_key"].to_numpy(object)
        self.slicer = Slicer(scenario)
        self.members = MemberRows(scenario, people)

    def take(
        self,
        parties: Ints,
        lines: tuple[FleetLine, ...],
        services: tuple[Service, ...] = (),
        terminals: dict[str, Terminal] | None = None,
    ) -> Scenario:
        """Scenario of its own for some parties (rows of the columns) with these lines and services."""
        rows = self.members.find(parties)
        part = self.slicer.take(rows, fleet=lines, services=services, terminals=terminals or {})
        return part.replace(propose_modes=(), locks=part.locks + self._find_unkeepable(part))

    def _find_unkeepable(self, part: Scenario) -> tuple[Lock, ...]:
        """Locks to travel together with somebody outside the part: dropped, they would be broken by riding alone."""
        together = [lock for lock in self.scenario.locks if lock.kind is LockKind.TOGETHER]
        if not together:
            return ()
        known = set(part.workers["worker_id"])
        return tuple(lock for lock in together if lock.worker_id in known and lock.value not in known)


@dataclass(frozen=True)
class _Served:
    """Plans of services, and the parties (rows) that ride none."""

    plans: tuple[Plan, ...]
    others: Ints


def _plan_services(work: _Work, executor: Executor, progress: Progress) -> _Served:
    """Riders of trains and aircraft, service by service."""
    chosen = choose_riders(work.scenario, work.columns, find_locked(work.scenario, work.people))

    def make_tasks() -> Iterator[ServiceTask]:
        for part in chosen:
            yield ServiceTask(
                scenario=work.take(part.rows, part.lines, (part.service,), part.terminals),
                effort=work.effort,
                seed=work.seed,
                signals=work.signals,
            )

    made: dict[int, Plan] = {}
    rides = np.zeros(len(work.columns.size), dtype=np.bool_)
    for number, plan in run_tasks(executor, run_service, make_tasks()):
        rows = chosen[number].rows
        kept, left = without_left_behind(plan)
        rides[rows] = ~np.isin(work.keys[rows], list(left))
        if len(kept.trips):
            made[number] = kept
        progress("services", {"done": str(len(made)), "total": str(len(chosen))})
    return _Served(tuple(made[number] for number in sorted(made)), np.flatnonzero(~rides))


def _search_districts(
    work: _Work, columns: Columns, districts: Sequence[District], executor: Executor, progress: Progress
) -> list[CoachTrips]:
    tasks = [_make_district_task(work, columns, each) for each in districts]
    found: dict[int, CoachTrips] = {}
    progress("districts", {"done": "0", "total": str(len(districts))})
    for number, trips in run_tasks(executor, run_district, tasks):
        found[number] = trips
        progress("districts", {"done": str(len(found)), "total": str(len(districts))})
    return [found[number] for number in range(len(districts))]


def _certify_later(costs: object) -> Certificate:
    return Certificate(bound_minor=None, gap_ratio=None, gap_without_unserved_ratio=None, method="")


def _make_district_task(work: _Work, columns: Columns, district: District) -> DistrictTask:
    own = columns.take(district.rows)
    chosen = DISTRICT_EFFORTS[work.effort]
    if len(work.scenario.workers) > MANY_WORKERS:
        chosen = dataclasses.replace(chosen, steps_per_trip=chosen.steps_per_trip * FEWER_STEPS_RATIO)
    return DistrictTask(
        name=district.name,
        scenario=take_places(
            work.scenario,
            boards=(columns.boards[i] for i in np.unique(own.board)),
            sites=columns.sites,
            lines=district.lines,
        ),
        columns=own,
        penalties=work.penalties,
        effort=chosen,
        seed=work.seed,
        signals=work.signals,
    )


def _plan_parts(
    work: _Work,
    columns: Columns,
    rows: Ints,
    parts: Sequence[Part],
    executor: Executor,
    progress: Progress,
) -> Iterator[Plan]:
    """Plans of all parts, and one of those who cannot travel, as they come. ``rows``: of the columns in all columns."""

    def make_tasks() -> Iterator[PartTask]:
        for part in parts:
            yield PartTask(
                scenario=work.take(rows[part.rows], part.lines),
                wishes=tuple((line, day, tuple(work.keys[rows[own]])) for line, day, own in part.trips),
                effort=work.effort,
                seed=work.seed,
                signals=work.signals,
            )
        if len(work.people.set_aside):
            yield _make_left_task(work)

    total = len(parts) + bool(len(work.people.set_aside))
    for done, (_, plan) in enumerate(run_tasks(executor, run_part, make_tasks()), 1):
        progress("parts", {"done": str(done), "total": str(total)})
        yield plan


def _make_left_task(work: _Work) -> PartTask:
    """Everybody who was set aside before planning, as a part without coaches."""
    rows = find_positions(work.people.set_aside["worker_id"], work.scenario.workers["worker_id"])
    return PartTask(
        scenario=work.slicer.take(rows, fleet=(), services=(), terminals={}).replace(propose_modes=()),
        wishes=(),
        effort=work.effort,
        seed=work.seed,
        signals=work.signals,
    )
