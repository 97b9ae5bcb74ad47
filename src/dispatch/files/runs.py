"""Run folders: a plan and its papers, written whole or not at all, and read back equal.

::

    plan.json      the plan: every decision, in planning minutes, with the local time of every stop
    outcomes.csv   one row per worker          rides.csv    one row per worker and vehicle
    trips.csv      one row per stop of a trip  duties.csv   one row per coach duty
    run.json       where from, when, how long, with which versions; hashes of all files
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
from dispatch.files.csv_text import render_csv, write_private
from dispatch.files.plain import NotPlain, noun_from, plain_of
from dispatch.files.run_tables import make_duties_table, make_trips_table, parse_run_table
from dispatch.model.contracts import OUTCOMES, RIDES, conform
from dispatch.model.plan import Plan
from dispatch.units import datetime_of_min

SCHEMA_VERSION = 1
_FRAMES = {"outcomes": OUTCOMES, "rides": RIDES}
_OWN_FILES = {"plan.json", "run.json", "outcomes.csv", "rides.csv", "trips.csv", "duties.csv"}


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


def hash_plan(plan: Plan) -> str:
    """SHA-256 of the plan's content: every field and both frames, without times of the run and without paths."""
    document = json.dumps(_plain_plan(plan), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(document.encode("utf-8"))
    for name, contract in _FRAMES.items():
        digest.update(render_csv(conform(getattr(plan, name), contract)))
    return digest.hexdigest()


def render_plan_json(plan: Plan, first_date: date, time_zone: str) -> str:
    """Text of ``plan.json``; the same plan gives the same text."""
    content = _plain_plan(plan)
    for trip in content["trips"]:
        for stop in trip["stops"]:
            for key in ("arrive", "depart"):
                at = datetime_of_min(first_date, stop[f"{key}_min"], time_zone)
                stop[f"{key}_at"] = at.isoformat()
    document = {
        "schema_version": SCHEMA_VERSION,
        "plan_hash": hash_plan(plan),
        "first_date": first_date.isoformat(),
        "time_zone": time_zone,
        "tables": {name: f"{name}.csv" for name in _FRAMES},
        "plan": content,
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


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
        contents = _make_contents(plan, first_date, time_zone) | dict(extra_files)
        for name, content in contents.items():
            target = draft / name
            target.parent.mkdir(parents=True, exist_ok=True)
            write_private(target, content)
        plan_hash = hash_plan(plan)
        hashes = {name: _hash_file(draft / name) for name in sorted(contents)}
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
    document = _read_json(run_dir / "plan.json")
    info = _read_json(run_dir / "run.json")
    if document.get("schema_version") != SCHEMA_VERSION:
        raise RunDamaged(
            f"plan.json has version {document.get('schema_version')!r}; this program reads {SCHEMA_VERSION}."
        )
    try:
        content = dict(document["plan"])
        frames = {
            name: parse_run_table((run_dir / f"{name}.csv").read_bytes(), contract)
            for name, contract in _FRAMES.items()
        }
        plan = _noun_plan(content, frames)
        run = _read_info(run_dir, info, document)
        plan_hash = hash_plan(plan)
    except (KeyError, TypeError, ValueError, OSError, NotPlain) as error:
        raise RunDamaged(f"{run_dir} cannot be read back: {error}.") from error
    if verify and not plan_hash == run.plan_hash == document.get("plan_hash"):
        raise RunDamaged(f"{run_dir} was changed after it was written: the plan's hash does not fit.")
    return plan, run


def _plain_plan(plan: Plan) -> dict[str, Any]:
    import dataclasses

    names = [item.name for item in dataclasses.fields(plan) if item.name not in _FRAMES]
    return {name: plain_of(getattr(plan, name)) for name in names}


def _noun_plan(content: dict[str, Any], frames: dict[str, Any]) -> Plan:
    import dataclasses
    from typing import get_type_hints

    hints = get_type_hints(Plan)
    names = [item.name for item in dataclasses.fields(Plan) if item.name not in _FRAMES]
    values = {name: noun_from(hints[name], content[name]) for name in names}
    return Plan(**values, **frames)


def _make_contents(plan: Plan, first_date: date, time_zone: str) -> dict[str, bytes | str]:
    return {
        "plan.json": render_plan_json(plan, first_date, time_zone),
        "outcomes.csv": render_csv(conform(plan.outcomes, OUTCOMES)),
        "rides.csv": render_csv(conform(plan.rides, RIDES)),
        "trips.csv": render_csv(make_trips_table(plan, first_date, time_zone)),
        "duties.csv": render_csv(make_duties_table(plan, first_date, time_zone)),
    }


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


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunDamaged(f"{path} cannot be read: {error}.") from error
    if not isinstance(data, dict):
        raise RunDamaged(f"{path} is not a JSON object.")
    return data


def _hash_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


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
