"""Opening scenarios and runs for the commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dispatch.cli.findings_report import count_words, write_finding_files
from dispatch.errors import ScenarioRefused, UsageError
from dispatch.files.changes import list_changes
from dispatch.files.format import LoadResult
from dispatch.files.runs import RunInfo, read_plan
from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario
from dispatch.planning.loading import load_scenario, suggest_paths
from dispatch.planning.proposals import extend_scenario


@dataclass(frozen=True, kw_only=True)
class OpenedRun:
    """A run read back: its folder, plan and origin, and the scenario it was made from."""

    folder: Path
    scenario: Scenario
    plan: Plan
    info: RunInfo


def require_scenario(loaded: LoadResult, findings_folder: Path) -> Scenario:
    """Scenario of a reading. With errors, all findings are written to the folder and ``ScenarioRefused`` is raised."""
    if loaded.scenario is not None:
        return loaded.scenario
    where = write_finding_files(findings_folder, loaded.findings, loaded.rejects)
    error = ScenarioRefused(loaded.findings)
    error.args = (f"The scenario cannot be planned: {count_words(loaded.findings)}.",)
    if where:
        error.add_note(where)
    raise error


def name_scenario(path: Path) -> str:
    """Name of a scenario for its folder under ``runs``, from its path alone."""
    resolved = path.resolve()
    if resolved.is_file():
        resolved = resolved.parent if resolved.stem == "scenario" else resolved.with_suffix("")
    return resolved.name or "scenario"


def find_run_folder(run: Path) -> Path:
    """Folder of a run named by itself or by one of its files. Raises ``UsageError`` when there is nothing."""
    if not run.exists():
        raise UsageError(f"There is no run at {run}.{suggest_paths(run)}")
    return run if run.is_dir() else run.parent


def open_run(run: Path, scenario_path: Path | None = None) -> OpenedRun:
    """Run and its scenario. Raises ``RunDamaged``, ``UsageError`` or ``ScenarioRefused``."""
    folder = find_run_folder(run)
    plan, info = read_plan(folder)
    scenario = load_scenario_of(info.scenario_path, scenario_path, list_changes(plan.assumptions))
    return OpenedRun(folder=folder, scenario=scenario, plan=plan, info=info)


def load_scenario_of(recorded: Path, wished: Path | None, changes: Sequence[str] = ()) -> Scenario:
    """Scenario of a run, from the path it recorded or another, with the services proposed when it was planned.

    Rows rejected when it was planned are left out again, the what-if ``changes`` of the run made again.
    """
    path = wished or recorded
    if wished is None and not path.exists():
        raise UsageError(f"The scenario of this run is no longer at {path}. Say where it is with --scenario.")
    loaded = load_scenario(path, skip_invalid=True, changes=changes)
    return extend_scenario(require_scenario(loaded, Path("runs") / name_scenario(path) / "findings"))
