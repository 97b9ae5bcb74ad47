"""Scenario from a checked document and its typed tables: geography first, then people, then supply."""

from __future__ import annotations

from decimal import Decimal

from dispatch.files.assumed import Default, make_assumptions
from dispatch.files.atlas import Atlas
from dispatch.files.document import ScenarioDocument
from dispatch.files.fleet_rows import (
    SupplyContext,
    make_default_fleet,
    make_fleet,
    make_vehicle_types,
    read_defaults,
)
from dispatch.files.geography_rows import add_places, add_regions, add_sites, check_entry_rules, check_sites
from dispatch.files.people_rows import make_facts, make_health, make_locks, make_payers, make_stated_defaults
from dispatch.files.report import Report, say_near_misses
from dispatch.files.roster import RosterContext, make_workers
from dispatch.files.scenario_yaml import LimitsMirror, RatesMirror
from dispatch.files.service_rows import make_services
from dispatch.files.service_stops import ServiceContext
from dispatch.files.supply_rows import make_crew, make_terminals, make_travel
from dispatch.files.typed import TypedTable, check_references
from dispatch.files.values import Unreadable
from dispatch.findings import Where
from dispatch.model.geography import Geography
from dispatch.model.policy import Policy
from dispatch.model.resolver import PlaceResolver
from dispatch.model.scenario import Limits, LockKind, OwnTicketTariff, Rates, Scenario
from dispatch.model.supply import FleetLine, VehicleType
from dispatch.units import minor_from_decimal

_ALL_CLASSES = ("default", "ordinary", "其他", "默认")


def assemble_scenario(
    document: ScenarioDocument,
    tables: dict[str, TypedTable],
    policy: Policy,
    resolver: PlaceResolver,
    report: Report,
) -> Scenario:
    """Scenario of the rows without errors; what is wrong goes to ``report``."""
    mirror = document.mirror
    first, last = mirror.horizon.from_, mirror.horizon.to
    atlas = Atlas(resolver, mirror.origin)
    add_regions(tables["regions"], atlas, report)
    check_entry_rules(tables["regions"], set(policy.entry_rules), report)
    add_places(tables["places"], atlas, report)
    supply = SupplyContext(atlas=atlas, first=first, last=last)
    terminals = make_terminals(tables["terminals"], supply, report)
    sites = add_sites(tables["sites"], atlas, first, report)
    check_sites(tables["sites"], sites, last, report)
    site_ids = set(tables["sites"].frame["site_id"])
    roster = RosterContext(atlas=atlas, sites=sites, site_ids=site_ids, first=first, last=last)
    payers = make_payers(tables["payers"], report)
    groups = {payer.group_id for payer in payers}
    check_references(
        tables["workers"], "payer", groups, set(tables["payers"].frame["payer_id"]), "payer", report
    )
    workers = make_workers(tables["workers"], roster, report)
    worker_ids, seen = workers["worker_id"], tables["workers"].frame["worker_id"]
    types = make_vehicle_types(tables["vehicle_types"], report)
    given = mirror.fleet is not None or bool(tables["fleet"].raw.file)
    fleet = (
        make_fleet(tables["fleet"], set(types), supply, report)
        if given
        else make_default_fleet(workers, atlas)
    )
    services = make_services(tables["services"], tables["service_stops"], ServiceContext(
        places=atlas.places, terminals=terminals, zones=_find_zones(tables["terminals"], report),
        first=first, last=last, time_zone=mirror.time_zone,
    ), report)  # fmt: skip
    fleet_ids = {line.id for line in fleet}
    crew = make_crew(tables["crew"], fleet_ids, supply, report)
    travel = make_travel(tables["travel"], sites, supply, report)
    health = make_health(tables["health"], worker_ids, seen, report)
    values = {LockKind.SERVICE: {service.id for service in services}, LockKind.FLEET: fleet_ids}
    locks = make_locks(tables["locks"], worker_ids, seen, values, report)
    used_types = _choose_types(types, fleet, tables["vehicle_types"], atlas)
    _check_document_rest(document, tables, workers_count=len(workers), fleet=fleet, report=report)
    stated = make_stated_defaults(tables["assumed"], mirror.name)
    geography = Geography(places=atlas.places, regions=atlas.regions, sites=sites)
    return Scenario(
        name=mirror.name,
        title=mirror.title or mirror.name,
        first_date=first,
        last_date=last,
        time_zone=mirror.time_zone,
        currency=mirror.currency,
        geography=geography,
        policy=policy,
        rates=make_rates(mirror.rates),
        limits=_make_limits(mirror.limits, document, report),
        workers=workers,
        health=health,
        travel=travel,
        vehicle_types=used_types,
        fleet=fleet,
        terminals=terminals,
        services=services,
        crew=crew,
        payers=payers,
        locks=locks,
        assumptions=make_assumptions(atlas.defaults + stated, workers, geography),
        facts=make_facts(tables["facts"]),
        propose_modes=tuple(mirror.propose_services),
        notes=mirror.notes,
    )


def make_rates(mirror: RatesMirror) -> Rates:
    """Rates in minor units; the class ``default`` is the one of everybody not named."""
    ticket = mirror.own_ticket
    unserved = {
        "" if name.lower() in _ALL_CLASSES else name: minor_from_decimal(amount)
        for name, amount in mirror.unserved.items()
    }
    return Rates(
        lateness_day_minor=minor_from_decimal(mirror.lateness_per_worker_day),
        ride_h_minor=minor_from_decimal(mirror.ride_per_worker_h),
        exposure_h_minor=minor_from_decimal(mirror.exposure_per_pair_h),
        allowance_day_minor=minor_from_decimal(mirror.allowance_per_worker_day),
        unserved_minor=unserved,
        own_ticket=OwnTicketTariff(
            fixed_minor=minor_from_decimal(ticket.fixed), km_minor=minor_from_decimal(ticket.per_km)
        )
        if ticket
        else None,
    )


def _make_limits(mirror: LimitsMirror, document: ScenarioDocument, report: Report) -> Limits:
    values = mirror.model_dump()
    values.pop("pull_out_from")
    try:
        pull_out = mirror.get_pull_out_min()
    except Unreadable as error:
        report.add(error.code, f"pull_out_from: {error}", document.find_where("limits", "pull_out_from"))
        pull_out = Limits().pull_out_from_min
    return Limits(pull_out_from_min=pull_out, **values)


def _find_zones(table: TypedTable, report: Report) -> dict[str, str]:
    from zoneinfo import available_timezones

    zones = {}
    known = available_timezones() if (table.frame["time_zone"] != "").any() else set()
    for row, cells in table.iterate_good():
        if cells["time_zone"] and cells["time_zone"] not in known:
            hint = say_near_misses(cells["time_zone"], known)
            report.note_rows(
                "E128",
                table.raw,
                [row],
                "time_zone",
                f"There is no time zone '{cells['time_zone']}'.{hint}",
            )
        elif cells["time_zone"]:
            zones[cells["terminal_id"]] = cells["time_zone"]
    return zones


def _choose_types(
    types: dict[str, VehicleType], fleet: tuple[FleetLine, ...], table: TypedTable, atlas: Atlas
) -> dict[str, VehicleType]:
    """The scenario's own types and the built-in ones its fleet uses; the latter are assumed."""
    own = set(table.frame["type_id"])
    used = {line.type_id for line in fleet}
    for type_id in sorted(used - own):
        kind = types[type_id]
        atlas.defaults.append(
            Default(
                subject=type_id,
                what="vehicle type",
                value=f"{kind.approved} approved persons",
                table="vehicle_types",
            )
        )
    return {key: kind for key, kind in types.items() if key in own or key in used}


def _check_document_rest(
    document: ScenarioDocument,
    tables: dict[str, TypedTable],
    *,
    workers_count: int,
    fleet: tuple[FleetLine, ...],
    report: Report,
) -> None:
    """Warnings about the scenario as a whole: empty roster, classes without a penalty, foreign default prices."""
    table = tables["workers"]
    if (
        not workers_count
        and not len(table.frame)
        and (document.mirror.workers is not None or document.sheets)
    ):
        report.add(
            "W212",
            "The roster holds no worker.",
            Where(file=table.raw.file or document.document.file, field="workers"),
        )
    named = set(document.mirror.rates.unserved)
    if named and not named & set(_ALL_CLASSES) and "" not in named:
        unknown = sorted(set(table.frame["class"].unique()) - named - {""})
        for name in unknown:
            where = document.find_where("rates", "unserved")
            report.add(
                "W214", f"Class '{name}' is not in rates.unserved.{say_near_misses(name, named)}", where
            )
    elif named:
        for name in sorted(set(table.frame["class"].unique()) - named - {""}):
            hint = say_near_misses(name, named)
            if hint:
                report.add(
                    "W214",
                    f"Class '{name}' is not in rates.unserved.{hint}",
                    document.find_where("rates", "unserved"),
                )
    default_prices = [line for line in fleet if line.assumed]
    currency = read_defaults()["currency"]
    if (
        default_prices
        and document.mirror.currency != currency
        and any(_has_default_price(line) for line in fleet)
    ):
        report.add(
            "W215", f"Fleet prices are assumed in {currency}, the scenario counts in {document.mirror.currency}.",
            document.find_where("currency"),
        )  # fmt: skip


def _has_default_price(line: FleetLine) -> bool:
    rate = read_defaults()["tariff"]["day_rate"]
    return line.assumed and line.tariff.day_minor == minor_from_decimal(Decimal(str(rate)))
