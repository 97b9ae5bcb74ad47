"""``dispatch plan``: read, plan, check, print, write, and check once more what was written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import dispatch
from dispatch.batching.progress import Signals
from dispatch.checker.check import check_plan
from dispatch.cli.executors import (
    count_processes,
    keep_pieces,
    name_versions,
    open_elsewhere,
    open_executor,
)
from dispatch.cli.failures import INTERRUPTED
from dispatch.cli.findings_report import count_words, make_finding_files, show_findings
from dispatch.cli.interrupts import Interrupts, catch_interrupts
from dispatch.cli.live import Progress
from dispatch.cli.loading import name_scenario, require_scenario
from dispatch.cli.output import mute_libraries, print_json, print_path, say, show
from dispatch.cli.papers import (
    Files,
    Origin,
    Printing,
    check_names,
    choose_printing,
    make_book,
    make_manifests,
    make_map,
    now_in,
)
from dispatch.cli.run_folder import (
    check_out,
    claim_run_folder,
    find_findings_folder,
    find_unfinished_folder,
)
from dispatch.cli.summary import Finished, make_document, make_lines
from dispatch.files.format import LoadResult
from dispatch.files.runs import RunLog, hash_plan, read_plan, write_run
from dispatch.findings import Finding
from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario
from dispatch.planning.loading import load_scenario, name_halt
from dispatch.planning.make_plan import make_plan
from dispatch.planning.proposals import extend_scenario
from dispatch.render.scale import prints_papers, say_not_printed
from dispatch.running.resuming import count_pieces, forget_pieces

RULE_BROKEN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWish:
    """What the words of ``dispatch plan`` asked for."""

    scenario: Path
    out: Path | None
    effort: str
    seed: int
    processes: int | None
    as_json: bool
    fail_on_unserved: bool
    skip_invalid: bool
    force: bool
    basemap: Path | None
    manifests: bool | None
    font: Path | None
    changes: tuple[str, ...] = ()
    cluster: str | None = None
    resume: bool = False


@dataclass(frozen=True, kw_only=True)
class _Work:
    """What every step of one planning run needs."""

    wish: PlanWish
    loaded: LoadResult
    scenario: Scenario
    printing: Printing
    planners: Executor
    printers: Executor
    progress: Progress
    signals: Signals
    interrupts: Interrupts
    created_at: datetime
    may_exist: bool


def run_plan(wish: PlanWish) -> int:
    """Plan a scenario, write its run folder and print the result; return the exit code."""
    printing = choose_printing(wish.font, wish.basemap)
    check_out(wish.out, name_scenario(wish.scenario), force=wish.force)
    with (
        _open_signals() as signals,
        Progress(signals) as progress,
        catch_interrupts(signals) as interrupts,
        open_elsewhere(wish.cluster, signals, progress.note) as elsewhere,
    ):
        progress.tell("read", {})
        loaded = load_scenario(wish.scenario, skip_invalid=wish.skip_invalid, changes=wish.changes)
        folder = find_findings_folder(wish.out, name_scenario(wish.scenario))
        scenario = extend_scenario(require_scenario(loaded, folder))
        progress.currency = scenario.currency
        may_exist = check_out(wish.out, scenario.name, force=wish.force)
        unfinished = find_unfinished_folder(wish.out, scenario.name)
        processes = count_processes(int(scenario.workers["party_id"].nunique()), wish.processes)
        with (
            open_executor(processes, progress.note) as local,
            _keep_unfinished(wish, elsewhere or local, unfinished, signals, progress) as planners,
        ):
            work = _Work(
                wish=wish,
                loaded=loaded,
                scenario=scenario,
                printing=printing,
                planners=planners,
                printers=local,
                progress=progress,
                signals=signals,
                interrupts=interrupts,
                created_at=now_in(scenario.time_zone),
                may_exist=may_exist,
            )
            with mute_libraries():
                finished = _plan_and_write(work)
            if not finished.interrupted:
                forget_pieces(unfinished)
    return _report(wish, loaded, finished)


@contextmanager
def _keep_unfinished(
    wish: PlanWish, inner: Executor, folder: Path, signals: Signals, progress: Progress
) -> Iterator[Executor]:
    """Executor that keeps finished work in a folder until the run is written; says what was taken from it and what is left."""
    if wish.resume:
        before = count_pieces(folder)
        found = f"{before:,} finished pieces" if before else "Nothing"
        progress.note(f"{found} of an earlier run found in {folder}.")
    executor = keep_pieces(inner, folder, resume=wish.resume, signals=signals, on_trouble=progress.note)
    try:
        yield executor
    finally:
        if executor.found:
            progress.note(f"{executor.found:,} finished pieces were taken from the earlier run.")
        if left := count_pieces(folder):
            progress.note(
                f"{left:,} finished pieces are kept in {folder}: the same command with --resume goes on from them."
            )


@contextmanager
def _open_signals() -> Iterator[Signals]:
    folder = Path(tempfile.mkdtemp(prefix="dispatch-"))
    try:
        yield Signals(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _plan_and_write(work: _Work) -> Finished:
    wish, scenario = work.wish, work.scenario
    plan = make_plan(
        scenario,
        effort=wish.effort,
        seed=wish.seed,
        executor=work.planners,
        signals=work.signals,
        progress=work.progress.tell,
        name_halt=name_halt,
    )
    work.progress.tell("check", {})
    violations = check_plan(scenario, plan)
    work.progress.tell("print", {})
    files = _make_files(work, plan, violations)
    work.progress.tell("write", {})
    folder = _write(work, plan, files)
    interrupted = plan.interrupted or work.interrupts.count > 0
    del plan, files  # a province fits in memory once, not twice
    work.progress.tell("check", {})
    written, _ = read_plan(folder)
    return Finished(
        scenario=scenario,
        plan=written,
        folder=folder,
        violations=check_plan(scenario, written),
        seconds=work.progress.elapsed_s,
        seconds_to_first_plan=work.progress.first_plan_s,
        interrupted=interrupted,
    )


def _make_files(work: _Work, plan: Plan, violations: tuple[Finding, ...]) -> Files:
    origin = Origin(
        plan_hash=hash_plan(plan),
        version=dispatch.__version__,
        printed_at=work.created_at,
        seconds=work.progress.elapsed_s,
        scenario_path=work.wish.scenario.as_posix(),
    )
    findings = work.loaded.findings
    files: Files = {}
    listed = prints_papers(plan, work.wish.manifests)
    if listed:
        for some in make_manifests(
            work.scenario, plan, work.printing, origin, work.printers, work.progress.count
        ):
            files |= some
        findings += work.printing.findings + check_names(work.scenario, plan, work.printing)
    files |= make_map(work.scenario, plan, work.printing, origin, with_manifests=listed)
    files |= make_book(work.scenario, plan, work.printing, origin, violations, with_manifests=listed)
    return files | make_finding_files((*violations, *findings), work.loaded.rejects)


def _write(work: _Work, plan: Plan, files: Files) -> Path:
    wish, scenario = work.wish, work.scenario
    log = RunLog(
        created_at=work.created_at,
        seconds=round(work.progress.elapsed_s, 2),
        versions=name_versions(),
        lines=tuple(work.progress.lines),
    )
    now = datetime.now().astimezone()
    with claim_run_folder(wish.out, scenario.name, now, may_exist=work.may_exist) as folder:
        write_run(
            folder,
            plan,
            wish.scenario.absolute(),
            files,
            log,
            first_date=scenario.first_date,
            time_zone=scenario.time_zone,
            force=work.may_exist,
        )
    return folder


def _report(wish: PlanWish, loaded: LoadResult, finished: Finished) -> int:
    if wish.as_json:
        print_json(make_document(finished))
    else:
        if loaded.findings:
            say(f"The scenario has {count_words(loaded.findings)}: {finished.folder / 'findings.csv'}")
        show_findings(finished.violations, say)
        for line in make_lines(finished):
            show(line)
        missing = say_not_printed(finished.plan, "en")
        if missing and wish.manifests is None:
            say(missing.replace("RUN", str(finished.folder)))
        print_path(finished.index_html.as_uri())
        print_path(str(finished.index_html))
    if finished.violations:
        return RULE_BROKEN
    if finished.interrupted:
        return INTERRUPTED
    unserved = bool((finished.plan.outcomes["status"] == "unserved").any())
    return RULE_BROKEN if wish.fail_on_unserved and unserved else 0
