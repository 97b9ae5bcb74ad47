"""C3 and C4: windows, required-on-post dates, and papers that hold from first boarding to arrival."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dispatch.checker.accuse import broken, day_text
from dispatch.checker.columns import NO_DAY, Ints
from dispatch.checker.evidence import get_evidence
from dispatch.checker.people import OWN_TICKET
from dispatch.checker.view import View
from dispatch.findings import Finding


def check_windows(view: View) -> Iterator[Finding]:
    """C3: service date of the line-haul within the worker's window, arrival by the required date."""
    people, journeys, first = view.people, view.journeys, view.first_date
    who, day = journeys.who, journeys.day
    earliest = np.where(people.earliest[who] == NO_DAY, day, people.earliest[who])
    latest = np.where(people.latest[who] == NO_DAY, day, people.latest[who])
    for row in np.flatnonzero((day < earliest) | (day > latest)):
        yield broken(
            "C3",
            people.name(who[row]),
            f"The service date {day_text(first, day[row])} is outside"
            f" {day_text(first, earliest[row])} to {day_text(first, latest[row])}.",
        )
    required, arrival = people.required[who], journeys.arrive // 1440
    for row in np.flatnonzero((required != NO_DAY) & (arrival > required)):
        yield broken(
            "C3",
            people.name(who[row]),
            f"The worker arrives on {day_text(first, arrival[row])}, required on post by {day_text(first, required[row])}.",
        )


def check_clearance(view: View) -> Iterator[Finding]:
    """C4: the destination's rule in force on arrival is met on every day from first boarding to arrival."""
    evidence, people, journeys = get_evidence(view), view.people, view.journeys
    counties = view.site_counties()
    first, last = journeys.first_min // 1440, journeys.arrive // 1440
    missing = evidence.find_missing_of(journeys.who, counties[journeys.who], first, last)
    for row in np.flatnonzero(missing >= 0):
        yield broken(
            "C4",
            people.name(journeys.who[row]),
            f"No {evidence.kinds[missing[row]]} covers {day_text(view.first_date, first[row])} (boarding)"
            f" to {day_text(view.first_date, last[row])} (arrival).",
            "Renew the paper, or move the worker to a day it covers.",
        )
    travellers = view.outcomes.who[view.outcomes.status == OWN_TICKET]
    for number in _find_never_cleared(view, travellers):
        yield broken(
            "C4", people.name(number), "The worker is given an own ticket but is not cleared on any day."
        )


def _find_never_cleared(view: View, who: Ints) -> Ints:
    """Those of the workers who are cleared on no day from the day before the horizon to a month after it."""
    evidence, counties = get_evidence(view), view.site_counties()
    for day in range(-1, view.last_day + 32):
        if not len(who):
            break
        days = np.full(len(who), day)
        who = who[evidence.find_missing_of(who, counties[who], days, days) >= 0]
    return who
