"""Generated tables as files: CSV with English or Chinese headings, always the same bytes."""

from __future__ import annotations

import pandas as pd

from dispatch.files.columns import ColumnSpec, Kind, TableSpec
from dispatch.files.people_tables import HEALTH, PLACES, SITES, WORKERS
from dispatch.files.supply_tables import FLEET

_SPECS = {spec.name: spec for spec in (WORKERS, PLACES, SITES, HEALTH, FLEET)}
_YES_NO = {"yes": "是", "no": "否"}


def render_table(name: str, table: pd.DataFrame, language: str) -> bytes:
    """One table as the bytes of a CSV file.

    ``language`` ``zh`` writes Chinese headings and words, and a byte-order mark so that spreadsheets show them
    right. Columns that are wholly empty are left out.
    """
    spec = _SPECS[name]
    filled = [column for column in table.columns if _holds_text(table[column])]
    shown = table[filled]
    if language == "zh":
        shown = pd.DataFrame(
            {
                find_chinese_heading(spec, column): _translate_words(shown[column], spec.get_column(column))
                for column in filled
            }
        )
    encoding = "utf-8-sig" if language == "zh" else "utf-8"
    return shown.to_csv(index=False, lineterminator="\n").encode(encoding)


def _holds_text(values: pd.Series) -> bool:
    used = values.unique() if isinstance(values.dtype, pd.CategoricalDtype) else values
    return bool((pd.Series(used).astype(str) != "").any())


def find_chinese_heading(spec: TableSpec, column: str) -> str:
    """First accepted heading of a column that is written in Chinese; the column's name where there is none."""
    return next((heading for heading in spec.get_column(column).also if not heading.isascii()), column)


def _translate_words(values: pd.Series, column: ColumnSpec) -> pd.Series:
    """Cells with the accepted words in Chinese; every other kind of cell is left alone."""
    chinese = dict(_YES_NO) if column.kind is Kind.BOOL else {}
    for word, value in column.words.items():
        if not word.isascii():
            chinese.setdefault(value, word)
    if not chinese:
        return values
    words = {
        cell: "|".join(chinese.get(part, part) for part in str(cell).split("|")) for cell in values.unique()
    }
    return values.map(words)
