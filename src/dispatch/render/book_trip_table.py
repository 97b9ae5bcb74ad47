"""Table of all trips in the plan book: searchable, with links to each trip's papers and its place on the map."""

from __future__ import annotations

from dispatch.messages import Lang, word
from dispatch.model.plan import Plan, Trip
from dispatch.model.scenario import Scenario
from dispatch.render.book_chips import class_chip, filter_box
from dispatch.render.book_markup import Cell, Html, join, link, make_section, make_table, note, tag
from dispatch.render.book_sums import render_trip_sums
from dispatch.render.manifest_links import Papers, address_of
from dispatch.render.map_payload import name_vehicles
from dispatch.render.place_names import marked_name
from dispatch.render.safe_text import anchor_of, encode_segment
from dispatch.render.scale import is_listed, say_not_printed
from dispatch.render.trip_classes import date_text
from dispatch.units import clock_text

_HEADS = (
    "trip_id",
    "mode",
    "origin",
    "destination",
    "stops",
    "depart",
    "arrive",
    "load_capacity",
    "km",
    "vehicle",
    "manifest",
)


def render_trips(scenario: Scenario, plan: Plan, lang: Lang, papers: Papers) -> Html:
    """Section with one row per trip; ``papers``: what to link to of each, perhaps nothing. Of a plan too large, sums."""
    missing = "" if papers else say_not_printed(plan, lang)
    said = note(missing) if missing else ""
    if not is_listed(plan):
        return make_section("trips", "trips_table", lang, said, render_trip_sums(scenario, plan, lang))
    vehicles = name_vehicles(scenario, plan)
    rows = [_row(scenario, plan, trip, vehicles[trip.id], lang, papers) for trip in plan.trips]
    heads = [word(key, lang) for key in (_HEADS if papers else _HEADS[:-1])]
    table = make_table(heads, rows, numeric=(4, 7, 8), css="trips", ident="trips-table")
    return make_section("trips", "trips_table", lang, said, filter_box("trips-table", lang), table)


def _row(scenario: Scenario, plan: Plan, trip: Trip, vehicle: str, lang: Lang, papers: Papers) -> list[Cell]:
    first, last = trip.stops[0], trip.stops[-1]
    on_map = link(f"map.html#trip={encode_segment(trip.id)}", trip.id)
    cells: list[Cell] = [
        tag("span", on_map, ident=anchor_of("trip-", trip.id)),
        class_chip(trip, lang),
        marked_name(scenario, plan, first.place_id),
        marked_name(scenario, plan, last.place_id),
        len(trip.stops),
        f"{date_text(scenario.first_date, first.depart_min)} {clock_text(first.depart_min)}",
        f"{date_text(scenario.first_date, last.arrive_min)[5:]} {clock_text(last.arrive_min)}",
        f"{trip.load} / {trip.capacity}",
        f"{trip.km_tenths / 10:,.1f}" if trip.km_tenths else "",
        vehicle,
    ]
    return [*cells, _link_papers(trip, lang, papers)] if papers else cells


def _link_papers(trip: Trip, lang: Lang, papers: Papers) -> Html:
    """Links to the papers; the first language's word shown, every language in the tooltip."""
    shown: Lang = "en" if lang == "en" else "zh"
    links = [
        Html(
            str(link(address_of(trip.id, ending), word(key, shown))).replace(
                "<a ", f'<a title="{word(key, lang)}" ', 1
            )
        )
        for ending, key in papers
    ]
    return join(links, " ")
