"""Run folders: a plan and its papers, written whole or not at all, and read back equal.

::

    plan.json      the plan: every decision, in planning minutes, with the local time of every stop
    outcomes.csv   one row per worker          rides.csv    one row per worker and vehicle
    trips.csv      one row per stop of a trip  duties.csv   one row per coach duty
    run.json       where from, when, how long, with which versions; hashes of all files

Outcomes and rides that are too long for a spreadsheet are ``outcomes.parquet`` and ``rides.parquet`` instead.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from dispatch.errors import RunDamaged, UsageError
from dispatch.files.csv_text import open_private, write_private
from dispatch.files.plain import NotPlain
from dispatch.files.plan_hash import PlanDigest
from dispatch.files.plan_hash import hash_plan as hash_plan
from dispatch.files.plan_json import SCHEMA_VERSION, list_lines, read_document, read_json
from dispatch.files.run_tables import make_duties_table, make_trips_table, read_run_table, write_run_table
from dispatch.model.plan import PLAN_TABLES, Plan

PLAN_JSON = "plan.json"
_OWN_FILES = {PLAN_JSON, "run.json", "trips.csv", "duties.csv"} | {
    f"{name}.{kind}" for name in PLAN_TABLES for kind in ("csv", "parquet")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLog:
    """What is true of one execution only, and so stays out of the plan: aware start time, run time, versions, lines."""

    created_at: datetime
    seconds: float
    versions: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """Where a plan comes from. ``scenario_path`` is absolute; in the run it is kept relative to the run folder."""

    scenario_path: Path
    scenario_hash: str
    plan_hash: str
    created_at: datetime
    seconds: float
    versions: Mapping[str, str]
    first_date: date
    time_zone: str


def write_run(
    run_dir: Path,
    plan: Plan,
    scenario_path: Path,
    extra_files: Mapping[str, bytes | str],
    run_log: RunLog,
    *,
    first_date: date,
    time_zone: str,
    force: bool = False,
) -> str:
    """Write a run folder and return the plan's hash.

    Everything goes to a folder beside ``run_dir`` first, which is then renamed. Files are readable only by their
    owner. ``extra_files``: relative path -> content (pages, manifests). Raises ``UsageError`` when the folder is
    there and holds anything and ``force`` is not set, or for a path that leaves the folder.
    """
    if run_dir.exists() and not force and not _is_empty(run_dir):
        raise UsageError(f"{run_dir} is already there. Choose another folder, or add --force to replace it.")
    _check_names(extra_files)
    run_dir.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{run_dir.name}.", dir=run_dir.parent))
    try:
        plan_hash = _write_plan(draft, plan, first_date, time_zone)
        _write_extra(draft, extra_files)
        hashes = _hash_files(draft)
        info = _describe_run(run_dir, plan, scenario_path, run_log, plan_hash, hashes, first_date, time_zone)
        write_private(
            draft / "run.json", json.dumps(info, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        )
        _put_in_place(draft, run_dir, force=force)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return plan_hash


def read_plan(run_dir: Path, verify: bool = True) -> tuple[Plan, RunInfo]:
    """Plan and origin of a run folder.

    Raises ``RunDamaged`` when a file is missing or unreadable, and, unless ``verify`` is False, when the plan was
    changed by hand: its content no longer fits the hash it was written with.
    """
    info = read_json(run_dir / "run.json")
    try:
        document, content = read_document(run_dir / PLAN_JSON)
        for name, contract in PLAN_TABLES.items():
            content[name] = read_run_table(run_dir / _find_table(document, name), contract)
        plan = Plan(**content)
        run = _read_info(run_dir, info, document)
        plan_hash = hash_plan(plan) if verify else run.plan_hash
    except (KeyError, TypeError, ValueError, OSError, NotPlain) as error:
        raise RunDamaged(f"{run_dir} cannot be read back: {error}.") from error
    if verify and not plan_hash == run.plan_hash == document.get("plan_hash"):
        raise RunDamaged(f"{run_dir} was changed after it was written: the plan's hash does not fit.")
    return plan, run


def _write_plan(folder: Path, plan: Plan, first_date: date, time_zone: str) -> str:
    """Write the plan and its tables; returns its hash."""
    digest = PlanDigest()
    with open_private(folder / PLAN_JSON) as stream:
        for line in list_lines(plan, first_date, time_zone, digest):
            stream.write(line.encode("utf-8"))
    for name, file_name in plan.table_files.items():
        write_run_table(folder / file_name, getattr(plan, name), PLAN_TABLES[name])
    write_private(folder / "trips.csv", make_trips_table(plan, first_date, time_zone))
    write_private(folder / "duties.csv", make_duties_table(plan, first_date, time_zone))
    return digest.hexdigest()


def _write_extra(folder: Path, files: Mapping[str, bytes | str]) -> None:
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        write_private(target, content)


def _find_table(document: Mapping[str, Any], name: str) -> str:
    """File of a table, which must be one of the two it can be."""
    file_name = str(document["tables"][name])
    if file_name not in (f"{name}.csv", f"{name}.parquet"):
        raise ValueError(f"the table {name} cannot be in {file_name}")
    return file_name


def _check_names(extra_files: Mapping[str, bytes | str]) -> None:
    for name in extra_files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or str(path) in _OWN_FILES or not path.parts:
            raise UsageError(f"'{name}' cannot be a file of a run.")


def _describe_run(
    run_dir: Path, plan: Plan, scenario_path: Path, log: RunLog, plan_hash: str, hashes: dict[str, str],
    first_date: date, time_zone: str,
) -> dict[str, Any]:  # fmt: skip
    return {
        "schema_version": SCHEMA_VERSION,
        "scenario_path": _relate(scenario_path, run_dir),
        "scenario_hash": plan.scenario_hash,
        "plan_hash": plan_hash,
        "first_date": first_date.isoformat(),
        "time_zone": time_zone,
        "created_at": log.created_at.isoformat(),
        "seconds": log.seconds,
        "versions": dict(log.versions),
        "log": list(log.lines),
        "files": hashes,
    }


def _relate(scenario_path: Path, run_dir: Path) -> str:
    try:
        relative = os.path.relpath(scenario_path.resolve(), run_dir.resolve())
    except ValueError:  # another drive
        return str(scenario_path.resolve())
    return Path(relative).as_posix()


def _read_info(run_dir: Path, info: dict[str, Any], document: dict[str, Any]) -> RunInfo:
    return RunInfo(
        scenario_path=Path(os.path.normpath(run_dir.resolve() / str(info["scenario_path"]))),
        scenario_hash=str(info["scenario_hash"]),
        plan_hash=str(info["plan_hash"]),
        created_at=datetime.fromisoformat(info["created_at"]),
        seconds=float(info["seconds"]),
        versions={str(key): str(value) for key, value in info["versions"].items()},
        first_date=date.fromisoformat(document["first_date"]),
        time_zone=str(document["time_zone"]),
    )


def _hash_files(folder: Path) -> dict[str, str]:
    """SHA-256 of every file in a folder, by its path in the folder."""
    hashes = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as stream:
            hashes[path.relative_to(folder).as_posix()] = hashlib.file_digest(stream, "sha256").hexdigest()
    return dict(sorted(hashes.items()))


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def _put_in_place(draft: Path, run_dir: Path, *, force: bool) -> None:
    """Rename the draft to the run folder. With ``force`` an old one steps aside first and comes back if that fails.

    Raises ``UsageError`` when a run appeared there meanwhile and ``force`` is not set.
    """
    if not force:
        try:
            if run_dir.exists():
                run_dir.rmdir()  # never a folder that holds anything
            draft.rename(run_dir)
        except OSError as error:
            if not run_dir.exists():
                raise
            raise UsageError(
                f"{run_dir} was made by another run meanwhile. Choose another folder."
            ) from error
        return
    if not run_dir.exists():
        draft.rename(run_dir)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{run_dir.name}.old.", dir=run_dir.parent))
    run_dir.rename(aside / "run")
    try:
        draft.rename(run_dir)
    except OSError:
        (aside / "run").rename(run_dir)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
