"""``dispatch render``: map, plan book and lists of a run made again from its plan."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from dispatch.checker.check import check_plan
from dispatch.cli.executors import count_processes, open_executor
from dispatch.cli.findings_report import show_findings
from dispatch.cli.loading import OpenedRun, open_run
from dispatch.cli.output import print_path, say
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
from dispatch.errors import RunDamaged
from dispatch.files.csv_text import write_private
from dispatch.render.scale import prints_papers, say_not_printed

_PAGES = {"map": "map.html", "book": "index.html", "manifests": "manifests", "all": "index.html"}


def run_render(
    run: Path,
    what: str,
    *,
    scenario_path: Path | None,
    basemap: Path | None,
    font: Path | None,
    processes: int | None,
) -> int:
    """Make pages of a run again and print where they are; return the exit code."""
    printing = choose_printing(font, basemap)
    opened = open_run(run, scenario_path)
    if opened.scenario.content_hash != opened.plan.scenario_hash:
        raise RunDamaged(
            "The scenario was changed after this plan was made: plan again, or name it with --scenario."
        )
    hashes: dict[str, str] = {}
    for files in _make_files(opened, what, printing, processes):
        for name, content in files.items():
            _replace_file(opened.folder / name, content)
            data = content.encode("utf-8") if isinstance(content, str) else content
            hashes[name] = hashlib.sha256(data).hexdigest()
    _note_hashes(opened.folder, hashes)
    print_path(str((opened.folder / _PAGES[what]).absolute()))
    return 0


def _make_files(opened: OpenedRun, what: str, printing: Printing, processes: int | None) -> Iterator[Files]:
    """Pages asked for, a few files at a time. The lists of a large plan are printed only when asked for by name."""
    scenario, plan, info = opened.scenario, opened.plan, opened.info
    origin = Origin(
        plan_hash=info.plan_hash,
        version=plan.version,
        printed_at=now_in(info.time_zone),
        seconds=info.seconds,
        scenario_path=os.path.relpath(info.scenario_path),
    )
    listed = what == "manifests" or (what == "all" and prints_papers(plan, None))
    if listed:
        parties = int(scenario.workers["party_id"].nunique())
        with open_executor(count_processes(parties, processes)) as executor:
            yield from make_manifests(scenario, plan, printing, origin, executor)
        show_findings((*printing.findings, *check_names(scenario, plan, printing)), say)
    elif what == "all":
        say(say_not_printed(plan, "en").replace("RUN", str(opened.folder)))
    with_manifests = listed or (opened.folder / "manifests").is_dir()
    if what in ("map", "all"):
        yield make_map(scenario, plan, printing, origin, with_manifests=with_manifests)
    if what in ("book", "all"):
        violations = check_plan(scenario, plan)
        yield make_book(scenario, plan, printing, origin, violations, with_manifests=with_manifests)


def _replace_file(path: Path, content: bytes | str) -> None:
    """Write beside the file and rename, so that a page is always whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    write_private(draft, content)
    draft.replace(path)


def _note_hashes(folder: Path, hashes: Mapping[str, str]) -> None:
    """Keep the hashes in run.json true."""
    info = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    info["files"].update(hashes)
    _replace_file(folder / "run.json", json.dumps(info, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
