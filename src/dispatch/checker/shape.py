"""C8, C13, C14: the shape of coach trips, where the coach may run, how many counties it gathers."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.checker.accuse import broken
from dispatch.checker.path import Path, find_path
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.plan import CoachDuty, Role, Trip


def check_shape(view: View) -> Iterator[Finding]:
    """Order and number of stops, counties, areas, detours, ride times and registered and local ends of each coach trip."""
    for duty in view.plan.duties:
        path = find_path(view, duty)
        limit = view.scenario.limits.max_trips_per_duty
        if len(duty.trip_ids) > limit:
            yield broken("C8", duty.id, f"The coach makes {len(duty.trip_ids)} trips; {limit} are allowed.")
        yield from _check_roles(view, duty)
        for trip in (view.trips[trip_id] for trip_id in duty.trip_ids):
            yield from _check_order(view, trip)
            yield from _check_regions(view, trip)
            yield from _check_registration(view, duty, trip)
            yield from _check_local(view, duty, trip)
            if not path.trouble:
                yield from _check_rides(view, trip, path)


def _check_roles(view: View, duty: CoachDuty) -> Iterator[Finding]:
    roles = [view.trips[trip_id].role for trip_id in duty.trip_ids]
    if len(set(roles)) > 1:
        yield broken("C8", duty.id, "The coach mixes direct, feeder and last-mile trips.")
    elif len(roles) > 1 and roles[0] is Role.DIRECT:
        yield broken("C8", duty.id, f"The coach makes {len(roles)} direct trips; one is allowed.")


def _check_order(view: View, trip: Trip) -> Iterator[Finding]:
    counts = view.count_at_stops(trip)
    pickups = [index for index, (up, _) in enumerate(counts) if up]
    drops = [index for index, (_, down) in enumerate(counts) if down]
    if pickups and drops and pickups[-1] >= drops[0]:
        yield broken("C8", trip.id, f"People board at stop {pickups[-1] + 1}, after the first alighting.")
    limits = view.scenario.limits
    for what, stops, limit in (
        ("pickups", pickups, limits.max_pickups),
        ("drop-offs", drops, limits.max_drop_offs),
    ):
        if limit is not None and len(stops) > limit:
            yield broken("C8", trip.id, f"The trip has {len(stops)} {what}; {limit} are allowed.")
    if trip.role is Role.FEEDER and len(drops) > 1:
        yield broken("C8", trip.id, f"The feeder serves {len(drops)} terminals; one was expected.")
    if trip.role is Role.LAST_MILE and len(pickups) > 1:
        yield broken(
            "C8", trip.id, f"The last-mile coach loads at {len(pickups)} terminals; one was expected."
        )


def _check_regions(view: View, trip: Trip) -> Iterator[Finding]:
    counts = view.count_at_stops(trip)
    stops = list(zip(trip.stops, counts, strict=True))
    counties = {view.county(stop.place_id) for stop, (up, _) in stops if up}
    areas = {view.area(view.county(stop.place_id)) for stop, (_, down) in stops if down}
    if trip.role is not Role.LAST_MILE and len(counties) > 1:
        groups = {view.pickup_group(county) for county in counties}
        date = view.date_of(trip.stops[0].arrive_min // 1440)
        most = view.law.number("max_origin_counties", date, "bus", 1)
        if len(groups) > 1:
            yield broken("C8", trip.id, f"Pickups lie in {_list(counties)}, which form no pickup group.")
        elif len(counties) > most:
            yield broken(
                "C14",
                trip.id,
                f"Pickups lie in {len(counties)} counties ({_list(counties)}); {most} allowed.",
            )
    if trip.role is not Role.FEEDER and len(areas) > 1:
        yield broken(
            "C8",
            trip.id,
            f"Drop-offs lie in {len(areas)} destination areas ({_list(areas)}); one was expected.",
        )


def _check_registration(view: View, duty: CoachDuty, trip: Trip) -> Iterator[Finding]:
    home = view.lines[duty.fleet_id].registered_region_id
    date = view.date_of(trip.stops[0].arrive_min // 1440)
    if not home or not view.law.flag("registered_end_required", date, "bus"):
        return
    ends = (trip.stops[0].place_id, trip.stops[-1].place_id)
    if not any(_lies_in(view, place_id, home) for place_id in ends):
        yield broken(
            "C13", trip.id, f"The coach is registered in {home}; neither end ({', '.join(ends)}) lies there."
        )


def _check_local(view: View, duty: CoachDuty, trip: Trip) -> Iterator[Finding]:
    if not view.lines[duty.fleet_id].local_only:
        return
    first, last = (view.prefecture(view.county(stop.place_id)) for stop in (trip.stops[0], trip.stops[-1]))
    if first != last:
        yield broken(
            "C13",
            trip.id,
            f"The coach is licensed for local trips only; this one runs from {first} to {last}.",
            "Use a coach of another line, or end the trip within the prefecture.",
        )


def _lies_in(view: View, place_id: str, region_id: str) -> bool:
    return region_id in view.ancestors(view.county(place_id))


def _check_rides(view: View, trip: Trip, path: Path) -> Iterator[Finding]:
    limits = view.scenario.limits
    minutes = [move.minutes for move in path.moves if move.trip_id == trip.id]
    pairs = sorted({(flow.board, flow.alight) for flow in view.flows_of(trip)})
    for board, alight in pairs:
        start, end = trip.stops[board], trip.stops[alight]
        aboard = end.arrive_min - start.depart_min
        if limits.max_ride_min is not None and aboard > limits.max_ride_min:
            yield broken(
                "C8",
                trip.id,
                f"People ride {aboard} min from {start.place_id}; {limits.max_ride_min} are allowed.",
            )
        if limits.max_detour_min is None or alight == board + 1:
            continue
        direct = view.roads.find_road(start.place_id, end.place_id)
        detour = sum(minutes[board:alight]) - direct.minutes_to
        if detour > limits.max_detour_min:
            yield broken(
                "C8",
                trip.id,
                f"The way from {start.place_id} to {end.place_id} is {detour} min longer than direct;"
                f" {limits.max_detour_min} are allowed.",
            )


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names))
