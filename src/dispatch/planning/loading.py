"""Loading a scenario: the files room reads, the network room resolves names, rule profiles are put in force."""

from __future__ import annotations

from pathlib import Path

from dispatch.files.profiles import read_policy
from dispatch.files.format import LoadResult, read_scenario
from dispatch.network.gazetteer import read_gazetteer
from dispatch.network.resolver import make_resolver


def load_scenario(path: Path, *, skip_invalid: bool = False) -> LoadResult:
    """Scenario of a folder, a ``scenario.yaml`` or a workbook, with all findings."""
    return read_scenario(path, make_resolver(), read_policy, skip_invalid=skip_invalid)


def name_halt(lat: float, lon: float) -> str:
    """Name of the nearest known place to a halt on the way."""
    return read_gazetteer().nearest_names([lat], [lon])[0]
