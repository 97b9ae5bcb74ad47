"""Opening scenarios and runs for the commands."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from dispatch.cli.findings_report import count_words, write_finding_files
from dispatch.errors import ScenarioRefused, UsageError
from dispatch.files.format import LoadResult, read_scenario
from dispatch.files.profiles import read_policy
from dispatch.files.runs import RunInfo, read_plan
from dispatch.files.synthesis import make_generated_files
from dispatch.files.synthesis_facts import read_facts
from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario
from dispatch.network.resolver import make_resolver


@dataclass(frozen=True, kw_only=True)
class OpenedRun:
    """A run read back: its folder, plan and origin, and the scenario it was made from."""

    folder: Path
    scenario: Scenario
    plan: Plan
    info: RunInfo


def load_scenario(path: Path, *, skip_invalid: bool = False) -> LoadResult:
    """Scenario with all findings; tables that the document wants generated are made in memory.

    Raises ``UsageError`` when there is nothing at ``path``.
    """
    if not path.exists():
        raise UsageError(f"There is no scenario at {path}.{_suggest(path)}")
    resolver = make_resolver()
    loaded = read_scenario(path, resolver, read_policy, skip_invalid=skip_invalid)
    wish = loaded.generated
    if loaded.has_errors or wish is None or not wish.absent_tables:
        return loaded
    folder = path if path.is_dir() else path.parent
    made = make_generated_files(read_facts(folder / wish.facts), seed=wish.seed)
    return read_scenario(path, resolver, read_policy, skip_invalid=skip_invalid, made_files=made)


def _suggest(path: Path) -> str:
    try:
        names = [item.name for item in path.parent.iterdir() if not item.name.startswith(".")]
    except OSError:
        return ""
    close = difflib.get_close_matches(path.name, names, n=2)
    return f" Did you mean {' or '.join(str(path.parent / name) for name in close)}?" if close else ""


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
        raise UsageError(f"There is no run at {run}.{_suggest(run)}")
    return run if run.is_dir() else run.parent


def open_run(run: Path, scenario_path: Path | None = None) -> OpenedRun:
    """Run and its scenario. Raises ``RunDamaged``, ``UsageError`` or ``ScenarioRefused``."""
    folder = find_run_folder(run)
    plan, info = read_plan(folder)
    scenario = load_scenario_of(info.scenario_path, scenario_path)
    return OpenedRun(folder=folder, scenario=scenario, plan=plan, info=info)


def load_scenario_of(recorded: Path, wished: Path | None) -> Scenario:
    """Scenario of a run, from the path it recorded or another. Rows rejected when it was planned are left out again."""
    path = wished or recorded
    if wished is None and not path.exists():
        raise UsageError(f"The scenario of this run is no longer at {path}. Say where it is with --scenario.")
    loaded = load_scenario(path, skip_invalid=True)
    return require_scenario(loaded, Path("runs") / name_scenario(path) / "findings")
