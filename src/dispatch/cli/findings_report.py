"""Findings for a coordinator: grouped and cut short on the screen, whole in findings.csv, findings.json and rejects.csv."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dispatch.findings import Finding, Severity, count_findings

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 20
_PLURALS = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.INFO: "notes"}
_SINGULARS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def list_plain(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """Findings as JSON values."""
    return [
        {
            "code": finding.code,
            "severity": finding.severity.value,
            "message": finding.message,
            "action": finding.action,
            "file": finding.where.file,
            "line": finding.where.line,
            "column": finding.where.column,
            "field": finding.where.field,
        }
        for finding in findings
    ]


def count_words(findings: Sequence[Finding]) -> str:
    """``3 errors, 1 warning``; ``no findings`` when there are none."""
    counts = Counter(finding.severity for finding in findings)
    parts = [
        f"{counts[severity]} {_SINGULARS[severity] if counts[severity] == 1 else _PLURALS[severity]}"
        for severity in Severity
        if counts[severity]
    ]
    return ", ".join(parts) or "no findings"


def show_findings(findings: Sequence[Finding], write: Callable[[str], None], shown: int = SHOWN) -> None:
    """Write the first findings, the gravest first, those of one code and remedy together."""
    order = list(Severity)
    first = sorted(findings, key=lambda finding: order.index(finding.severity))[:shown]
    groups: dict[tuple[Severity, str, str], list[Finding]] = {}
    for finding in first:
        groups.setdefault((finding.severity, finding.code, finding.action), []).append(finding)
    for (severity, code, action), members in groups.items():
        write(f"{severity.value} {code}: {action}" if action else f"{severity.value} {code}")
        for finding in members:
            where = f"{finding.where}: " if str(finding.where) else ""
            write(f"  {where}{finding.message}")
    if len(findings) > shown:
        write(f"… and {count_findings(findings) - count_findings(first):,} more.")


def render_findings_json(findings: Iterable[Finding]) -> str:
    """Text of findings.json."""
    return json.dumps({"findings": list_plain(findings)}, ensure_ascii=False, indent=1) + "\n"


def render_findings_csv(findings: Iterable[Finding]) -> bytes:
    """Bytes of findings.csv, safe to open in a spreadsheet."""
    import pandas as pd

    from dispatch.files.csv_text import render_csv

    columns = ["code", "severity", "file", "line", "column", "field", "message", "action"]
    return render_csv(pd.DataFrame(list_plain(findings), columns=columns))


def make_finding_files(findings: Sequence[Finding], rejects: pd.DataFrame) -> dict[str, bytes | str]:
    """Files that hold all findings and rejected rows, by name; none where there is nothing to say."""
    from dispatch.files.csv_text import render_csv

    files: dict[str, bytes | str] = {}
    if findings:
        files["findings.csv"] = render_findings_csv(findings)
        files["findings.json"] = render_findings_json(findings)
    if len(rejects):
        files["rejects.csv"] = render_csv(rejects)
    return files


def write_finding_files(folder: Path, findings: Sequence[Finding], rejects: pd.DataFrame) -> str:
    """Write all findings into a folder and say where they are; a folder that cannot be written is only said so."""
    from dispatch.files.csv_text import write_private

    files = make_finding_files(findings, rejects)
    if not files:
        return ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for stale in {"findings.csv", "findings.json", "rejects.csv"} - set(files):
            (folder / stale).unlink(missing_ok=True)
        for name, content in files.items():
            write_private(folder / name, content)
    except OSError as error:
        return f"The findings could not be written to {folder}: {error.strerror or error}."
    return f"All of them: {folder / 'findings.csv'}" + (
        f"; rejected rows: {folder / 'rejects.csv'}." if "rejects.csv" in files else "."
    )
