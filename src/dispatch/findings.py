"""Findings: bad news about data or about a plan, as values.

A finding says what is wrong with the value seen, where, and what to do. Codes are stable names:
``E…`` errors and ``W…`` warnings about a scenario, ``C1``…``C19`` and ``P…`` broken rules of a plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad: an error stops planning, a warning is planned around and shown, an info is shown."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Place of a finding: a file, with line and column (1-based, 0 = unknown) or table column name."""

    file: str = ""
    line: int = 0
    column: int = 0
    field: str = ""

    def __str__(self) -> str:
        """``file:line:column (field)`` with the unknown parts left out."""
        text = self.file
        if self.line:
            text += f":{self.line}"
            if self.column:
                text += f":{self.column}"
        if self.field:
            text += f" ({self.field})"
        return text.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One piece of bad news: code, severity, where, what is wrong (value seen), what to do.

    ``count``: how many pieces of news it stands for; more than 1 only where a long list was cut short.
    """

    code: str
    severity: Severity
    message: str
    action: str = ""
    where: Where = Where()
    count: int = 1

    def __str__(self) -> str:
        """``where: severity[code] message. action`` on one line."""
        head = f"{self.where}: " if str(self.where) else ""
        tail = f" {self.action}" if self.action else ""
        return f"{head}{self.severity}[{self.code}] {self.message}{tail}"


def count_findings(findings: Iterable[Finding]) -> int:
    """Pieces of bad news, those of lists cut short included."""
    return sum(finding.count for finding in findings)
