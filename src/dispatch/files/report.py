"""What reading found: findings, rejected rows and notes, collected while the reading goes on."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dispatch.files.codes import CODES
from dispatch.findings import Finding, Severity, Where
from dispatch.privacy import mask_document, mask_free_text, mask_phone

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dispatch.files.tables import RawTable

#: Findings listed one by one for one code and column; the rest is counted (all stand in the rejects).
LISTED_FINDINGS = 1000
_SECRET = {"document": mask_document, "phone": mask_phone, "contact_phone": mask_phone}
#: Near misses are looked for among so many names at most.
MOST_HINTS = 50_000
_HIDDEN = {"emergency_contact"}


class Report:
    """Collector of everything a reading has to say. ``blocking`` counts errors that no skipped row mends.

    With ``skip_invalid`` rejected rows are left out, and rows that refer to them are rejected too.
    """

    def __init__(self, *, skip_invalid: bool = False) -> None:
        self.skip_invalid = skip_invalid
        self.findings: list[Finding] = []
        self.notes: list[str] = []
        self.blocking = 0
        self._rejects: list[pd.DataFrame] = []
        self._listed: Counter[tuple[str, str, str]] = Counter()

    def add(self, code: str, message: str, where: Where | None = None, *, action: str = "") -> None:
        """Record one finding that does not belong to a row; an error of this kind blocks the scenario."""
        text = CODES[code]
        if text.severity is Severity.ERROR:
            self.blocking += 1
        self._append(code, message, where or Where(), action)

    def adopt(self, finding: Finding, where: Where) -> None:
        """Record a finding made elsewhere, with a place if it has none."""
        if finding.severity is Severity.ERROR:
            self.blocking += 1
        if not str(finding.where):
            finding = Finding(
                code=finding.code,
                severity=finding.severity,
                message=finding.message,
                action=finding.action,
                where=where,
            )
        self.findings.append(finding)

    def note_rows(
        self,
        code: str,
        table: RawTable,
        positions: Iterable[int] | NDArray[np.int64],
        column: str,
        say: Callable[[int], str] | str,
        action: str = "",
    ) -> None:
        """Record a finding for each row position of a table; with an error code the rows are rejected.

        ``say`` is the message, or makes that of one position; what it shows must be masked already.
        """
        rows = np.asarray(positions if isinstance(positions, np.ndarray) else list(positions), dtype=np.int64)
        if not len(rows):
            return
        if code == "E137" and not self.skip_invalid:  # the rejected row itself is reported; it may be right
            table.rejected[rows] = True
            return
        is_error = CODES[code].severity is Severity.ERROR
        listed = rows if is_error else rows[:LISTED_FINDINGS]
        messages = [mask_free_text(say if isinstance(say, str) else say(int(row))) for row in listed]
        column_index = table.find_column_number(column)
        heading = table.find_heading(column)
        for row, message in zip(listed.tolist(), messages, strict=True):
            where = Where(
                file=table.find_file(row),
                line=int(table.lines[row]),
                column=column_index,
                field=heading or column,
            )
            self._append(code, message, where, action)
        for row in rows[len(listed) :].tolist() if table.file_of_row else ():
            self._listed[code, table.find_file(row), heading or column] += 1
        if not table.file_of_row:
            self._listed[code, table.file, heading or column] += len(rows) - len(listed)
        if is_error:
            table.rejected[rows] = True
            self._rejects.append(_make_rejects(table, rows, heading or column, code, messages))

    def make_rejects(self) -> pd.DataFrame:
        """Rejected rows, masked: their original columns, then file, line, column, code, message."""
        tail = ["file", "line", "column", "code", "message"]
        if not self._rejects:
            return pd.DataFrame(columns=tail)
        frame = pd.concat(self._rejects, ignore_index=True)
        frame = frame[[name for name in frame.columns if name not in tail] + tail]
        return frame.fillna("")

    def _append(self, code: str, message: str, where: Where, action: str) -> None:
        key = (code, where.file, where.field)
        self._listed[key] += 1
        if self._listed[key] > LISTED_FINDINGS:
            return
        text = CODES[code]
        self.findings.append(
            Finding(
                code=code,
                severity=text.severity,
                message=message,
                action=action or text.action,
                where=where,
            )
        )

    def close(self) -> tuple[Finding, ...]:
        """All findings, errors first, then by file and line; long series end with a count of the rest."""
        for (code, file, column), count in self._listed.items():
            if count > LISTED_FINDINGS:
                text = CODES[code]
                self.findings.append(
                    Finding(
                        code=code,
                        severity=text.severity,
                        message=f"{count - LISTED_FINDINGS} more of the same",
                        action="rejects.csv lists every rejected row.",
                        where=Where(file=file, field=column),
                    )
                )
        order = [Severity.ERROR, Severity.WARNING, Severity.INFO]
        return tuple(
            sorted(self.findings, key=lambda f: (order.index(f.severity), f.where.file, f.where.line))
        )


def mask_cell(column: str, value: str) -> str:
    """Value of a cell as it may be shown: documents and phones masked, IDs inside free text too."""
    if column in _HIDDEN:
        return "*" * min(len(value), 8)
    return _SECRET.get(column, mask_free_text)(value)


def find_near_misses(value: str, known: Iterable[str]) -> tuple[str, ...]:
    """Up to three known names close to a value (difflib ratio of at least 0.6), best first."""
    names = {name.lower(): name for name in known}
    if len(names) > MOST_HINTS:
        return ()
    return tuple(names[hit] for hit in difflib.get_close_matches(value.lower(), list(names), n=3, cutoff=0.6))


def say_near_misses(value: str, known: Iterable[str]) -> str:
    """`` Did you mean 'a' or 'b'?`` or an empty text."""
    hits = find_near_misses(value, known)
    return f" Did you mean {' or '.join(repr(hit) for hit in hits)}?" if hits else ""


def _make_rejects(
    table: RawTable, rows: NDArray[np.int64], column: str, code: str, messages: list[str]
) -> pd.DataFrame:
    original = table.frame.iloc[rows].reset_index(drop=True)
    masked = {
        heading: original[heading].map(partial(mask_cell, table.columns.get(heading, "")))
        for heading in original.columns
    }
    frame = pd.DataFrame(masked)
    frame["file"] = [table.find_file(int(row)) for row in rows]
    frame["line"] = table.lines[rows]
    frame["column"] = column
    frame["code"] = code
    frame["message"] = messages
    return frame
