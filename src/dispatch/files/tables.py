"""Tables as text: CSV, XLSX, Parquet, YAML lists or inline rows, each cell with its line number."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dispatch.files.texts import coded_column

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Rows of a sheet of the XLSX format.
XLSX_MAX_ROWS = 1_048_576


class TableBroken(ValueError):
    """A file that cannot be read as a table."""


@dataclass(eq=False)
class RawTable:
    """One table as it stands in its file.

    ``frame``: text cells under their original headings; ``lines``: 1-based file line of each row; ``columns``:
    original heading -> canonical column; ``rejected``: rows with an error; ``excel``: cells come from a
    spreadsheet, so serial dates and day fractions are understood; ``inline``: rows stand in the scenario itself.
    ``clean``: cells are texts without spaces around them and none is missing. ``long_rows``: positions of rows with more cells than headings; ``plain_numbers``: (position, heading) of
    unquoted padded numbers.
    """

    table: str
    file: str
    frame: pd.DataFrame
    lines: NDArray[np.int64]
    excel: bool = False
    columns: dict[str, str] = field(default_factory=dict)
    rejected: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    long_rows: tuple[int, ...] = ()
    plain_numbers: tuple[tuple[int, str], ...] = ()
    heading_line: int = 1
    inline: bool = False
    clean: bool = False
    file_of_row: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.rejected = np.zeros(len(self.frame), dtype=bool)

    def find_file(self, row: int) -> str:
        """File in which a row stands."""
        return self.file_of_row[row] if self.file_of_row else self.file

    def find_heading(self, column: str) -> str:
        """Original heading of a canonical column, or an empty text."""
        return next((heading for heading, name in self.columns.items() if name == column), "")

    def find_column_number(self, column: str) -> int:
        """1-based number of a canonical column in the file, 0 if it is not there."""
        heading = self.find_heading(column)
        return list(self.frame.columns).index(heading) + 1 if heading and not self.inline else 0

    def get_cells(self, column: str) -> pd.Series:
        """Stripped text of a canonical column; empty texts where the column is missing."""
        heading = self.find_heading(column)
        if not heading:
            return coded_column(np.zeros(len(self.frame), dtype=np.int8), [""])
        if self.clean:
            return self.frame[heading]
        return self.frame[heading].astype("string").fillna("").str.strip()


def parse_xlsx_sheets(content: bytes, file: str) -> dict[str, list[list[Any]]]:
    """Cells of every sheet of a workbook, from cell A1. Raises ``TableBroken``."""
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names
        }
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise TableBroken(f"not a readable workbook ({error})") from error


def make_sheet_table(cells: list[list[Any]], table: str, file: str) -> RawTable:
    """Table of a sheet; the first row that is not empty holds the headings."""
    start = next((i for i, row in enumerate(cells) if any(cell not in ("", None) for cell in row)), None)
    if start is None:
        return RawTable(table=table, file=file, frame=pd.DataFrame(), lines=np.zeros(0, dtype=np.int64))
    headings = [text_of_cell(cell).strip() for cell in cells[start]]
    rows = [[text_of_cell(cell) for cell in row] for row in cells[start + 1 :]]
    lines = np.arange(start + 2, start + 2 + len(rows), dtype=np.int64)
    raw = make_text_table(table, file, headings, rows, lines, excel=True)
    raw.heading_line = start + 1
    return raw


def parse_parquet_table(content: bytes, table: str, file: str) -> RawTable:
    """Table of a Parquet file; line 1 is the first row. Raises ``TableBroken``."""
    try:
        frame = pd.read_parquet(io.BytesIO(content))
    except (OSError, ValueError) as error:
        raise TableBroken(f"not a readable Parquet file ({error})") from error
    text = pd.DataFrame({str(name): frame[name].map(text_of_cell, na_action=None) for name in frame.columns})
    text = text.astype("string").fillna("")
    return RawTable(table=table, file=file, frame=text, lines=np.arange(1, len(text) + 1, dtype=np.int64))


def make_inline_table(rows: Sequence[Any], table: str, file: str, lines: Sequence[int]) -> RawTable:
    """Table of a list of mappings from a YAML or JSON document. Raises ``TableBroken`` for other rows."""
    from dispatch.files.yaml_text import PlainNumber

    headings: dict[str, None] = {}
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise TableBroken(f"row {number} is not a list of `column: value`")
        headings.update(dict.fromkeys(str(key) for key in row))
    plain = [
        (i, str(key))
        for i, row in enumerate(rows)
        for key, value in row.items()
        if isinstance(value, PlainNumber)
    ]
    texts = [{str(key): text_of_cell(value) for key, value in row.items()} for row in rows]
    cells = [[text.get(heading, "") for heading in headings] for text in texts]
    raw = make_text_table(
        table, file, list(headings), cells, np.asarray(list(lines), dtype=np.int64), excel=False
    )
    raw.plain_numbers = tuple(plain)
    raw.inline = True
    raw.heading_line = int(lines[0]) if len(lines) else 1
    return raw


def make_clean_table(frame: pd.DataFrame, table: str, file: str) -> RawTable:
    """Table of a frame of clean texts (pandas ``string`` or words as ``category``), as the generator makes them."""
    lines = np.arange(2, len(frame) + 2, dtype=np.int64)
    texts = {name: _as_text(frame[name]) for name in frame.columns}
    return RawTable(table=table, file=file, frame=pd.DataFrame(texts), lines=lines, clean=True)


def _as_text(values: pd.Series) -> pd.Series:
    if isinstance(values.dtype, pd.CategoricalDtype) or values.dtype == "string":
        return values
    return values.map(text_of_cell).astype("string")


def merge_tables(tables: Sequence[RawTable]) -> RawTable:
    """One table of several files whose headings have been matched; rows keep their file and line."""
    first = tables[0]
    if len(tables) == 1:
        return first
    names = {name: heading for heading, name in first.columns.items()}
    columns = dict(first.columns)
    frames = []
    for table in tables:
        for heading, name in table.columns.items():
            columns.setdefault(names.setdefault(name, heading), name)
        renamed = {heading: names[name] for heading, name in table.columns.items()}
        frames.append(table.frame.rename(columns=renamed).astype("string"))
    merged = RawTable(
        table=first.table,
        file=first.file,
        frame=pd.concat(frames, ignore_index=True).fillna(""),
        lines=np.concatenate([table.lines for table in tables]),
        excel=any(table.excel for table in tables),
        columns=columns,
    )
    starts = np.cumsum([0, *(len(table.frame) for table in tables)]).tolist()
    pairs = list(zip(starts, tables, strict=False))
    merged.long_rows = tuple(start + row for start, table in pairs for row in table.long_rows)
    merged.plain_numbers = tuple(
        (start + row, key) for start, table in pairs for row, key in table.plain_numbers
    )
    merged.file_of_row = tuple(table.file for table in tables for _ in range(len(table.frame)))
    return merged


def text_of_cell(value: Any) -> str:
    """Text of a typed cell: dates ISO, times HH:MM, whole floats without a point, lists joined by |."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        return _text_of_float(float(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    if isinstance(value, list | tuple | set | np.ndarray):
        return "|".join(text_of_cell(part) for part in value)
    return str(value)


def _text_of_float(value: float) -> str:
    text = format(Decimal(repr(value)), "f") if abs(value) < 1e30 else repr(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def make_text_table(
    table: str,
    file: str,
    headings: list[str],
    rows: list[list[str]],
    lines: NDArray[np.int64],
    *,
    excel: bool,
) -> RawTable:
    """Table of texts: unnamed empty columns at the end and empty rows dropped, cells as they are.

    ``lines`` gives the line (or sheet row) of each row; ``excel``: the cells come from a workbook.
    """
    while (
        headings
        and not headings[-1]
        and not any(len(row) >= len(headings) and row[len(headings) - 1] for row in rows)
    ):
        headings.pop()
    width = len(headings)
    kept = [i for i, row in enumerate(rows) if any(cell.strip() for cell in row)]
    long_rows = tuple(k for k, i in enumerate(kept) if any(cell.strip() for cell in rows[i][width:]))
    padded = [(rows[i] + [""] * width)[:width] for i in kept]
    frame = pd.DataFrame(padded, columns=range(width), dtype="string")
    raw = keep_filled(table, file, headings, frame, lines[kept], excel=excel)
    raw.long_rows = long_rows
    return raw


def keep_filled(
    table: str,
    file: str,
    headings: list[str],
    frame: pd.DataFrame,
    lines: NDArray[np.int64],
    *,
    excel: bool = False,
) -> RawTable:
    """Table without its wholly empty rows; empty or repeated headings get their column number."""
    names: list[str] = []
    for number, heading in enumerate(headings, start=1):
        name = heading or f"column {number}"
        names.append(name if name not in names else f"{name} #{number}")
    frame.columns = pd.Index(names)
    filled = np.zeros(len(frame), dtype=bool)
    for name in names:
        if filled.all():
            break
        filled |= frame[name].str.strip().ne("").to_numpy(dtype=bool)
    return RawTable(
        table=table, file=file, frame=frame[filled].reset_index(drop=True), lines=lines[filled], excel=excel
    )
