"""Where a run goes: a folder that is not there yet, in a place that can be written."""

from __future__ import annotations

import re
import tempfile
from datetime import datetime
from pathlib import Path

from dispatch.errors import UsageError

RUNS = Path("runs")


def check_out(out: Path | None, scenario_name: str, *, force: bool) -> None:
    """Raise ``UsageError`` now rather than after an hour's work when the run could not be written."""
    if out is not None and out.exists():
        _check_existing(out, force=force)
    parent = out.absolute().parent if out is not None else RUNS / make_folder_name(scenario_name)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=parent):
            pass
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(
            f"Nothing can be written to {parent}: {reason}. Choose another folder with --out."
        ) from error


def _check_existing(out: Path, *, force: bool) -> None:
    if not out.is_dir():
        raise UsageError(f"{out} is a file. Choose a folder with --out.")
    if is_empty(out):
        return
    if not force:
        raise UsageError(f"{out} is already there. Choose another folder, or add --force to replace it.")
    if not (out / "run.json").is_file():
        raise UsageError(
            f"{out} holds other things than a run, so --force will not replace it. Choose another folder."
        )


def is_empty(folder: Path) -> bool:
    """True for a folder without anything in it."""
    return folder.is_dir() and not any(folder.iterdir())


def choose_run_folder(out: Path | None, scenario_name: str, now: datetime) -> Path:
    """Absolute path of the run: ``out``, else the first free ``runs/<scenario>/<date-time>``."""
    if out is not None:
        return out.absolute()
    folder = (RUNS / make_folder_name(scenario_name)).absolute()
    stem = f"{now:%Y%m%d-%H%M%S}"
    number, chosen = 1, folder / stem
    while chosen.exists():
        number += 1
        chosen = folder / f"{stem}-{number}"
    return chosen


def find_findings_folder(out: Path | None, scenario_name: str) -> Path:
    """Folder for the findings of a scenario that was refused."""
    if out is not None:
        return out.with_name(f"{out.name}-findings")
    return RUNS / make_folder_name(scenario_name) / "findings"


def make_folder_name(scenario_name: str) -> str:
    """Scenario name as one harmless folder name."""
    return re.sub(r"[/\\\x00-\x1f]", "_", scenario_name).strip(". ") or "scenario"
