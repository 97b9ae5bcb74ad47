"""Scenario format, version 1: a folder with ``scenario.yaml`` and its tables, or one workbook, to a Scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import pandas as pd

from dispatch.files.assemble import assemble_scenario
from dispatch.files.csv_text import write_private
from dispatch.files.document import ScenarioDocument, find_scenario_file, read_document
from dispatch.files.report import Report, find_near_misses
from dispatch.files.source import InputFiles, MadeFile
from dispatch.files.table_files import find_absent_tables, read_tables
from dispatch.findings import Finding, Severity, Where
from dispatch.model.policy import Policy
from dispatch.model.resolver import PlaceResolver
from dispatch.model.scenario import Scenario

#: ``dispatch.files.profiles.read_policy``: (profile names, overrides, first date, last date).
PolicyReader = Callable[
    [tuple[str, ...], Mapping[str, object], date, date], tuple[Policy, tuple[Finding, ...]]
]
MAX_HORIZON_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """Tables that the generator makes: facts file beside the scenario, seed, and the tables that are absent."""

    facts: str
    seed: int
    absent_tables: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LoadResult:
    """Outcome of reading a scenario.

    ``scenario`` is None when there are errors (with ``skip_invalid``: errors outside rows). ``rejects``: rejected
    rows, masked. ``encodings``: one note per text file. ``generated``: set when the document asks for it; while
    tables are absent ``scenario`` is None without an error. ``propose_services``: modes to invent services for.
    """

    scenario: Scenario | None
    findings: tuple[Finding, ...]
    rejects: pd.DataFrame
    encodings: tuple[str, ...]
    propose_services: tuple[str, ...] = ()
    generated: Generated | None = None

    @property
    def has_errors(self) -> bool:
        """True if any finding is an error."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def read_scenario(
    path: Path,
    resolver: PlaceResolver,
    read_policy: PolicyReader,
    *,
    skip_invalid: bool = False,
    made_files: Mapping[str, MadeFile] | None = None,
) -> LoadResult:
    """Scenario of a folder, a ``scenario.yaml``/``.json`` or a workbook, with all findings at once.

    Parameters
    ----------
    resolver
        Knows places and regions; the scenario's own ones win.
    read_policy
        Makes the policy of the named profiles and overrides.
    skip_invalid
        Leave rejected rows out instead of refusing the scenario.
    made_files
        Files that exist only in memory (name -> bytes or a table), e.g. generated tables; files on disk win. A table that the
        document does not name is read from ``<table>.csv`` among them.
    """
    report = Report(skip_invalid=skip_invalid)
    file = find_scenario_file(path)
    files = InputFiles(file.parent, made_files or {})
    document = read_document(file, files, report)
    if document is None or not _check_frame(document, report):
        return _make_result(None, document, None, report)
    generated = _find_generated(document, files)
    if generated and generated.absent_tables:
        return _make_result(None, document, generated, report)
    tables = read_tables(document, files, report)
    policy = _read_policy(document, read_policy, report)
    scenario = assemble_scenario(document, tables, policy, resolver, report)
    scenario = scenario.replace(content_hash=files.hash_content())
    rejected = any(table.raw.rejected.any() for table in tables.values())
    if report.blocking or (rejected and not skip_invalid):
        return _make_result(None, document, generated, report)
    return _make_result(scenario, document, generated, report)


def write_rejects(path: Path, rejects: pd.DataFrame) -> None:
    """Write rejected rows as CSV (UTF-8 with BOM, mode 0600, cells safe against formulas)."""
    write_private(path, rejects)


def _make_result(
    scenario: Scenario | None, document: ScenarioDocument | None, generated: Generated | None, report: Report
) -> LoadResult:
    return LoadResult(
        scenario=scenario,
        findings=report.close(),
        rejects=report.make_rejects(),
        encodings=tuple(dict.fromkeys(report.notes)),
        propose_services=tuple(document.mirror.propose_services) if document else (),
        generated=generated,
    )


def _find_generated(document: ScenarioDocument, files: InputFiles) -> Generated | None:
    wish = document.mirror.generated
    if wish is None:
        return None
    absent = find_absent_tables(document, files)
    return Generated(facts=wish.facts, seed=wish.seed, absent_tables=absent)


def _check_frame(document: ScenarioDocument, report: Report) -> bool:
    """Check horizon, time zone and the roster's presence; False when the tables cannot be read on."""
    mirror = document.mirror
    usable = _check_horizon(document, report)
    try:
        zone = ZoneInfo(mirror.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        close = find_near_misses(mirror.time_zone, available_timezones())
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        report.add(
            "E110", f"Time zone '{mirror.time_zone}' is unknown.{hint}", document.find_where("time_zone")
        )
        return False
    if usable:
        _check_clock_change(document, zone, report)
    if mirror.workers is None and "workers" not in document.sheets and mirror.generated is None:
        report.add(
            "E116",
            "The scenario names no workers table.",
            Where(file=document.document.file, field="workers"),
        )
    return usable


def _check_horizon(document: ScenarioDocument, report: Report) -> bool:
    first, last = document.mirror.horizon.from_, document.mirror.horizon.to
    days = (last - first).days + 1
    if 1 <= days <= MAX_HORIZON_DAYS:
        return True
    message = f"{first} to {last} is reversed." if days < 1 else f"{first} to {last} has {days} days."
    report.add("E109", message, document.find_where("horizon", "to"))
    return False


def _check_clock_change(document: ScenarioDocument, zone: ZoneInfo, report: Report) -> None:
    from datetime import datetime, time

    horizon = document.mirror.horizon
    days = [horizon.from_ + timedelta(days=day) for day in range((horizon.to - horizon.from_).days + 1)]
    offsets = [datetime.combine(day, time(12), zone).utcoffset() for day in days]
    for before, after, day in zip(offsets, offsets[1:], days[1:], strict=False):
        if before != after:
            report.add("W208", f"The clocks of {zone.key} change on {day}.", document.find_where("horizon"))


def _read_policy(document: ScenarioDocument, read_policy: PolicyReader, report: Report) -> Policy:
    mirror = document.mirror
    policy, findings = read_policy(
        tuple(mirror.profiles), dict(mirror.overrides), mirror.horizon.from_, mirror.horizon.to
    )
    for finding in findings:
        key = finding.where.field if finding.where.field in ("profiles", "overrides") else "profiles"
        report.adopt(finding, document.find_where(key))
    return policy
