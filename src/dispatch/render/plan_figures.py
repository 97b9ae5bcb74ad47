"""Figures of a plan that pages print: counts, money in words, and the plan's figure beside a reported one.

Everything is read or added up from the plan; nothing is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.messages import Lang, word
from dispatch.model.plan import HOPELESS, Plan
from dispatch.model.scenario import ReportedFigure, Scenario
from dispatch.model.supply import Mode
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
    ids = plan.outcomes["worker_id"]
    known = {ITINERARY, OWN_TICKET, UNSERVED}
    same = set(ids) == set(scenario.workers["worker_id"])
    return (
        same
        and bool(ids.is_unique)
        and len(ids) == len(scenario.workers)
        and set(plan.outcomes["status"]) <= known
    )


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


#: Keys of reported figures that mean one of the plan's; other keys have no like figure.
_LIKE = {
    "workers": "served", "people": "served", "persons": "served", "passengers": "served", "served": "served",
    "roster": "roster", "batches": "batches", "trips": "trips", "coaches": "coaches", "buses": "coaches",
    "vehicles": "coaches", "bus_trips": "bus", "coach_trips": "bus", "trains": "train", "train_trips": "train",
    "aircraft": "charter", "flights": "charter", "charters": "charter", "charter_trips": "charter",
    "feeders": "feeder", "last_miles": "last_mile", "carriages": "carriages", "own_tickets": "own_ticket",
    "own_ticket": "own_ticket", "unserved": "unserved", "employers": "employers", "sites": "sites",
    "bus_people": "bus_people", "train_people": "train_people", "charter_people": "charter_people",
}  # fmt: skip


def find_plan_figure(fact: ReportedFigure, scenario: Scenario, plan: Plan, figures: Figures) -> str | None:
    """The plan's figure that a reported one is to be compared with; None when there is none of the same kind.

    A key may be limited to one destination area, by its id or name: ``workers@320500``, ``coaches@杭州市``.
    """
    key, _, area = fact.key.strip().lower().partition("@")
    like = _LIKE.get(key)
    if like is None:
        return None
    if area:
        return _find_area_figure(like, fact.key.strip().partition("@")[2], scenario, plan)
    values = {
        "served": figures.served, "roster": figures.roster, "batches": figures.batches, "trips": figures.all_trips,
        "coaches": figures.coaches, "carriages": figures.carriages, "own_ticket": figures.own_ticket,
        "unserved": figures.unserved, **figures.trips, **{f"{k}_people": n for k, n in figures.people.items()},
    }  # fmt: skip
    if like in ("employers", "sites"):
        return f"{_count_receivers(scenario, plan, like):,}"
    return f"{values[like]:,}"


def _find_area_figure(like: str, area: str, scenario: Scenario, plan: Plan) -> str | None:
    regions = scenario.geography.regions
    ids = {area} | {region.id for region in regions.values() if region.name == area}
    batches = [batch for batch in plan.batches if batch.destination_area in ids]
    trips = {trip_id for batch in batches for trip_id in batch.trip_ids}
    chosen = [trip for trip in plan.trips if trip.id in trips]
    if like == "served":
        return f"{sum(batch.workers for batch in batches):,}"
    if like == "batches":
        return f"{len(batches):,}"
    if like == "coaches":
        return f"{len({trip.duty_id for trip in chosen if trip.duty_id}):,}"
    if like == "trips":
        return f"{len(chosen):,}"
    if like in (Mode.BUS, Mode.TRAIN, Mode.CHARTER):
        return f"{sum(class_of(trip) == like for trip in chosen):,}"
    return None


def _count_receivers(scenario: Scenario, plan: Plan, like: str) -> int:
    travelling = set(plan.outcomes.loc[plan.outcomes["status"] == ITINERARY, "worker_id"])
    workers = scenario.workers
    sites = set(workers.loc[workers["worker_id"].isin(travelling), "site_id"]) - {""}
    known = [scenario.geography.sites[site] for site in sites if site in scenario.geography.sites]
    return len({site.employer for site in known}) if like == "employers" else len(known)
