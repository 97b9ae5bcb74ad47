"""``dispatch check``: the second witness on a run as it lies there, also when somebody edited its plan by hand."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any, get_type_hints

from dispatch.checker.check import check_plan
from dispatch.cli.findings_report import list_plain, show_findings
from dispatch.cli.loading import find_run_folder, load_scenario_of
from dispatch.cli.output import print_json, show
from dispatch.cli.summary import say_broken
from dispatch.errors import RunDamaged
from dispatch.files.plain import NotPlain, noun_from
from dispatch.files.run_tables import parse_run_table
from dispatch.files.runs import SCHEMA_VERSION, hash_plan, read_plan
from dispatch.findings import Finding, Severity, Where
from dispatch.model.contracts import OUTCOMES, RIDES
from dispatch.model.plan import Plan

RULE_BROKEN = 4
_FRAMES = {"outcomes": OUTCOMES, "rides": RIDES}


def run_check(run: Path, *, scenario_path: Path | None, as_json: bool) -> int:
    """Check the plan of a run; return the exit code: 0, or 4 when a rule is broken."""
    folder = find_run_folder(run)
    plan, edits, home = read_as_it_lies(folder)
    scenario = load_scenario_of(home, scenario_path)
    violations = (*edits, *check_plan(scenario, plan))
    if as_json:
        document: dict[str, object] = {
            "scenario": plan.scenario_name,
            "run": str(folder.absolute()),
            "violations": len(violations),
            "findings": list_plain(violations),
        }
        print_json(document)
    else:
        show_findings(violations, show)
        show(f"{say_broken(len(violations))}." if violations else "Every rule holds: 0 violations.")
    return RULE_BROKEN if violations else 0


def read_as_it_lies(folder: Path) -> tuple[Plan, tuple[Finding, ...], Path]:
    """(plan, finding if it was edited, path of its scenario). Raises ``RunDamaged`` when it is no plan any more."""
    try:
        plan, info = read_plan(folder)
    except RunDamaged as error:
        edited = _read_edited(folder)
        if edited is None:
            raise
        plan, scenario_path = edited
        return plan, (_say_edited(plan, str(error)),), scenario_path
    return plan, (), info.scenario_path


def _read_edited(folder: Path) -> tuple[Plan, Path] | None:
    """Plan whose files can be read but do not fit their hash; None for anything worse."""
    try:
        document = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
        info = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        if document["schema_version"] != SCHEMA_VERSION:
            return None
        frames = {
            name: parse_run_table((folder / f"{name}.csv").read_bytes(), contract)
            for name, contract in _FRAMES.items()
        }
        hints = get_type_hints(Plan)
        names = [field.name for field in dataclasses.fields(Plan) if field.name not in _FRAMES]
        values: dict[str, Any] = {name: noun_from(hints[name], document["plan"][name]) for name in names}
        plan = Plan(**(values | frames))
        hash_plan(plan)
        return plan, (folder.resolve() / str(info["scenario_path"])).resolve()
    except (KeyError, TypeError, ValueError, OSError, NotPlain):
        return None


def _say_edited(plan: Plan, why: str) -> Finding:
    return Finding(
        code="P3",
        severity=Severity.ERROR,
        message=f"The plan was changed after it was written; its content now has the hash {hash_plan(plan)[:12]}. {why}",
        action="Plan again; pages and printed lists still show the plan as it was.",
        where=Where(file="plan.json"),
    )
