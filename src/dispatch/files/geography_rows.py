"""Rows of ``regions``, ``places`` and ``sites`` to the geography of a scenario."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from dispatch.files.assumed import Default
from dispatch.files.atlas import Atlas, PlaceWish, Trouble
from dispatch.files.report import Report
from dispatch.files.typed import TypedTable, check_references
from dispatch.model.geography import DatedEntryRule, DatedTier, PlaceKind, Region, Site, Tier


def add_regions(table: TypedTable, atlas: Atlas, report: Report) -> None:
    """Put the regions table on top of what the resolver knows: groups, dated tiers, dated entry rules."""
    _add_own_regions(table, atlas)
    for row, cells in table.iterate_good():
        found = atlas.find_region(cells["region"])
        if isinstance(found, Trouble):
            report_trouble(found, table, row, "region", report)
            continue
        region = atlas.regions[found]
        if cells["parent"]:
            parent = atlas.find_region(cells["parent"])
            if isinstance(parent, Trouble):
                report_trouble(parent, table, row, "parent", report)
            else:
                region = dataclasses.replace(region, parent_id=parent)
        atlas.add_own_region(_change_region(region, cells))


def _add_own_regions(table: TypedTable, atlas: Atlas) -> None:
    for _, cells in table.iterate_good():
        if cells["level"] and cells["region"] not in atlas.regions:
            name = cells["name"] or cells["region"]
            atlas.add_own_region(Region(id=cells["region"], name=name, level=cells["level"]))


def _change_region(region: Region, cells: dict[str, Any]) -> Region:
    since = cells["from"] or date.min
    changes: dict[str, Any] = {}
    if cells["tier"]:
        own = DatedTier(from_date=since, tier=Tier(cells["tier"]))
        kept = [dated for dated in region.tiers if dated.from_date != since]
        changes["tiers"] = tuple(sorted([*kept, own], key=lambda dated: dated.from_date))
    if cells["entry_rule"]:
        rule = DatedEntryRule(from_date=since, rule_name=cells["entry_rule"])
        rules = [dated for dated in region.entry_rules if dated.from_date != since]
        changes["entry_rules"] = tuple(sorted([*rules, rule], key=lambda dated: dated.from_date))
    for name in ("destination_area", "pickup_group"):
        if cells[name]:
            changes[name] = cells[name]
    return dataclasses.replace(region, **changes)


def check_entry_rules(table: TypedTable, known: set[str], report: Report) -> None:
    """Report entry rules that no profile of the scenario names."""
    check_references(table, "entry_rule", known, set(), "entry rule", report)


def add_places(table: TypedTable, atlas: Atlas, report: Report) -> None:
    """Keep the places of the places table, with boarding hours and assembly points."""
    for row, cells in table.iterate_good():
        wish = _wish_place(
            cells, cells["place_id"], PlaceKind(cells["kind"] or "village"), table, row, atlas, report
        )
        made = atlas.make_place(wish) if wish else None
        if isinstance(made, Trouble):
            report_trouble(made, table, row, "name", report)
        elif made:
            _set_hours(made, cells, table, row, atlas, report)
    bad = table.frame.loc[table.raw.rejected, ["place_id", "name"]].to_numpy().ravel()
    atlas.rejected_ids |= set(bad.tolist()) - {""} - set(atlas.places)
    for row, cells in table.iterate_good():
        if cells["assembly_place"] and cells["place_id"] in atlas.places:
            found = atlas.find_place(cells["assembly_place"], PlaceKind.ASSEMBLY, "places")
            if isinstance(found, Trouble):
                report_trouble(found, table, row, "assembly_place", report)
            else:
                atlas.change_place(cells["place_id"], assembly=found)


def _set_hours(
    place_id: str, cells: dict[str, Any], table: TypedTable, row: int, atlas: Atlas, report: Report
) -> None:
    place = atlas.places[place_id]
    begin = place.boards_from_min if cells["boards_from"] is None else int(cells["boards_from"])
    end = place.boards_until_min if cells["boards_until"] is None else int(cells["boards_until"])
    if begin >= end:
        report.note_rows("E131", table.raw, [row], "boards_from", "Boarding hours end before they begin.")
        atlas.drop_place(place_id)
        return
    atlas.places[place_id] = dataclasses.replace(place, boards_from_min=begin, boards_until_min=end)


def add_sites(table: TypedTable, atlas: Atlas, first: date, report: Report) -> dict[str, Site]:
    """Sites by id. A site without a place of its own gets the place ``site:<id>``."""
    sites = {}
    for row, cells in table.iterate_good():
        place_id = _find_site_place(cells, table, row, atlas, report)
        if place_id:
            sites[cells["site_id"]] = _make_site(cells, place_id, atlas, first)
    return sites


def _find_site_place(cells: dict[str, Any], table: TypedTable, row: int, atlas: Atlas, report: Report) -> str:
    if cells["lat"] is None and cells["place"] in atlas.places:
        return str(cells["place"])
    named = cells | {"name": cells["place"] or cells["name"], "precision": "", "source": "", "assumed": None}
    if cells["lat"] is None and cells["place"] and not cells["region"]:
        found = atlas.find_place(cells["place"], PlaceKind.SITE, "sites")
    else:
        wish = _wish_place(named, f"site:{cells['site_id']}", PlaceKind.SITE, table, row, atlas, report)
        if wish is None:
            return ""
        found = atlas.make_place(wish)
    if isinstance(found, Trouble):
        report_trouble(found, table, row, "place", report)
        return ""
    return found


def _make_site(cells: dict[str, Any], place_id: str, atlas: Atlas, first: date) -> Site:
    site_id = cells["site_id"]
    if cells["opens_on"] is None:
        value = first.isoformat()
        atlas.defaults.append(
            Default(
                subject=site_id, what="opening date", value=value, table="sites", touches="site", key=site_id
            )
        )
    return Site(
        id=site_id,
        name=cells["name"],
        employer=cells["employer"] or cells["name"],
        place_id=place_id,
        opens_on=cells["opens_on"] or first,
        accepted=cells["accepted"] is not False,
        receives_from_min=int(cells["receives_from"] or 0),
        receives_until_min=1440 if cells["receives_until"] is None else int(cells["receives_until"]),
        arrivals_per_day=cells["arrivals_per_day"],
        last_mile_by_receiver=bool(cells["last_mile_by_receiver"]),
        contact_name=cells["contact_name"],
        contact_phone=cells["contact_phone"],
    )


def check_sites(table: TypedTable, sites: dict[str, Site], last: date, report: Report) -> None:
    """Report sites that stay closed during the whole horizon; take out those with reversed receiving hours."""
    for row, cells in table.iterate_good():
        site = sites.get(cells["site_id"])
        if site is None:
            continue
        if site.receives_from_min >= site.receives_until_min:
            report.note_rows(
                "E131", table.raw, [row], "receives_from", "Receiving hours end before they begin."
            )
            del sites[site.id]
        elif not site.accepted:
            report.note_rows("W206", table.raw, [row], "accepted", f"Site '{site.id}' accepts nobody.")
        elif site.opens_on > last:
            report.note_rows(
                "W206",
                table.raw,
                [row],
                "opens_on",
                f"Site '{site.id}' opens on {site.opens_on}.",
            )


def _wish_place(
    cells: dict[str, Any],
    place_id: str,
    kind: PlaceKind,
    table: TypedTable,
    row: int,
    atlas: Atlas,
    report: Report,
) -> PlaceWish | None:
    region = ""
    if cells["region"]:
        found = atlas.find_region(cells["region"])
        if isinstance(found, Trouble):
            report_trouble(found, table, row, "region", report)
            return None
        region = found
    if (cells["lat"] is None) != (cells["lon"] is None):
        empty = "lat" if cells["lat"] is None else "lon"
        report.note_rows("E121", table.raw, [row], empty, "lat and lon must both be given, or neither.")
        return None
    return PlaceWish(
        id=place_id,
        name=cells["name"],
        kind=kind,
        table=table.raw.table,
        region=region,
        lat=None if cells["lat"] is None else float(cells["lat"]),
        lon=None if cells["lon"] is None else float(cells["lon"]),
        datum=cells["datum"] or "wgs84",
        precision=cells.get("precision", ""),
        source=cells.get("source", ""),
        assumed=bool(cells.get("assumed")),
    )


def wish_terminal(
    cells: dict[str, Any], table: TypedTable, row: int, atlas: Atlas, report: Report
) -> PlaceWish | None:
    """Wish for the place of a terminal row."""
    named = cells | {"name": cells["name"] or cells["terminal_id"]}
    return _wish_place(named, cells["terminal_id"], PlaceKind.TERMINAL, table, row, atlas, report)


def report_trouble(trouble: Trouble, table: TypedTable, row: int, column: str, report: Report) -> None:
    """Report why a place or region of a row could not be made."""
    report.note_rows(trouble.code, table.raw, [row], column, trouble.message)
