"""``dispatch validate``: every mistake of a scenario at once, and what was assumed where nothing was said."""

from __future__ import annotations

from pathlib import Path

from dispatch.cli.findings_report import count_words, list_plain, show_findings, write_finding_files
from dispatch.cli.loading import name_scenario, require_scenario
from dispatch.cli.output import print_json, show
from dispatch.cli.run_folder import find_findings_folder
from dispatch.files.format import LoadResult
from dispatch.model.scenario import Assumption, Scenario
from dispatch.planning.loading import load_scenario

REFUSED = 3
_SHOWN_ASSUMPTIONS = 10


def run_validate(path: Path, *, out: Path | None, skip_invalid: bool, as_json: bool) -> int:
    """Report on a scenario; return the exit code: 0, or 3 when it cannot be planned."""
    loaded = load_scenario(path, skip_invalid=skip_invalid)
    folder = out or find_findings_folder(None, name_scenario(path))
    if as_json:
        scenario = require_scenario(loaded, folder)
        write_finding_files(folder, loaded.findings, loaded.rejects)
        print_json(_make_document(scenario, loaded))
        return 0
    show_findings(loaded.findings, show)
    where = write_finding_files(folder, loaded.findings, loaded.rejects)
    if where:
        show(where)
    if loaded.scenario is None:
        show(f"The scenario cannot be planned: {count_words(loaded.findings)}.")
        return REFUSED
    _show_scenario(loaded.scenario)
    show(f"The scenario can be planned: {count_words(loaded.findings)}.")
    return 0


def _make_document(scenario: Scenario, loaded: LoadResult) -> dict[str, object]:
    return {
        "scenario": scenario.name,
        "workers": len(scenario.workers),
        "rejected_rows": len(loaded.rejects),
        "findings": list_plain(loaded.findings),
        "assumptions": [
            {
                "subject": one.subject,
                "what": one.what,
                "value": one.value,
                "people": one.people,
                "table": one.table,
            }
            for one in _sort_assumptions(scenario)
        ],
    }


def _show_scenario(scenario: Scenario) -> None:
    assumptions = _sort_assumptions(scenario)
    if assumptions:
        show(f"Assumed where nothing was said ({len(assumptions)} values, most people first):")
    for one in assumptions[:_SHOWN_ASSUMPTIONS]:
        show(f"  {one.people:,} people: {one.subject}: {one.what} = {one.value}")
    show(
        f"{scenario.title or scenario.name}: workers {len(scenario.workers):,}, sites {len(scenario.geography.sites):,},"
        f" services {len(scenario.services):,}, {scenario.first_date} to {scenario.last_date}."
    )


def _sort_assumptions(scenario: Scenario) -> list[Assumption]:
    return sorted(scenario.assumptions, key=lambda one: -one.people)
