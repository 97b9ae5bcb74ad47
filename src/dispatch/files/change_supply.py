"""What-if changes of coaches and services: how many, how many seats, at which price."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from dispatch.errors import UsageError
from dispatch.files.change_text import Change, add_up, count_up, suggest
from dispatch.files.values import Unreadable, parse_date
from dispatch.model.resolver import PlaceResolver
from dispatch.model.scenario import Scenario
from dispatch.model.supply import CountOnDates, FleetLine, Service
from dispatch.units import format_money, minor_from_decimal

#: A number without dates holds this many days around the horizon, as in the fleet table.
MARGIN_DAYS = 31
_SERVICE_COUNTS = {"seats": "carriage_seats", "carriages": "max_carriages", "min_load": "min_load"}
_SERVICE_MONEY = {"fixed": "fixed_minor", "per_carriage": "carriage_minor", "per_seat": "seat_minor"}


def change_fleet(scenario: Scenario, change: Change, resolver: PlaceResolver) -> tuple[Scenario, str]:
    """Number of coaches of one line: ``fleet.<line>``, or ``fleet.<line, depot or region>.<vehicle type>``, perhaps ``@date``.

    ``@2020-03-03`` or ``@2020-03-03..2020-03-05`` limits the change to those dates. Raises ``UsageError`` where the path names
    no line or several.
    """
    path, _, dates = change.path.partition("@")
    line = _find_line(scenario, change, path, resolver)
    first, last = _read_dates(change, dates) if dates else (date.min, date.max)
    changed = _recount(scenario, line, change, first, last)
    fleet = tuple(changed if one.id == line.id else one for one in scenario.fleet)
    day = max(scenario.first_date, first) if dates else scenario.first_date
    before, after = (
        "unlimited" if one.find_available(day) is None else str(one.find_available(day))
        for one in (line, changed)
    )
    return scenario.replace(fleet=fleet), f"{line.id}: {before} → {after} coaches on {day}"


def _find_line(scenario: Scenario, change: Change, path: str, resolver: PlaceResolver) -> FleetLine:
    by_id = {line.id: line for line in scenario.fleet}
    if path in by_id:
        return by_id[path]
    who, _, kind = path.rpartition(".")
    owners = [line for line in scenario.fleet if _is_of(scenario, line, who, resolver)]
    if not owners:
        names = {line.depot_place_id for line in scenario.fleet} | set(by_id)
        raise UsageError(
            f"--set {change.text}: no depot, region or fleet line is called {who or path}.{suggest(who or path, names)}"
        )
    found = [line for line in owners if kind in (line.type_id, _name_type(scenario, line))]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(f"fleet.{line.id} ({line.type_id})" for line in (found or owners)[:12])
    trouble = "names several lines" if found else f"has no {kind}"
    raise UsageError(f"--set {change.text}: {who} {trouble}. Write one of: {listed}.")


def _name_type(scenario: Scenario, line: FleetLine) -> str:
    kind = scenario.vehicle_types.get(line.type_id)
    return kind.name if kind else line.type_id


def _is_of(scenario: Scenario, line: FleetLine, who: str, resolver: PlaceResolver) -> bool:
    """True where ``who`` is the line, its depot by id or name, or a region the depot lies in by id or name."""
    depot = scenario.geography.places[line.depot_place_id]
    if who in (line.id, depot.id, depot.name):
        return True
    found = resolver.find_name(who).region_id if who else ""
    regions = scenario.geography.get_ancestors(depot.region_id)
    return any(who in (region.id, region.name) or (found and found == region.id) for region in regions)


def _read_dates(change: Change, text: str) -> tuple[date, date]:
    first, _, last = text.partition("..")
    try:
        start = parse_date(first)
        end = parse_date(last) if last else start
    except Unreadable as error:
        raise UsageError(f"--set {change.text}: {error}") from error
    if end < start:
        raise UsageError(f"--set {change.text}: {text} is reversed.")
    return start, end


def _recount(scenario: Scenario, line: FleetLine, change: Change, first: date, last: date) -> FleetLine:
    """Line with a new number on each date from ``first`` to ``last``; dates on which it has no coach count as 0."""
    margin = timedelta(days=MARGIN_DAYS)
    start = min([scenario.first_date - margin, *(dated.from_date for dated in line.counts)])
    end = max([scenario.last_date + margin, *(dated.to_date for dated in line.counts)])
    days = [start + timedelta(days=k) for k in range((end - start).days + 1)]
    if not line.counts and (change.sign != "=" or first > start):
        raise UsageError(
            f"--set {change.text}: {line.id} is unlimited; write fleet.{line.id}=… to give it a number first."
        )
    counts = [
        sum(dated.count for dated in line.counts if dated.from_date <= day <= dated.to_date) for day in days
    ]
    inside = [k for k, day in enumerate(days) if first <= day <= last]
    if not inside:
        raise UsageError(f"--set {change.text}: these dates lie outside {start} to {end}.")
    most = max(counts[k] for k in inside)
    count_up(change, most)
    for k in inside:
        counts[k] = max(0, int(add_up(change, counts[k])))
    return dataclasses.replace(line, counts=_make_ranges(days, counts))


def _make_ranges(days: Sequence[date], counts: Sequence[int]) -> tuple[CountOnDates, ...]:
    """Ranges of equal numbers; ranges of 0 are kept, so that the line stays limited."""
    ranges: list[CountOnDates] = []
    for day, count in zip(days, counts, strict=True):
        if ranges and ranges[-1].count == count:
            ranges[-1] = dataclasses.replace(ranges[-1], to_date=day)
        else:
            ranges.append(CountOnDates(from_date=day, to_date=day, count=count))
    return tuple(ranges)


def change_services(scenario: Scenario, change: Change) -> tuple[Scenario, str]:
    """Seats, carriages or prices of a service on one date (``G-NJ@2020-03-01``) or on all of its dates (``G-NJ``)."""
    name, _, field = change.path.rpartition(".")
    known = {*_SERVICE_COUNTS, *_SERVICE_MONEY}
    if field not in known:
        raise UsageError(f"--set {change.text}: a service has no {field}.{suggest(field, known)}")
    found = [service for service in scenario.services if name in (service.id, service.id.split("@")[0])]
    if not found:
        ids = {service.id.split("@")[0] for service in scenario.services}
        raise UsageError(f"--set {change.text}: no service is called {name}.{suggest(name, ids)}")
    alter = _count_service if field in _SERVICE_COUNTS else _price_service
    made = {service.id: alter(service, change, field) for service in found}
    services = tuple(made[one.id][0] if one.id in made else one for one in scenario.services)
    dates = f" on {len(found)} dates" if len(found) > 1 else ""
    return scenario.replace(services=services), f"{name} {field}: {made[found[0].id][1]}{dates}"


def _count_service(service: Service, change: Change, field: str) -> tuple[Service, str]:
    name = _SERVICE_COUNTS[field]
    before = getattr(service, name)
    after = count_up(change, before)
    values: dict[str, int] = {name: after}
    if field == "carriages":
        if after < 1:
            raise UsageError(f"--set {change.text}: a service has at least one carriage.")
        values["min_carriages"] = min(service.min_carriages, after)
    alter: Callable[..., Service] = dataclasses.replace
    return alter(service, **values), f"{before} → {after}"


def _price_service(service: Service, change: Change, field: str) -> tuple[Service, str]:
    name = _SERVICE_MONEY[field]
    before = getattr(service, name)
    amount = add_up(change, Decimal(before) / 100)
    if isinstance(amount, bool) or not isinstance(amount, int | float | Decimal) or amount < 0:
        raise UsageError(f"--set {change.text}: {amount} is not an amount of money of at least 0.")
    after = minor_from_decimal(Decimal(str(amount)))
    alter: Callable[..., Service] = dataclasses.replace
    return alter(service, **{name: after}), f"{format_money(before)} → {format_money(after)}"
