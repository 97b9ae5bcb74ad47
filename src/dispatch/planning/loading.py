"""Loading a scenario: the files room reads, the network room resolves names, rule profiles are put in force."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Sequence
from pathlib import Path

from dispatch.errors import UsageError
from dispatch.files.change_facts import change_facts, has_generated
from dispatch.files.change_text import Change
from dispatch.files.changes import apply_changes, parse_changes
from dispatch.files.format import LoadResult, read_scenario
from dispatch.files.profiles import read_policy
from dispatch.files.synthesis import make_generated_tables
from dispatch.files.synthesis_facts import read_facts
from dispatch.model.resolver import PlaceResolver
from dispatch.network.gazetteer import read_gazetteer
from dispatch.network.resolver import make_resolver


def load_scenario(
    path: Path, *, skip_invalid: bool = False, variant: str = "", changes: Sequence[str] = ()
) -> LoadResult:
    """Scenario of a folder, a ``scenario.yaml`` or a workbook, with all findings.

    Tables that the document wants generated are made in memory. ``skip_invalid``: rows with errors are left out.
    ``variant``: fleet of a campaign's facts other than its default, e.g. ``roomy``. ``changes``: what-if
    changes to make (``files.changes``). Raises ``UsageError`` when there is nothing at ``path``, no such variant, or a change
    that cannot be made.
    """
    wished = parse_changes(changes)
    if not path.exists():
        raise UsageError(f"There is no scenario at {path}.{suggest_paths(path)}")
    resolver = make_resolver()
    loaded = read_scenario(path, resolver, read_policy, skip_invalid=skip_invalid)
    wish = loaded.generated
    if variant and wish is None:
        raise UsageError(f"The scenario at {path} has no variants: its tables are not generated.")
    if loaded.has_errors or wish is None or not wish.absent_tables:
        if has_generated(wished):
            raise UsageError(f"The tables of {path} lie in files, so that 'generated.' can change nothing.")
        return _with_changes(loaded, wished, resolver)
    folder = path if path.is_dir() else path.parent
    facts = change_facts(read_facts(folder / wish.facts), wished)
    made = make_generated_tables(facts, seed=wish.seed, variant=variant)
    loaded = read_scenario(path, resolver, read_policy, skip_invalid=skip_invalid, made_files=made)
    return _with_changes(loaded, wished, resolver)


def _with_changes(loaded: LoadResult, changes: Sequence[Change], resolver: PlaceResolver) -> LoadResult:
    if loaded.scenario is None or not changes:
        return loaded
    return dataclasses.replace(loaded, scenario=apply_changes(loaded.scenario, changes, resolver))


def suggest_paths(path: Path) -> str:
    """`` Did you mean ...?`` with the closest names beside a missing path; empty when none is close."""
    try:
        names = [item.name for item in path.parent.iterdir() if not item.name.startswith(".")]
    except OSError:
        return ""
    close = difflib.get_close_matches(path.name, names, n=2)
    return f" Did you mean {' or '.join(str(path.parent / name) for name in close)}?" if close else ""


def name_halt(lat: float, lon: float) -> str:
    """Name of the nearest known place to a halt on the way."""
    return read_gazetteer().nearest_names([lat], [lon])[0]
