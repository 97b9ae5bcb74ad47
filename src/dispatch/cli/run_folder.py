"""Where a run goes: a folder that is not there yet, in a place that can be written."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from dispatch.errors import UsageError

RUNS = Path("runs")


def check_out(out: Path | None, scenario_name: str, *, force: bool) -> bool:
    """True if ``out`` is there already and may be replaced.

    Raises ``UsageError`` now rather than after an hour's work when the run could not be written.
    """
    exists = out is not None and out.exists()
    if out is not None and exists:
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
    return exists


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


@contextmanager
def claim_run_folder(
    out: Path | None, scenario_name: str, now: datetime, *, may_exist: bool
) -> Iterator[Path]:
    """Absolute path of the run, claimed by making it, empty, so that no other run takes it before it is written.

    ``out``, else the first free ``runs/<scenario>/<date-time>``. ``may_exist``: ``out`` was there before and may be
    replaced. The claim is taken back when the block fails.
    """
    folder = _claim_out(out.absolute(), may_exist) if out is not None else _claim_free(scenario_name, now)
    try:
        yield folder
    except BaseException:
        if is_empty(folder) and not may_exist:
            folder.rmdir()
        raise


def _claim_out(out: Path, may_exist: bool) -> Path:
    try:
        out.mkdir()
    except FileExistsError as error:
        if not may_exist:
            raise UsageError(f"{out} was made by another run meanwhile. Choose another folder.") from error
    return out


def _claim_free(scenario_name: str, now: datetime) -> Path:
    parent, stem = (RUNS / make_folder_name(scenario_name)).absolute(), f"{now:%Y%m%d-%H%M%S}"
    number, folder = 1, parent / stem
    while True:
        try:
            folder.mkdir()
            return folder
        except FileExistsError:
            number += 1
            folder = parent / f"{stem}-{number}"


def find_findings_folder(out: Path | None, scenario_name: str) -> Path:
    """Folder for the findings of a scenario that was refused."""
    if out is not None:
        return out.with_name(f"{out.name}-findings")
    return RUNS / make_folder_name(scenario_name) / "findings"


def find_unfinished_folder(out: Path | None, scenario_name: str) -> Path:
    """Folder for the finished pieces of a run that is not written yet; the same for every run without ``out``."""
    if out is not None:
        return out.absolute().with_name(f"{out.name}.unfinished")
    return (RUNS / make_folder_name(scenario_name) / "unfinished").absolute()


def make_folder_name(scenario_name: str) -> str:
    """Scenario name as one harmless folder name."""
    return re.sub(r"[/\\\x00-\x1f]", "_", scenario_name).strip(". ") or "scenario"
