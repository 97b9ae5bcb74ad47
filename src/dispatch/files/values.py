"""One cell's text to one value: dates, numbers, clocks, words. Each raises ``Unreadable`` with a code."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from dispatch.files.columns import YES_NO, ColumnSpec, Kind
from dispatch.files.report import say_near_misses

_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]+\d{1,2}:\d{2}(?::\d{2})?)?"
)
_CLOCK = re.compile(r"(\d{1,2})[:时](\d{1,2})分?(?::00)?\s*(?:\+(\d))?")
_SPLIT = re.compile(r"[|;,、，；/]")
_EXCEL_EPOCH = date(1899, 12, 30)


class Unreadable(ValueError):
    """A cell that cannot be read: finding code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def parse_date(text: str, *, excel: bool = False) -> date:
    """Date of ``2020-02-29``, ``2020/2/29``, ``2020年2月29日``, ``20200229``; a serial number if ``excel``."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if excel and re.fullmatch(r"[2-7]\d{4}(\.\d+)?", plain):
        return _EXCEL_EPOCH + timedelta(days=int(plain.split(".")[0]))
    packed = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", plain)
    match = packed or _DATE.fullmatch(plain)
    if not match:
        raise Unreadable("E122", f"'{text}' is not a date like 2020-02-29.")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        raise Unreadable("E122", f"'{text}' is not in the calendar.") from error


def parse_decimal(text: str) -> Decimal:
    """Number with optional thousands commas. Full-width digits are understood."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    try:
        value = Decimal(plain)
    except InvalidOperation as error:
        raise Unreadable("E123", f"'{text}' is not a number.") from error
    if not value.is_finite():
        raise Unreadable("E123", f"'{text}' is not a number.")
    return value


def parse_int(text: str) -> int:
    """Whole number; ``5.0`` counts as 5."""
    value = parse_decimal(text)
    if value != value.to_integral_value():
        raise Unreadable("E123", f"'{text}' is not a whole number.")
    return int(value)


def parse_clock(text: str, *, excel: bool = False) -> int:
    """Minutes of ``07:30`` (450), ``24:00`` (1440), ``07:10+1`` (1870); a fraction of a day if ``excel``."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if excel and re.fullmatch(r"0?\.\d+|0|[1-9]\.\d+", plain):
        return round(float(plain) * 1440)
    match = _CLOCK.fullmatch(plain)
    if not match:
        raise Unreadable("E124", f"'{text}' is not a time like 07:30 or 07:30+1.")
    hours, minutes, days = int(match[1]), int(match[2]), int(match[3] or 0)
    if minutes > 59 or hours > 24 or (hours == 24 and minutes > 0):
        raise Unreadable("E124", f"'{text}' is not a time of day.")
    return hours * 60 + minutes + days * 1440


def parse_word(text: str, column: ColumnSpec) -> str:
    """Value of one accepted word, upper and lower case alike."""
    words = YES_NO if column.kind is Kind.BOOL else column.words
    plain = unicodedata.normalize("NFKC", text).strip()
    folded = {word.lower(): value for word, value in words.items()}
    if plain.lower() in folded:
        return folded[plain.lower()]
    if column.open_words:
        return plain.lower().replace(" ", "_")
    accepted = " ".join(dict.fromkeys(words.values())) if column.kind is not Kind.BOOL else "yes no"
    raise Unreadable("E125", f"'{text}' is not one of: {accepted}.{say_near_misses(plain, words)}")


def parse_words(text: str, column: ColumnSpec) -> str:
    """Values of several words, without doubles, joined by ``|`` in the order written."""
    parts = [part for part in _SPLIT.split(text) if part.strip()]
    return "|".join(dict.fromkeys(parse_word(part, column) for part in parts))


def parse_cell(text: str, column: ColumnSpec, *, excel: bool = False) -> object:
    """Value of a cell that is not empty, by the kind of its column. Raises ``Unreadable``."""
    value: object = text
    match column.kind:
        case Kind.DATE:
            value = parse_date(text, excel=excel)
        case Kind.INT:
            value = _in_range(parse_int(text), text, column)
        case Kind.DECIMAL:
            value = _in_range(parse_decimal(text), text, column)
        case Kind.CLOCK:
            value = parse_clock(text, excel=excel)
        case Kind.BOOL:
            value = parse_word(text, column) == "true"
        case Kind.CHOICE:
            value = parse_word(text, column)
        case Kind.CHOICES:
            value = parse_words(text, column)
    return value


def _in_range(value: int | Decimal, text: str, column: ColumnSpec) -> int | Decimal:
    if (column.low is not None and value < column.low) or (column.high is not None and value > column.high):
        bounds = f"at least {column.low}" if column.high is None else f"from {column.low} to {column.high}"
        raise Unreadable("E126", f"{text} must be {bounds}.")
    return value
