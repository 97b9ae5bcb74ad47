"""CSV text to a table: fast where every row has the headings' number of cells, exact where not."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dispatch.files.tables import RawTable, TableBroken, keep_filled, make_text_table

if TYPE_CHECKING:
    from numpy.typing import NDArray


def parse_csv_table(text: str, table: str, file: str) -> RawTable:
    """Table of a CSV text (comma, semicolon or tab). Line numbers count line breaks inside quoted cells.

    Raises ``TableBroken`` when there is not even a heading row.
    """
    if not text.strip():
        raise TableBroken("the file is empty")
    delimiter = _find_delimiter(text)
    return _parse_csv_fast(text, delimiter, table, file) or _parse_csv_exact(text, delimiter, table, file)


def _find_delimiter(text: str) -> str:
    heading = text.lstrip("\r\n").split("\n", 1)[0]
    return max(",;\t", key=heading.count)


def _parse_csv_fast(text: str, delimiter: str, table: str, file: str) -> RawTable | None:
    """Pandas' reader, for files in which every row has the headings' number of cells; else None."""
    first = text.split("\n", 1)[0]
    if not first.strip() or first.count('"') % 2:
        return None
    headings = next(csv.reader([first.rstrip("\r")], delimiter=delimiter))
    try:
        frame = pd.read_csv(
            io.StringIO(text),
            sep=delimiter,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
            header=None,
            skiprows=1,
            names=list(range(len(headings) + 1)),
        )
    except pd.errors.EmptyDataError:
        frame = pd.DataFrame(columns=range(len(headings) + 1), dtype=str)
    except (pd.errors.ParserError, ValueError):
        return None
    if not isinstance(frame.index, pd.RangeIndex):
        return None
    frame = frame.fillna("")
    if len(frame) and bool(frame[len(headings)].str.strip().ne("").any()):
        return None
    frame = frame.drop(columns=[len(headings)])
    lines = np.arange(2, len(frame) + 2, dtype=np.int64) + _count_breaks_before(frame, text)
    return keep_filled(table, file, [heading.strip() for heading in headings], frame, lines)


def _count_breaks_before(frame: pd.DataFrame, text: str) -> NDArray[np.int64]:
    breaks = np.zeros(len(frame), dtype=np.int64)
    if len(frame) and text.rstrip("\r\n").count("\n") > len(frame):
        for name in frame.columns:
            breaks += frame[name].str.count("\n").to_numpy(dtype=np.int64)
        breaks = np.concatenate([[0], np.cumsum(breaks)[:-1]])
    return breaks


def _parse_csv_exact(text: str, delimiter: str, table: str, file: str) -> RawTable:
    """The standard library's reader: slower, but says which row has too many cells."""
    csv.field_size_limit(10_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    headings: list[str] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    line = 1
    try:
        for row in reader:
            if not headings:
                headings = [cell.strip() for cell in row] if any(cell.strip() for cell in row) else []
            else:
                rows.append(row)
                lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise TableBroken(f"line {reader.line_num}: {error}") from error
    return make_text_table(table, file, headings, rows, np.asarray(lines, dtype=np.int64), excel=False)
