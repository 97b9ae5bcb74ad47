"""Sums that stand in the plan book of a province instead of tens of thousands of trips and batches."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from dispatch.messages import Lang, word
from dispatch.model.plan import Batch, Plan, Trip
from dispatch.model.scenario import Scenario
from dispatch.render.book_chips import class_chip, filter_box
from dispatch.render.book_markup import Cell, Html, disclose, join, link, make_table, note
from dispatch.render.map_payload import name_area
from dispatch.render.scale import SUMS_LISTED, cut_rows
from dispatch.render.trip_classes import MAIN_ROLES, class_of, date_text, service_day
from dispatch.units import DAY_MIN


@dataclass(slots=True)
class _TripSum:
    """Trips of one class from one county on one date; ``sample`` is one of them."""

    sample: Trip
    trips: int = 0
    people: int = 0
    seats: int = 0
    full_km_tenths: int = 0


def render_trip_sums(scenario: Scenario, plan: Plan, lang: Lang) -> Html:
    """Trips added up by county of the first stop, service date and class; every trip stands in ``trips.csv``."""
    sums: dict[tuple[str, int, str], _TripSum] = {}
    for trip in plan.trips:
        key = (_county_name(scenario, plan, trip), service_day(trip), class_of(trip))
        one = sums.setdefault(key, _TripSum(trip))
        one.trips += 1
        one.people += trip.load
        one.seats += trip.capacity
        one.full_km_tenths += trip.km_tenths
    rows = [_sum_row(scenario, key, one, lang) for key, one in sorted(sums.items(), key=lambda item: item[0])]
    heads = [
        word(key, lang)
        for key in ("origin_county", "date", "mode", "trips", "people", "capacity", "seat_fill", "km")
    ]
    shown, left = cut_rows(rows, SUMS_LISTED, "trips.csv", lang)
    table = make_table(heads, shown, numeric=(3, 4, 5, 6, 7), ident="trips-table")
    said = join(
        [
            word("trips_added_up", lang).format(count=f"{len(plan.trips):,}"),
            " ",
            link("trips.csv", "trips.csv"),
        ]
    )
    return join([note(said), filter_box("trips-table", lang), table, note(left) if left else ""])


def _county_name(scenario: Scenario, plan: Plan, trip: Trip) -> str:
    place_id = trip.stops[0].place_id
    place = scenario.geography.places.get(place_id)
    region = scenario.geography.regions.get(place.region_id) if place else None
    if region is not None:
        return region.name
    point = plan.points.get(place_id)
    return point.region_name if point else place_id


def _sum_row(scenario: Scenario, key: tuple[str, int, str], one: _TripSum, lang: Lang) -> list[Cell]:
    county, day, _ = key
    return [
        county,
        date_text(scenario.first_date, day * DAY_MIN),
        class_chip(one.sample, lang),
        one.trips,
        one.people,
        one.seats,
        f"{100 * one.people / one.seats:.0f} %" if one.seats else "",
        f"{one.full_km_tenths / 10:,.0f}" if one.full_km_tenths else "",
    ]


def render_batch_sums(scenario: Scenario, plan: Plan, lang: Lang) -> Html:
    """Batches added up by origin county, destination area and mode, most people first."""
    groups: dict[tuple[str, str, str], list[Batch]] = defaultdict(list)
    for batch in plan.batches:
        groups[batch.origin_region_id, batch.destination_area, batch.mode].append(batch)
    trips = _count_main_trips(plan)
    rows = [_batch_row(scenario, batches, trips, lang) for _, batches in sorted(groups.items())]
    rows.sort(key=lambda row: -int(str(row[5])))
    keys = ("origin_county", "destination_area", "mode", "dates", "batches", "people", "trips")
    shown, left = cut_rows(rows, SUMS_LISTED, "outcomes.csv", lang)
    table = make_table([word(key, lang) for key in keys], shown, numeric=(4, 5, 6), ident="batches-table")
    said = word("batches_added_up", lang).format(count=f"{len(plan.batches):,}")
    content = join([filter_box("batches-table", lang), table, note(left) if left else ""])
    return join([note(said), disclose(f"{word('show_all', lang)} ({len(rows):,})", content)])


def _count_main_trips(plan: Plan) -> dict[str, int]:
    """Direct coaches and line-hauls by batch."""
    counts: dict[str, int] = defaultdict(int)
    for trip in plan.trips:
        if trip.role in MAIN_ROLES:
            for batch_id in trip.batch_ids:
                counts[batch_id] += 1
    return counts


def _batch_row(scenario: Scenario, batches: list[Batch], trips: dict[str, int], lang: Lang) -> list[Cell]:
    first = batches[0]
    region = scenario.geography.regions.get(first.origin_region_id)
    days = sorted({date_text(scenario.first_date, batch.service_date_min) for batch in batches})
    return [
        region.name if region else first.origin_region_id,
        name_area(scenario, first.destination_area),
        word(first.mode, lang),
        days[0] if len(days) == 1 else f"{days[0]} – {days[-1][5:]}",
        len(batches),
        sum(batch.workers for batch in batches),
        sum(trips.get(batch.id, 0) for batch in batches),
    ]
