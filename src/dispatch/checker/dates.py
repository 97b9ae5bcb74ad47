"""C3 and C4: windows, required-on-post dates, and papers that hold from first boarding to arrival."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.checker.accuse import broken, day_text
from dispatch.checker.evidence import Evidence
from dispatch.checker.view import View
from dispatch.findings import Finding


def check_windows(view: View) -> Iterator[Finding]:
    """C3: service date of the line-haul within the worker's window, arrival by the required date."""
    for journey in view.journeys.values():
        person, day = journey.person, journey.service_day
        earliest = person.earliest if person.earliest is not None else day
        latest = person.latest if person.latest is not None else day
        if not earliest <= day <= latest:
            yield broken(
                "C3",
                person.id,
                f"The service date {day_text(view.first_date, day)} is outside"
                f" {day_text(view.first_date, earliest)} to {day_text(view.first_date, latest)}.",
            )
        arrival = journey.arrive_min // 1440
        if person.required is not None and arrival > person.required:
            yield broken(
                "C3",
                person.id,
                f"The worker arrives on {day_text(view.first_date, arrival)},"
                f" required on post by {day_text(view.first_date, person.required)}.",
            )


def check_clearance(view: View) -> Iterator[Finding]:
    """C4: the destination's rule in force on arrival is met on every day from first boarding to arrival."""
    evidence = Evidence(view.scenario)
    geography = view.scenario.geography
    for journey in view.journeys.values():
        person = journey.person
        region = view.county(geography.sites[person.site].place_id)
        first, last = journey.first_min // 1440, journey.arrive_min // 1440
        missing = evidence.find_missing(person.id, region, first, last)
        if missing:
            yield broken(
                "C4",
                person.id,
                f"No {missing} covers {day_text(view.first_date, first)} (boarding)"
                f" to {day_text(view.first_date, last)} (arrival).",
                "Renew the paper, or move the worker to a day it covers.",
            )
    for worker, outcome in view.outcomes.items():
        if outcome.status == "own_ticket" and not _is_ever_cleared(view, evidence, worker):
            yield broken("C4", worker, "The worker is given an own ticket but is not cleared on any day.")


def _is_ever_cleared(view: View, evidence: Evidence, worker: str) -> bool:
    site = view.scenario.geography.sites[view.people[worker].site]
    region = view.county(site.place_id)
    days = range(-1, view.last_day + 32)
    return any(not evidence.find_missing(worker, region, day, day) for day in days)
