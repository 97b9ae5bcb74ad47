"""Figures of a plan that pages print: counts, and money in words.

Everything is read or added up from the plan; nothing is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.messages import Lang, word
from dispatch.model.lookup import find_workers
from dispatch.model.plan import HOPELESS, Plan
from dispatch.model.scenario import Scenario
from dispatch.render.trip_classes import CLASSES, class_of, count_classes
from dispatch.units import format_money

ITINERARY, OWN_TICKET, UNSERVED = "itinerary", "own_ticket", "unserved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts of a plan. ``accounted``: every worker of the roster has exactly one outcome.

    ``trips`` by class (disjoint); ``people`` by class (riders, so feeder and last-mile riders stand again under their
    line-haul). ``gap_minor`` None = no bound. ``latest_arrival_min`` None = nobody travels with us.
    """

    roster: int
    counted: int
    accounted: bool
    served: int
    own_ticket: int
    unserved: int
    hopeless: int
    batches: int
    trips: dict[str, int]
    people: dict[str, int]
    coaches: int
    carriages: int
    seats_taken: int
    seats_offered: int
    latest_arrival_min: int | None
    gap_minor: int | None

    @property
    def all_trips(self) -> int:
        """Trips of all classes."""
        return sum(self.trips.values())


def count_figures(scenario: Scenario, plan: Plan) -> Figures:
    """All figures of a plan."""
    status = plan.outcomes["status"]
    travelling = plan.outcomes[status == ITINERARY]
    hopeless = plan.outcomes["reason"].isin([reason.value for reason in HOPELESS]) & (status == UNSERVED)
    people = {trip_class.key: 0 for trip_class in CLASSES}
    for trip in plan.trips:
        people[class_of(trip)] += trip.load
    bound = plan.certificate.bound_minor
    return Figures(
        roster=len(scenario.workers),
        counted=int(plan.outcomes["worker_id"].nunique()),
        accounted=_is_accounted(scenario, plan),
        served=len(travelling),
        own_ticket=int((status == OWN_TICKET).sum()),
        unserved=int((status == UNSERVED).sum()),
        hopeless=int(hopeless.sum()),
        batches=len(plan.batches),
        trips=count_classes(plan),
        people=people,
        coaches=len(plan.duties),
        carriages=sum(run.carriages for run in plan.service_runs),
        seats_taken=sum(trip.load for trip in plan.trips),
        seats_offered=sum(trip.capacity for trip in plan.trips),
        latest_arrival_min=int(travelling["arrive_min"].max()) if len(travelling) else None,
        gap_minor=None if bound is None else plan.costs.total_minor - bound,
    )


def _is_accounted(scenario: Scenario, plan: Plan) -> bool:
    ids, roster = plan.outcomes["worker_id"], scenario.workers["worker_id"]
    if len(ids) != len(roster) or not ids.is_unique or not roster.is_unique:
        return False
    known = {ITINERARY, OWN_TICKET, UNSERVED}
    return bool((find_workers(scenario, plan) >= 0).all()) and set(plan.outcomes["status"].unique()) <= known


def gap_in_words(gap_minor: int | None, currency: str, lang: Lang) -> str:
    """The gap as a sentence, e.g. ``cash plus penalties could fall by at most 12,300.00 CNY``."""
    if gap_minor is None:
        return word("no_bound", lang)
    if gap_minor <= 0:
        return word("gap_zero", lang)
    return word("gap_words", lang).format(amount=format_money(gap_minor, currency))


def percent_text(ratio: float | None) -> str:
    """``1.23 %``; a dash where there is no ratio."""
    return "–" if ratio is None else f"{100 * ratio:.2f} %"
