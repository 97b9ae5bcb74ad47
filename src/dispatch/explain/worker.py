"""One worker's story, read from a plan: the journey with times and seats, or why there is none and what would mend it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from dispatch.clearance.windows import make_clearance
from dispatch.explain.changes import tell_changes
from dispatch.model.plan import ModePrice, Plan, Reason, Role, Trip
from dispatch.model.scenario import Scenario
from dispatch.units import clock_text, date_of_min, format_money

_ROLES = {
    Role.DIRECT: "coach to the gate",
    Role.FEEDER: "coach to the terminal",
    Role.LAST_MILE: "coach from the terminal to the gate",
}

#: Reasons that no coach, seat or date mends.
_BEYOND_SUPPLY = frozenset(
    reason.value
    for reason in (
        Reason.NOT_CLEARED,
        Reason.UNKNOWN_PLACE,
        Reason.SEEKING,
        Reason.PARTY_INCOMPLETE,
        Reason.LOCK,
        Reason.BUDGET,
    )
)


def tell_worker(scenario: Scenario, plan: Plan, worker_id: str) -> list[str]:
    """Lines about one worker: who, what was wanted, what was cleared, then the journey or the reason for none.

    Documents and phones never appear. Raises ``KeyError`` when the plan has no such worker.
    """
    worker = _get_row(scenario.workers, worker_id)
    outcome = _get_row(plan.outcomes, worker_id)
    lines = [
        *_tell_person(scenario, worker),
        *_tell_party(scenario, plan, worker),
        *_tell_clearance(scenario, worker_id),
    ]
    if outcome["status"] == "itinerary":
        lines += _tell_journey(scenario, plan, worker_id, outcome)
        if outcome["lateness_days"]:
            lines += tell_changes(scenario, plan, worker_id, on_time=True)
    elif outcome["status"] == "own_ticket":
        lines.append("Travels with an own ticket, which is paid for; no seat is kept in our vehicles.")
    else:
        lines += _tell_unserved(scenario, plan, worker_id, outcome)
        if str(outcome["reason"]) not in _BEYOND_SUPPLY:
            lines += tell_changes(scenario, plan, worker_id, on_time=False)
    return [*lines, *_tell_prices(scenario, plan, worker)]


def _get_row(frame: pd.DataFrame, worker_id: str) -> pd.Series:
    rows = frame[frame["worker_id"] == worker_id]
    if rows.empty:
        raise KeyError(worker_id)
    return rows.iloc[0]


def _tell_person(scenario: Scenario, worker: pd.Series) -> Iterator[str]:
    site = scenario.geography.sites.get(worker["site_id"])
    gate = _name_site(scenario, worker)
    if site is not None and site.employer not in ("", site.name):
        gate = f"{site.name} ({site.employer})"
    yield f"{worker['worker_id']} {worker['name']}: {_name_place(scenario, worker['boarding_place_id'])} → {gate}"
    wanted = f"Wants to leave {_days(worker['earliest_date'], worker['latest_date'])}"
    if worker["preferred_date"] != worker["earliest_date"]:
        wanted += f", best {_day(worker['preferred_date'])}"
    if not pd.isna(worker["required_on_post_date"]):
        wanted += f", must be there by {_day(worker['required_on_post_date'])}"
    yield f"{wanted}, by {worker['modes'].replace('|', ', ') or 'any mode'}."


def _name_site(scenario: Scenario, worker: pd.Series) -> str:
    site = scenario.geography.sites.get(worker["site_id"])
    return site.name if site is not None else (str(worker["site_id"]) or "no site yet")


def _tell_party(scenario: Scenario, plan: Plan, worker: pd.Series) -> Iterator[str]:
    workers = scenario.workers
    party = workers[
        (workers["party_id"] == worker["party_id"]) & (workers["worker_id"] != worker["worker_id"])
    ]
    if party.empty:
        return
    ids = [*party["worker_id"], worker["worker_id"]]
    outcomes = plan.outcomes[plan.outcomes["worker_id"].isin(ids)]
    status = dict(zip(outcomes["worker_id"], outcomes["status"], strict=True))
    together = status[worker["worker_id"]]
    names = [
        f"{one} {name}" + ("" if status[one] == together else " (does not go along)")
        for one, name in zip(party["worker_id"], party["name"], strict=True)
    ]
    yield f"In one party with {', '.join(names)}."


def _tell_clearance(scenario: Scenario, worker_id: str) -> Iterator[str]:
    alone = scenario.replace(
        workers=scenario.workers[scenario.workers["worker_id"] == worker_id].reset_index(drop=True),
        health=scenario.health[scenario.health["worker_id"] == worker_id].reset_index(drop=True),
    )
    row = _get_row(make_clearance(alone), worker_id)
    if row["status"] != "cleared":
        missing = str(row["missing"]).replace(": ", ", ")
        yield f"Not cleared under the rule {row['rule'] or 'in force'}. Missing: {missing}."
        return
    span = [f"from {_day(row['valid_from'])}"] if not pd.isna(row["valid_from"]) else []
    span += [f"until {_day(row['valid_until'])}"] if not pd.isna(row["valid_until"]) else []
    if row["rule"]:
        yield f"Cleared {' '.join(span) or 'without limit'} under the rule {row['rule']}."


def _tell_journey(scenario: Scenario, plan: Plan, worker_id: str, outcome: pd.Series) -> Iterator[str]:
    trips = {trip.id: trip for trip in plan.trips}
    rides = plan.rides[plan.rides["worker_id"] == worker_id].sort_values("leg")
    late = f", {outcome['lateness_days']} days after the best date" if outcome["lateness_days"] else ""
    yield f"Goes on {_day(outcome['service_date'])} by {outcome['mode']} in batch {outcome['batch_id']}{late}."
    for ride in rides.itertuples():
        trip = trips[str(ride.trip_id)]
        board, alight = trip.stops[int(str(ride.board_stop))], trip.stops[int(str(ride.alight_stop))]
        seat = f"carriage {ride.carriage!s}, seat {ride.seat!s}" if ride.carriage else f"seat {ride.seat!s}"
        yield (
            f"  {_moment(scenario, board.arrive_min)} board {trip.id} at {_name_point(plan, board.place_id)}"
            f" ({_describe(scenario, plan, trip)}; {seat}; leaves {clock_text(board.depart_min)})"
        )
        yield f"  {_moment(scenario, alight.arrive_min)} arrive at {_name_point(plan, alight.place_id)}"
    yield f"At the gate {_moment(scenario, int(outcome['arrive_min']))}."


def _describe(scenario: Scenario, plan: Plan, trip: Trip) -> str:
    if trip.service_id:
        services = {service.id: service for service in (*scenario.services, *plan.proposed_services)}
        service = services.get(trip.service_id)
        return f"{trip.mode.value} {service.name if service is not None else trip.service_id}"
    return (
        f"{_ROLES.get(trip.role, 'coach')}, duty {trip.duty_id}, {trip.load} of {trip.capacity} places taken"
    )


def _tell_unserved(scenario: Scenario, plan: Plan, worker_id: str, outcome: pd.Series) -> Iterator[str]:
    reason = str(outcome["reason"])
    detail = str(outcome["detail"]).replace(": ", ", ")
    yield f"No journey ({reason.replace('_', ' ')}): {detail or 'no more is known'}."
    if outcome["next_step"]:
        yield f"Next step: {str(outcome['next_step']).removesuffix('.')}."
    for remedy in plan.remedies:
        if worker_id in remedy.worker_ids:
            extra = (
                ""
                if remedy.extra_minor is None
                else f", changes the total by {format_money(remedy.extra_minor, scenario.currency)}"
            )
            sure = "confirmed by planning again" if remedy.confirmed else "not confirmed"
            yield f"Remedy: {remedy.change}{extra} ({sure})."


def _tell_prices(scenario: Scenario, plan: Plan, worker: pd.Series) -> Iterator[str]:
    price = _find_price(scenario, plan, worker)
    if price is not None:
        yield (
            f"Price a head on this route: {price.chosen.value} {format_money(price.chosen_minor_per_head, scenario.currency)},"
            f" {price.alternative.value} {format_money(price.switch_above_minor_per_head, scenario.currency)}."
        )


def _find_price(scenario: Scenario, plan: Plan, worker: pd.Series) -> ModePrice | None:
    geography = scenario.geography
    site = geography.sites.get(worker["site_id"])
    if (
        site is None
        or worker["boarding_place_id"] not in geography.places
        or site.place_id not in geography.places
    ):
        return None
    origin = geography.get_county(worker["boarding_place_id"])
    area = geography.get_destination_area(geography.get_county(site.place_id))
    fits = [p for p in plan.mode_prices if (p.origin_region_id, p.destination_area) == (origin, area)]
    return fits[0] if fits else None


def _name_place(scenario: Scenario, place_id: str) -> str:
    place = scenario.geography.places.get(place_id)
    return place.name if place is not None else (place_id or "unknown place")


def _name_point(plan: Plan, place_id: str) -> str:
    point = plan.points.get(place_id)
    return point.name if point is not None else place_id


def _moment(scenario: Scenario, at_min: int) -> str:
    return f"{date_of_min(scenario.first_date, at_min)} {clock_text(at_min)}"


def _days(first: object, last: object) -> str:
    return f"on {_day(first)}" if _day(first) == _day(last) else f"from {_day(first)} to {_day(last)}"


def _day(value: object) -> str:
    return pd.Timestamp(str(value)).date().isoformat()
