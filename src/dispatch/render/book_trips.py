"""Trips in the plan book: by day and mode, itinerary of each batch, vehicles, the searchable table of trips."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta

from dispatch.messages import Lang, word
from dispatch.model.plan import Batch, Plan, Role, Trip
from dispatch.model.scenario import Scenario
from dispatch.render.book_chips import class_chip, filter_box
from dispatch.render.book_markup import Cell, Html, disclose, join, link, make_section, make_table, note, tag
from dispatch.render.book_sums import render_batch_sums
from dispatch.render.charts import Series, render_stacked_bars
from dispatch.render.map_payload import name_area
from dispatch.render.place_names import COARSE_SIGN, is_coarse, marked_name, public_name
from dispatch.render.safe_text import anchor_of
from dispatch.render.scale import PLACES_LISTED, cut_rows, is_listed
from dispatch.render.trip_classes import CLASSES, MAIN_ROLES, class_of, date_text, service_day
from dispatch.units import clock_text

_ORDER = {Role.FEEDER: 0, Role.DIRECT: 1, Role.LINE_HAUL: 1, Role.LAST_MILE: 2}
#: A longer table of batches is folded, so that the pages after it stay in sight.
_BATCHES_UNFOLDED = 30


def render_by_day(scenario: Scenario, plan: Plan, lang: Lang) -> Html:
    """Trips by day and class as chart and table; people by day, each counted once, likewise."""
    trips: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    people: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for trip in plan.trips:
        trips[service_day(trip)][class_of(trip)] += 1
        if trip.role in MAIN_ROLES:
            people[service_day(trip)][class_of(trip)] += trip.load
    parts = [
        _chart_and_table(scenario.first_date, trips, "trips", "by-day", lang),
        tag("h3", word("by_day_people", lang)),
        _chart_and_table(scenario.first_date, people, "people", "people-by-day", lang),
    ]
    return make_section("by-day", "by_day", lang, *parts)


def _chart_and_table(
    first: date, counts: dict[int, dict[str, int]], unit: str, ident: str, lang: Lang
) -> Html:
    days = list(range(min(counts), max(counts) + 1)) if counts else []
    dates = [first + timedelta(days=day) for day in days]
    used = [c for c in CLASSES if any(counts[day][c.key] for day in days)]
    series = [
        Series(name=word(c.word_key, lang), colour=c.colour, values=tuple(counts[day][c.key] for day in days))
        for c in used
    ]
    chart = render_stacked_bars(word(unit, lang), [f"{day:%m-%d}" for day in dates], series, f"chart-{ident}")
    heads = [word("date", lang), *(word(c.word_key, lang) for c in used), word("total", lang)]
    rows: list[list[Cell]] = []
    for day, one in zip(days, dates, strict=True):
        values = [counts[day][c.key] for c in used]
        rows.append([one.isoformat(), *values, sum(values)])
    total = [sum(counts[day][c.key] for day in days) for c in used]
    table = make_table(
        heads, rows, numeric=range(1, len(heads)), total=[word("total", lang), *total, sum(total)]
    )
    return tag("div", join([tag("div", Html(chart), css="figure"), table]), css="pair")


def render_batches(scenario: Scenario, plan: Plan, lang: Lang) -> Html:
    """Table of batches: from where to where, when, how many, and the chain of trips with stops and times.

    Of a plan too large for that, sums by corridor.
    """
    if not is_listed(plan):
        sums = render_batch_sums(scenario, plan, lang)
        return make_section("batches", "batch_itineraries", lang, sums, render_coarse(scenario, plan, lang))
    trips_of = _trips_by_batch(plan)
    keys = ("batch", "origin_county", "destination_area", "mode", "service_date", "people", "itinerary")
    rows = [_batch_row(scenario, plan, batch, trips_of[batch.id], lang) for batch in plan.batches]
    table = make_table(
        [word(key, lang) for key in keys], rows, numeric=(5,), css="batches", ident="batches-table"
    )
    content = join([filter_box("batches-table", lang), table])
    if len(rows) > _BATCHES_UNFOLDED:
        content = disclose(f"{word('show_all', lang)} ({len(rows):,})", content)
    return make_section("batches", "batch_itineraries", lang, content, render_coarse(scenario, plan, lang))


def _trips_by_batch(plan: Plan) -> dict[str, list[Trip]]:
    by_id = {trip.id: trip for trip in plan.trips}
    found: dict[str, dict[str, Trip]] = {batch.id: {} for batch in plan.batches}
    for batch in plan.batches:
        found[batch.id].update({trip_id: by_id[trip_id] for trip_id in batch.trip_ids if trip_id in by_id})
    for trip in plan.trips:
        for batch_id in trip.batch_ids:
            found.setdefault(batch_id, {})[trip.id] = trip
    return {
        batch_id: sorted(trips.values(), key=lambda t: (_ORDER[t.role], t.stops[0].arrive_min, t.id))
        for batch_id, trips in found.items()
    }


def _batch_row(scenario: Scenario, plan: Plan, batch: Batch, trips: list[Trip], lang: Lang) -> list[Cell]:
    region = scenario.geography.regions.get(batch.origin_region_id)
    lines = [tag("div", _itinerary_line(scenario, plan, trip, lang), css="leg") for trip in trips]
    return [
        tag("b", batch.id),
        region.name if region else batch.origin_region_id,
        name_area(scenario, batch.destination_area),
        word(batch.mode, lang),
        date_text(scenario.first_date, batch.service_date_min),
        batch.workers,
        join(lines),
    ]


def _itinerary_line(scenario: Scenario, plan: Plan, trip: Trip, lang: Lang) -> Html:
    """``T-001 coach: 谢村镇 07:00 +12 → … → 昆山 02-29 07:00 −15``; the date stands where it changes."""
    texts, last_day = [], None
    for stop in trip.stops:
        day = date_text(scenario.first_date, stop.arrive_min)
        heads = (f" +{stop.board}" if stop.board else "") + (f" −{stop.alight}" if stop.alight else "")
        moment = (
            clock_text(stop.arrive_min) if day == last_day else f"{day[5:]} {clock_text(stop.arrive_min)}"
        )
        texts.append(tag("span", f"{marked_name(scenario, plan, stop.place_id)} {moment}{heads}", css="stop"))
        last_day = day
    name = link("#" + anchor_of("trip-", trip.id), trip.id)
    return join([name, " ", class_chip(trip, lang), " ", join(texts, " → ")])


def render_coarse(scenario: Scenario, plan: Plan, lang: Lang) -> Html:
    """List of stops known only to the county, with the statement that no stop order is claimed there."""
    used = {stop.place_id for trip in plan.trips for stop in trip.stops}
    points = [plan.points[place_id] for place_id in sorted(used) if place_id in plan.points]
    coarse = [point for point in points if is_coarse(point)]
    if not coarse:
        return Html("")
    shown, left = cut_rows(coarse, PLACES_LISTED, "", lang)
    items = [
        tag(
            "li",
            join(
                [
                    public_name(scenario, point),
                    tag(
                        "span",
                        f" {point.region_name} · {word('precision_' + point.precision, lang)}",
                        css="faint",
                    ),
                ]
            ),
        )
        for point in shown
    ]
    head = tag("h3", f"{COARSE_SIGN} {word('coarse_places', lang)}")
    return tag(
        "div",
        join(
            [
                head,
                tag("p", word("coarse_note", lang)),
                tag("ul", join(items), css="columns"),
                note(left) if left else "",
            ]
        ),
        css="coarse",
        ident="coarse",
    )


def render_capacity_rules(plan: Plan, lang: Lang) -> Html:
    """Section of the rules that set capacities: seats, rule, and how many trips it bound."""
    counts = Counter((trip.capacity, trip.capacity_rule) for trip in plan.trips if trip.capacity_rule)
    if not counts:
        return Html("")
    rows = [
        (seats, rule, count)
        for (seats, rule), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    table = make_table([word(key, lang) for key in ("capacity", "rule", "trips")], rows, numeric=(0, 2))
    return make_section("capacity", "capacity_rules", lang, table)
