"""A table of text to a table of values, column by column: every bad cell becomes a finding.

Cells are read once per distinct text of a column and spread over the rows, so a roster of a million rows
costs little more than its distinct dates and words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dispatch.files.columns import ColumnSpec, Kind, TableSpec, normalise_heading
from dispatch.files.report import MOST_HINTS, Report, find_near_misses, mask_cell, say_near_misses
from dispatch.files.tables import XLSX_MAX_ROWS, RawTable
from dispatch.files.texts import Codes, coded_column, factorize, is_among, match_texts
from dispatch.files.values import Unreadable, parse_cell
from dispatch.findings import Where
from dispatch.model.contracts import make_words

#: Known ids: a set, or the id column of a big table.
Ids = set[str] | pd.Series
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+\d{1,2}")


@dataclass(frozen=True, eq=False)
class TypedTable:
    """Values of a table: ``frame`` has every column of the spec, one row per row of ``raw``.

    Empty cells are None (dates: NaT; text columns: an empty text). Choices are words (``category``). Rows rejected so far are marked in ``raw.rejected``.
    """

    raw: RawTable
    frame: pd.DataFrame

    @property
    def good(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Positions of the rows that were not rejected."""
        return np.flatnonzero(~self.raw.rejected)

    def iterate_good(self) -> list[tuple[int, dict[str, Any]]]:
        """(position, values) of every row that was not rejected; for small tables."""
        records = self.frame.to_dict("records")
        return [(int(i), {str(k): _plain(v) for k, v in records[i].items()}) for i in self.good]


def parse_table(raw: RawTable, spec: TableSpec, report: Report) -> TypedTable:
    """Typed table of a raw one with matched headings: cells read, ids unique; findings go to ``report``."""
    _check_shape(raw, report)
    values: dict[str, Any] = {}
    for column in spec.columns:
        values[column.name] = _parse_column(raw, column, report)
    table = TypedTable(raw=raw, frame=pd.DataFrame(values, index=pd.RangeIndex(len(raw.frame))))
    if spec.id_column:
        _check_unique(table, spec.id_column, report)
    return table


def match_headings(raw: RawTable, spec: TableSpec, report: Report) -> None:
    """Fill ``raw.columns``; unknown, misspelt, double and missing headings go to ``report``."""
    index = spec.make_heading_index()
    taken: dict[str, str] = {}
    for number, heading in enumerate(raw.frame.columns, start=1):
        where = Where(
            file=raw.file, line=raw.heading_line, column=0 if raw.inline else number, field=str(heading)
        )
        name = index.get(normalise_heading(str(heading)))
        if name is None:
            _report_unknown_heading(str(heading), index, spec, where, report)
        elif name in taken:
            report.add("E113", f"'{heading}' and '{taken[name]}' both mean {name}.", where)
        else:
            taken[name] = str(heading)
            raw.columns[str(heading)] = name
    for column in spec.columns:
        if column.required and column.name not in taken and (len(raw.frame) or taken):
            accepted = ", ".join((column.name, *column.also[:5]))
            where = Where(file=raw.file, line=raw.heading_line, field=column.name)
            report.add("E111", f"The {spec.name} table has no column {column.name} ({accepted}).", where)


def _report_unknown_heading(
    heading: str, index: dict[str, str], spec: TableSpec, where: Where, report: Report
) -> None:
    close = [hit for hit in find_near_misses(normalise_heading(heading), index) if _is_close(heading, hit)]
    if close:
        report.add("E112", f"Heading '{heading}' is unknown. Did you mean {index[close[0]]}?", where)
    else:
        report.add("W201", f"Column '{heading}' of the {spec.name} table is not used.", where)


def _is_close(heading: str, known: str) -> bool:
    import difflib

    return len(known) > 3 and difflib.SequenceMatcher(None, normalise_heading(heading), known).ratio() >= 0.84


def _check_shape(raw: RawTable, report: Report) -> None:
    last = list(raw.columns.values())[-1] if raw.columns else ""
    report.note_rows("E114", raw, raw.long_rows, last, "The row has more cells than the headings.")
    if raw.excel and len(raw.lines) and int(raw.lines[-1]) >= XLSX_MAX_ROWS:
        where = Where(file=raw.file, line=int(raw.lines[-1]))
        report.add("E115", f"The sheet is full: {XLSX_MAX_ROWS:,} rows.", where)


def _parse_column(raw: RawTable, column: ColumnSpec, report: Report) -> pd.Series:
    if not raw.find_heading(column.name):
        return _make_empties(column.kind, len(raw.frame))
    cells = raw.get_cells(column.name)
    if column.required and raw.find_heading(column.name):
        empty = np.flatnonzero((cells == "").to_numpy(dtype=bool))
        report.note_rows("E121", raw, empty, column.name, f"{column.name} is empty.")
    if column.kind is Kind.TEXT:
        return cells
    if column.kind is Kind.ID:
        return _check_id_cells(raw, column, cells, report)
    codes, uniques = factorize(cells)
    values = np.empty(len(uniques), dtype=object)
    wrong: dict[int, Unreadable] = {}
    for k, text in enumerate(uniques):
        try:
            values[k] = None if text == "" else parse_cell(text, column, excel=raw.excel)
        except Unreadable as error:
            wrong[k] = error
    for code in sorted({error.code for error in wrong.values()}):
        keys = [k for k, error in wrong.items() if error.code == code]
        rows = np.flatnonzero(np.isin(codes, keys))
        report.note_rows(code, raw, rows, column.name, lambda row: f"{column.name}: {wrong[int(codes[row])]}")
    return _spread_values(column.kind, codes, values)


def _make_empties(kind: Kind, count: int) -> pd.Series:
    """Column that the table does not have."""
    if kind is Kind.DATE:
        return pd.Series(np.full(count, np.datetime64("NaT", "s")))
    if kind in (Kind.TEXT, Kind.ID, Kind.CHOICE, Kind.CHOICES):
        return coded_column(np.zeros(count, dtype=np.int8), [""])
    return pd.Series(np.full(count, None, dtype=object))


def _spread_values(kind: Kind, codes: Codes, values: np.ndarray[Any, Any]) -> pd.Series:
    """Column of the value of each distinct text."""
    if kind in (Kind.CHOICE, Kind.CHOICES):
        return make_words(codes, ["" if value is None else value for value in values.tolist()])
    if kind is Kind.DATE:
        values = np.array(values, dtype="datetime64[s]")
    return pd.Series(values[codes] if len(values) else values)


def _check_id_cells(raw: RawTable, column: ColumnSpec, cells: pd.Series, report: Report) -> pd.Series:
    damaged = match_texts(cells, _SCIENTIFIC.pattern)
    if damaged.any():
        report.note_rows(
            "E129",
            raw,
            np.flatnonzero(damaged),
            column.name,
            lambda row: f"{column.name} '{cells.iloc[row]}' is written as a power of ten; digits are lost.",
        )
    for row, heading in raw.plain_numbers:
        if raw.columns.get(heading) == column.name:
            shown = mask_cell(column.name, str(cells.iloc[row]))
            report.note_rows("W207", raw, [row], column.name, f"{column.name} {shown} is read as text.")
    return cells


def _check_unique(table: TypedTable, column: str, report: Report) -> None:
    ids = table.frame[column]
    double = (ids.duplicated(keep="first") & (ids != "")).to_numpy(dtype=bool)
    if not double.any():
        return
    first = {str(value): int(row) for row, value in reversed(list(enumerate(ids)))}
    report.note_rows(
        "E127",
        table.raw,
        np.flatnonzero(double),
        column,
        lambda row: (
            f"{column} '{ids.iloc[row]}' stands already in line {table.raw.lines[first[str(ids.iloc[row])]]}."
        ),
    )


def check_references(
    table: TypedTable, column: str, known: Ids, seen: Ids, noun: str, report: Report
) -> None:
    """Report rows whose non-empty id in ``column`` is not ``known``; ``seen`` also holds rejected ids."""
    cells = table.frame[column]
    unknown = np.flatnonzero(~_is_known(cells, known) & ~table.raw.rejected)
    if not len(unknown):
        return
    codes, uniques = pd.factorize(cells.iloc[unknown])
    for k, text in enumerate(uniques):
        rows = unknown[codes == k]
        if _holds(seen, str(text)):
            report.note_rows("E137", table.raw, rows, column, f"The row of {noun} '{text}' was rejected.")
        else:
            hint = say_near_misses(str(text), known if len(known) <= MOST_HINTS else ())
            report.note_rows("E128", table.raw, rows, column, f"There is no {noun} '{text}'.{hint}")


def _is_known(cells: pd.Series, known: Ids) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Cells that are empty or known."""
    if isinstance(known, set):
        codes, uniques = factorize(cells)
        good = np.array([text == "" or text in known for text in uniques], dtype=bool)
        return good[codes] if len(uniques) else np.ones(len(cells), dtype=bool)
    return np.asarray(cells == "", dtype=bool) | is_among(cells, known)


def _holds(ids: Ids, text: str) -> bool:
    return text in ids if isinstance(ids, set) else bool((ids == text).any())


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.date()
    return None if value is None or value is pd.NA or value is pd.NaT else value
