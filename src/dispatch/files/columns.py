"""What a table may say: columns with their kinds, accepted headings and accepted words."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """How the cells of a column are read. ``ID`` is text whose numbers must not lose zeros or digits."""

    TEXT = "text"
    ID = "id"
    DATE = "date"
    INT = "int"
    DECIMAL = "decimal"
    CLOCK = "clock"
    BOOL = "bool"
    CHOICE = "choice"
    CHOICES = "choices"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSpec:
    """One column. ``also``: other accepted headings; ``words``: accepted word -> value for choices.

    ``low``/``high`` bound numbers (inclusive). ``open_words``: words outside ``words`` are kept as they are.
    """

    name: str
    kind: Kind
    meaning: str
    also: tuple[str, ...] = ()
    required: bool = False
    words: dict[str, str] = field(default_factory=dict)
    open_words: bool = False
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """One table: its key in the scenario, accepted sheet names, columns and the column of its id."""

    name: str
    meaning: str
    columns: tuple[ColumnSpec, ...]
    also: tuple[str, ...] = ()
    id_column: str = ""

    def get_column(self, name: str) -> ColumnSpec:
        """Column of a name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def make_heading_index(self) -> dict[str, str]:
        """Normalised heading -> canonical column."""
        return {
            normalise_heading(heading): column.name
            for column in self.columns
            for heading in (column.name, *column.also)
        }


def normalise_heading(heading: str) -> str:
    """Heading without case, spaces, underscores, units in brackets and full-width forms."""
    text = unicodedata.normalize("NFKC", heading).lower().split("(")[0]
    return "".join(character for character in text if character not in " _-\t\r\n*:")


def column(
    name: str,
    kind: Kind,
    meaning: str,
    also: str = "",
    *,
    required: bool = False,
    words: dict[str, str] | None = None,
    open_words: bool = False,
    low: int | None = None,
    high: int | None = None,
) -> ColumnSpec:
    """Column from one line: ``also`` lists the other headings, separated by spaces (``~`` is a space)."""
    return ColumnSpec(
        name=name,
        kind=kind,
        meaning=meaning,
        also=tuple(word.replace("~", " ") for word in also.split()),
        required=required,
        words=words or {},
        open_words=open_words,
        low=low,
        high=high,
    )


def make_words(**meanings: str) -> dict[str, str]:
    """Word -> value from ``value="word other 词"``; the value itself is a word too."""
    words: dict[str, str] = {}
    for value, names in meanings.items():
        words.update(dict.fromkeys((value, *names.split()), value))
    return words


MODES = make_words(
    bus="coach 大巴 客车 汽车 大巴车 包车",
    train="rail 火车 高铁 动车 铁路 列车 专列",
    charter="plane flight aircraft 包机 飞机 航班",
)
YES_NO = {
    **dict.fromkeys(("true", "yes", "y", "1", "是", "有", "对", "√"), "true"),
    **dict.fromkeys(("false", "no", "n", "0", "否", "无", "不", "×"), "false"),
}
TIERS = make_words(low="低 低风险 低风险地区", medium="中 中风险 中风险地区", high="高 高风险 高风险地区")
