"""C5: gates that are accepted, open on the day and hour of arrival, and not over their daily number."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dispatch.checker.accuse import broken, day_text, time_text
from dispatch.checker.columns import list_distinct
from dispatch.checker.people import OWN_TICKET
from dispatch.checker.view import View
from dispatch.findings import Finding


def check_sites(view: View) -> Iterator[Finding]:
    """Arrivals at closed, unaccepted or full sites, or outside receiving hours."""
    people, journeys = view.people, view.journeys
    sites = list(view.scenario.geography.sites.values())
    is_accepted = np.array([*(site.accepted for site in sites), False])
    yield from _check_arrivals(view, is_accepted)
    (site_numbers, days), counts = list_distinct(people.site[journeys.who], journeys.arrive // 1440)
    for number, day, count in zip(site_numbers, days, counts, strict=True):
        limit = sites[number].arrivals_per_day
        if limit is not None and count > limit:
            yield broken(
                "C5",
                sites[number].id,
                f"{count} people arrive on {day_text(view.first_date, day)}; the site takes {limit} a day.",
            )
    travellers = view.outcomes.who[view.outcomes.status == OWN_TICKET]
    for worker in travellers[~is_accepted[people.site[travellers]]]:
        yield broken(
            "C5", people.name(worker), "The worker is sent by own ticket to a site that is not accepted."
        )


def _check_arrivals(view: View, is_accepted: np.typing.NDArray[np.bool_]) -> Iterator[Finding]:
    people, who, arrive = view.people, view.journeys.who, view.journeys.arrive
    sites = list(view.scenario.geography.sites.values())
    number = people.site[who]
    for row in np.flatnonzero(~is_accepted[number]):
        yield broken(
            "C5",
            people.name(who[row]),
            f"The site {sites[number[row]].id} is not accepted, yet the worker arrives there.",
        )
    opens_on = np.array([*((site.opens_on - view.first_date).days for site in sites), 0])
    for row in np.flatnonzero(arrive // 1440 < opens_on[number]):
        site, when = sites[number[row]], time_text(view.first_date, arrive[row])
        yield broken(
            "C5",
            people.name(who[row]),
            f"The worker arrives at {site.id} at {when}, it opens on {site.opens_on}.",
        )
    opens = np.array([*(site.receives_from_min for site in sites), 0])
    closes = np.array([*(site.receives_until_min for site in sites), 0])
    minute = arrive % 1440
    for row in np.flatnonzero((minute < opens[number]) | (minute > closes[number])):
        when = time_text(view.first_date, arrive[row])
        yield broken(
            "C5",
            people.name(who[row]),
            f"The worker arrives at {sites[number[row]].id} at {when}, outside its receiving hours.",
        )
