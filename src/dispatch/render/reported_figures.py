"""The plan's figure beside a reported one, where there is one of the same kind; different units are never compared."""

from __future__ import annotations

import pandas as pd

from dispatch.messages import Lang, word
from dispatch.model.lookup import find_workers
from dispatch.model.plan import Plan, Trip
from dispatch.model.scenario import ReportedFigure, Scenario
from dispatch.render.plan_figures import ITINERARY, Figures
from dispatch.render.trip_classes import CLASSES, MAIN_ROLES, class_of, date_text

#: Key of a reported figure -> count of the plan it is compared with.
_COUNTS = {
    "workers": "served", "people": "served", "persons": "served", "passengers": "served", "served": "served",
    "roster": "roster", "batches": "batches", "trips": "trips", "coaches": "coaches", "buses": "coaches",
    "vehicles": "coaches", "bus_trips": "bus", "coach_trips": "bus", "trains": "train", "train_trips": "train",
    "aircraft": "charter", "flights": "charter", "charters": "charter", "feeders": "feeder", "last_miles": "last_mile",
    "carriages": "carriages", "own_tickets": "own_ticket", "own_ticket": "own_ticket", "unserved": "unserved",
    "employers": "employers", "sites": "sites", "bus_people": "bus_people", "train_people": "train_people",
    "charter_people": "charter_people",
}  # fmt: skip


def find_plan_figure(
    fact: ReportedFigure, scenario: Scenario, plan: Plan, figures: Figures, lang: Lang = "both"
) -> str | None:
    """The plan's figure that a reported one is to be compared with; None when there is none of the same kind.

    Keys are those of counts (``people``, ``batches``, ``coaches`` …), ``modes``, ``date(s)``, ``train(s) by name``
    (``train``, ``services``), ``cap`` and ``per_employer``, or a priority class of the roster. A count may be limited to one
    destination area by its id or the beginning of its name: ``people@320500``, ``coaches_people@杭州``.
    """
    key, _, area = fact.key.strip().partition("@")
    key = key.lower()
    if area:
        return _find_area_figure(key, area, scenario, plan)
    if key in _COUNTS:
        return f"{_count(_COUNTS[key], scenario, plan, figures):,}"
    if key == "modes":
        used = [f"{word(c.word_key, lang)} {figures.trips[c.key]:,}" for c in CLASSES if figures.trips[c.key]]
        return "; ".join(used) or None
    if key in ("date", "dates"):
        return _dates(scenario, plan)
    if key in ("train", "services"):
        return _service_names(scenario, plan)
    if key == "cap":
        return (
            "; ".join(dict.fromkeys(rule.value for rule in plan.rules if rule.key == "load_cap_ratio"))
            or None
        )
    if key == "per_employer":
        employers = _count("employers", scenario, plan, figures)
        return f"{figures.served / employers:.2f}" if employers else None
    return _count_class(key, scenario, plan)


def _count(name: str, scenario: Scenario, plan: Plan, figures: Figures) -> int:
    if name in ("employers", "sites"):
        return _count_receivers(name, scenario, plan)
    values = {
        "served": figures.served, "roster": figures.roster, "batches": figures.batches, "trips": figures.all_trips,
        "coaches": figures.coaches, "carriages": figures.carriages, "own_ticket": figures.own_ticket,
        "unserved": figures.unserved, **figures.trips, **{f"{k}_people": n for k, n in figures.people.items()},
    }  # fmt: skip
    return values[name]


def _travelling(scenario: Scenario, plan: Plan) -> pd.DataFrame:
    """Rows of the roster of all who travel with us."""
    rows = find_workers(scenario, plan)[(plan.outcomes["status"] == ITINERARY).to_numpy()]
    return scenario.workers.iloc[rows[rows >= 0]]


def _count_receivers(name: str, scenario: Scenario, plan: Plan) -> int:
    ids = set(_travelling(scenario, plan)["site_id"].unique())
    sites = [site for site_id, site in scenario.geography.sites.items() if site_id in ids]
    return len({site.employer for site in sites}) if name == "employers" else len(sites)


def _count_class(key: str, scenario: Scenario, plan: Plan) -> str | None:
    known = {str(name) for name in scenario.workers["priority_class"].unique() if str(name).lower() == key}
    if not key or not known:
        return None
    counts = _travelling(scenario, plan)["priority_class"].value_counts()
    return f"{sum(int(counts.get(name, 0)) for name in known):,}"


def _dates(scenario: Scenario, plan: Plan) -> str | None:
    days = sorted(
        {date_text(scenario.first_date, t.service_date_min) for t in plan.trips if t.role in MAIN_ROLES}
    )
    return None if not days else days[0] if len(days) == 1 else f"{days[0]} – {days[-1]}"


def _service_names(scenario: Scenario, plan: Plan) -> str | None:
    services = {service.id: service for service in (*scenario.services, *plan.proposed_services)}
    ran = [services[run.service_id] for run in plan.service_runs if run.service_id in services]
    return ", ".join(dict.fromkeys(service.name or service.id for service in ran)) or None


def _find_area_figure(key: str, area: str, scenario: Scenario, plan: Plan) -> str | None:
    areas = _find_areas(area, scenario)
    batches = [batch for batch in plan.batches if batch.destination_area in areas]
    ids = {batch.id for batch in batches}
    trips = [trip for trip in plan.trips if ids.intersection(trip.batch_ids)]
    people, coaches = sum(batch.workers for batch in batches), _count_coaches(trips)
    if key == "coaches_people":
        return f"{coaches:,} / {people:,}"
    values = {
        "served": people, "batches": len(batches), "coaches": coaches, "trips": len(trips),
        **{c.key: sum(class_of(trip) == c.key for trip in trips) for c in CLASSES},
    }  # fmt: skip
    name = _COUNTS.get(key, "")
    return f"{values[name]:,}" if name in values else None


def _count_coaches(trips: list[Trip]) -> int:
    return len({trip.duty_id for trip in trips if trip.duty_id})


def _find_areas(text: str, scenario: Scenario) -> set[str]:
    """Destination areas of the regions with this id or a name that begins so; the text itself may be an area's id."""
    geography = scenario.geography
    exact = [r for r in geography.regions.values() if text in (r.id, r.name)]
    found = exact or [r for r in geography.regions.values() if r.name.startswith(text)]
    return {text} | {geography.get_destination_area(region.id) for region in found}
