"""C5: gates that are accepted, open on the day and hour of arrival, and not over their daily number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dispatch.checker.accuse import broken, day_text, time_text
from dispatch.checker.view import Itinerary, View
from dispatch.findings import Finding


def check_sites(view: View) -> Iterator[Finding]:
    """Arrivals at closed, unaccepted or full sites, or outside receiving hours."""
    sites = view.scenario.geography.sites
    arrivals: Counter[tuple[str, int]] = Counter()
    for journey in view.journeys.values():
        arrivals[journey.person.site, journey.arrive_min // 1440] += 1
        yield from _check_arrival(view, journey)
    for (site_id, day), count in sorted(arrivals.items()):
        limit = sites[site_id].arrivals_per_day
        if limit is not None and count > limit:
            yield broken(
                "C5",
                site_id,
                f"{count} people arrive on {day_text(view.first_date, day)}; the site takes {limit} a day.",
            )
    for worker, outcome in view.outcomes.items():
        if outcome.status == "own_ticket" and not sites[view.people[worker].site].accepted:
            yield broken("C5", worker, "The worker is sent by own ticket to a site that is not accepted.")


def _check_arrival(view: View, journey: Itinerary) -> Iterator[Finding]:
    site = view.scenario.geography.sites[journey.person.site]
    when = time_text(view.first_date, journey.arrive_min)
    if not site.accepted:
        yield broken(
            "C5", journey.person.id, f"The site {site.id} is not accepted, yet the worker arrives there."
        )
    if view.date_of(journey.arrive_min // 1440) < site.opens_on:
        yield broken(
            "C5",
            journey.person.id,
            f"The worker arrives at {site.id} at {when}, it opens on {site.opens_on}.",
        )
    minute = journey.arrive_min % 1440
    if not site.receives_from_min <= minute <= site.receives_until_min:
        yield broken(
            "C5",
            journey.person.id,
            f"The worker arrives at {site.id} at {when}, outside its receiving hours.",
        )
