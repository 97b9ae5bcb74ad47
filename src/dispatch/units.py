"""Words for quantities: money in minor units, km in tenths, minutes since the horizon's first midnight.

Money is an integer number of minor units (fen, cents). Distances are integers of a tenth of a
kilometre. Planning times are integers: minutes of the local clock after 00:00 on the first date of
the scenario's horizon (they may be negative for what happens the day before).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

DAY_MIN = 1440


def divide_half_even(numerator: int, denominator: int) -> int:
    """Integer quotient rounded half to even.

    ``denominator`` must be positive. ``divide_half_even(25, 10) == 2``, ``divide_half_even(35, 10) == 4``.
    """
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    if twice > denominator or (twice == denominator and quotient % 2 == 1):
        return quotient + 1
    return quotient


def minor_from_decimal(amount: Decimal | int | str) -> int:
    """Minor units of an amount of money; at most two decimals are kept (half-even)."""
    return int((Decimal(str(amount)) * 100).to_integral_value())


def format_money(amount_minor: int, currency: str = "") -> str:
    """Amount with thousands separators and two decimals, e.g. ``12,300.00 CNY``."""
    sign = "-" if amount_minor < 0 else ""
    whole, cents = divmod(abs(amount_minor), 100)
    text = f"{sign}{whole:,}.{cents:02d}"
    return f"{text} {currency}".rstrip()


def date_of_min(first_date: date, at_min: int) -> date:
    """Local calendar date of a planning minute."""
    return first_date + timedelta(days=at_min // DAY_MIN)


def min_of_date(first_date: date, day: date) -> int:
    """Planning minute of 00:00 on ``day``."""
    return (day - first_date).days * DAY_MIN


def clock_text(at_min: int) -> str:
    """Clock time ``HH:MM`` of a planning minute (the date is dropped)."""
    return f"{at_min % DAY_MIN // 60:02d}:{at_min % 60:02d}"


def datetime_of_min(first_date: date, at_min: int, time_zone: str) -> datetime:
    """Aware local datetime of a planning minute."""
    midnight = datetime(first_date.year, first_date.month, first_date.day, tzinfo=ZoneInfo(time_zone))
    return midnight + timedelta(minutes=at_min)


def count_dates(from_min: int, to_min: int) -> int:
    """Number of calendar dates touched from one planning minute to a later one.

    A span that ends exactly at midnight does not touch the next date; an empty span touches one.
    """
    last = max(from_min, to_min - 1)
    return last // DAY_MIN - from_min // DAY_MIN + 1
