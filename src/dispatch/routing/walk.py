"""A coach under way: clock, rest state, km and driving intervals, advanced leg by leg and stop by stop."""

from __future__ import annotations

from dispatch.routing.context import RoutingContext
from dispatch.routing.driving import drive_fast
from dispatch.units import DAY_MIN


class Walk:
    """Where a coach is and what it drove so far.

    Attributes
    ----------
    place
        Row of the place in frozen travel.
    at_min
        Clock, planning minutes.
    km_tenths, driven_min
        Driven so far.
    stood
        Minutes standing at stops since the last driving minute.
    intervals
        Driving intervals (start, end) in time order.
    """

    __slots__ = (
        "at_min",
        "cont",
        "context",
        "driven_min",
        "halts",
        "intervals",
        "km_tenths",
        "night",
        "place",
        "stood",
    )

    def __init__(self, context: RoutingContext, place: int, at_min: int, halts: bool = True) -> None:
        self.context = context
        self.place = place
        self.at_min = at_min
        self.halts = halts
        self.cont = self.night = self.stood = self.km_tenths = self.driven_min = 0
        self.intervals: list[tuple[int, int]] = []

    def go(self, to: int) -> int:
        """Drive to the place in row ``to``; the arrival minute."""
        context = self.context
        cell = self.place * context.size + to
        minutes = context.minutes[cell]
        self.km_tenths += context.km_tenths[cell]
        if minutes > 0:
            if self.stood >= context.compiled.break_min:
                self.cont = self.night = 0
            self.stood = 0
        self.driven_min += minutes
        self.at_min, self.cont, self.night = drive_fast(
            self.at_min, minutes, self.cont, self.night, context.compiled, self.halts, self.intervals
        )
        self.place = to
        return self.at_min

    def stay(self, until_min: int) -> None:
        """Stand until a minute; what adds up to a break before the next driving minute is rest."""
        self.stood += until_min - self.at_min
        self.at_min = until_min

    def fork(self) -> Walk:
        """A copy that goes its own way from here."""
        other = Walk(self.context, self.place, self.at_min, self.halts)
        other.cont, other.night, other.stood = self.cont, self.night, self.stood
        other.km_tenths, other.driven_min = self.km_tenths, self.driven_min
        other.intervals = self.intervals.copy()
        return other

    def board(self, hours: tuple[int, int], not_before_min: int | None = None) -> int | None:
        """Wait for the place's boarding hours and board; the BOARD start, or None where it is too late."""
        opens, closes = hours
        begin = self.at_min if not_before_min is None else max(self.at_min, not_before_min)
        of_day = begin % DAY_MIN
        if of_day > closes >= opens:
            return None
        if of_day < opens:
            begin += opens - of_day
        self.stay(begin + self.context.limits.dwell_pickup_min)
        return begin

    def deliver(self, hours: tuple[int, int] | None) -> int:
        """Wait for receiving hours, if any, and alight; the arrival moment."""
        arrival = self.at_min
        if hours is not None:
            opens, closes = hours
            of_day = arrival % DAY_MIN
            if of_day < opens:
                arrival += opens - of_day
            elif of_day > closes:
                arrival += DAY_MIN - of_day + opens
        self.stay(arrival + self.context.limits.dwell_drop_min)
        return arrival
