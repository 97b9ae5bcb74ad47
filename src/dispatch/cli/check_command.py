"""``dispatch check``: the second witness on a run as it lies there, also when somebody edited its plan by hand."""

from __future__ import annotations

from pathlib import Path

from dispatch.checker.check import check_plan
from dispatch.cli.findings_report import list_plain, show_findings
from dispatch.cli.loading import find_run_folder, load_scenario_of
from dispatch.cli.output import print_json, show
from dispatch.cli.summary import say_broken
from dispatch.errors import RunDamaged
from dispatch.files.changes import list_changes
from dispatch.files.runs import hash_plan, read_plan
from dispatch.findings import Finding, Severity, Where, count_findings
from dispatch.model.plan import Plan

RULE_BROKEN = 4


def run_check(run: Path, *, scenario_path: Path | None, as_json: bool) -> int:
    """Check the plan of a run; return the exit code: 0, or 4 when a rule is broken."""
    folder = find_run_folder(run)
    plan, edits, home = read_as_it_lies(folder)
    scenario = load_scenario_of(home, scenario_path, list_changes(plan.assumptions))
    violations = (*edits, *check_plan(scenario, plan))
    if as_json:
        document: dict[str, object] = {
            "scenario": plan.scenario_name,
            "run": str(folder.absolute()),
            "violations": count_findings(violations),
            "findings": list_plain(violations),
        }
        print_json(document)
    else:
        show_findings(violations, show)
        show(
            f"{say_broken(count_findings(violations))}." if violations else "Every rule holds: 0 violations."
        )
    return RULE_BROKEN if violations else 0


def read_as_it_lies(folder: Path) -> tuple[Plan, tuple[Finding, ...], Path]:
    """(plan, finding if it was edited, path of its scenario). Raises ``RunDamaged`` when it is no plan any more."""
    try:
        plan, info = read_plan(folder)
        edits: tuple[Finding, ...] = ()
    except RunDamaged as error:
        plan, info = read_plan(folder, verify=False)
        edits = (_say_edited(plan, str(error)),)
    return plan, edits, info.scenario_path


def _say_edited(plan: Plan, why: str) -> Finding:
    return Finding(
        code="P3",
        severity=Severity.ERROR,
        message=f"The plan was changed after it was written; its content now has the hash {hash_plan(plan)[:12]}. {why}",
        action="Plan again; pages and printed lists still show the plan as it was.",
        where=Where(file="plan.json"),
    )
