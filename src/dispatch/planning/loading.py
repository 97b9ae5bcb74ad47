"""Loading a scenario: the files room reads, the network room resolves names, rule profiles are put in force."""

from __future__ import annotations

import difflib
from pathlib import Path

from dispatch.errors import UsageError
from dispatch.files.format import LoadResult, read_scenario
from dispatch.files.profiles import read_policy
from dispatch.files.synthesis import make_generated_files
from dispatch.files.synthesis_facts import read_facts
from dispatch.network.gazetteer import read_gazetteer
from dispatch.network.resolver import make_resolver


def load_scenario(path: Path, *, skip_invalid: bool = False) -> LoadResult:
    """Scenario of a folder, a ``scenario.yaml`` or a workbook, with all findings.

    Tables that the document wants generated are made in memory. ``skip_invalid``: rows with errors are left out.
    Raises ``UsageError`` when there is nothing at ``path``.
    """
    if not path.exists():
        raise UsageError(f"There is no scenario at {path}.{suggest_paths(path)}")
    resolver = make_resolver()
    loaded = read_scenario(path, resolver, read_policy, skip_invalid=skip_invalid)
    wish = loaded.generated
    if loaded.has_errors or wish is None or not wish.absent_tables:
        return loaded
    folder = path if path.is_dir() else path.parent
    made = make_generated_files(read_facts(folder / wish.facts), seed=wish.seed)
    return read_scenario(path, resolver, read_policy, skip_invalid=skip_invalid, made_files=made)


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
