"""What a plan tells beyond its trips: requests to carriers, mode prices, rules in force, points, remedies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dispatch.batching.demand import Unit
from dispatch.batching.direct import DirectCosts
from dispatch.batching.solve import Solution
from dispatch.model.plan import CarrierRequest, GatePoint, ModePrice, Remedy, RuleInForce
from dispatch.model.policy import RuleValue
from dispatch.model.scenario import Scenario
from dispatch.model.supply import Mode, ServiceKind
from dispatch.planning.assembly import Assembled
from dispatch.planning.prepared import Prepared
from dispatch.planning.remedies import find_remedies
from dispatch.planning.variants import find_variants
from dispatch.units import DAY_MIN


@dataclass(frozen=True, kw_only=True)
class Story:
    """Everything the plan book tells beside trips, people and money."""

    remedies: tuple[Remedy, ...]
    requests: tuple[CarrierRequest, ...]
    mode_prices: tuple[ModePrice, ...]
    rules: tuple[RuleInForce, ...]
    points: Mapping[str, GatePoint]
    variants: tuple[tuple[str, str], ...]


def tell_story(ready: Prepared, solution: Solution, parts: Assembled, seed: int) -> Story:
    """Story of an assembled plan."""
    return Story(
        remedies=find_remedies(ready, solution),
        requests=list_requests(ready.scenario, parts),
        mode_prices=compare_modes(ready, solution),
        rules=list_rules(ready.scenario),
        points=list_points(ready.scenario, parts),
        variants=find_variants(ready, solution, seed),
    )


def tell_part_story(ready: Prepared, solution: Solution, parts: Assembled) -> Story:
    """Story of a part of a larger plan: what only the part knows; the rest is told of the whole."""
    return Story(
        remedies=(),
        requests=(),
        mode_prices=compare_modes(ready, solution),
        rules=(),
        points=list_points(ready.scenario, parts),
        variants=(),
    )


def list_requests(scenario: Scenario, parts: Assembled) -> tuple[CarrierRequest, ...]:
    """What to ask from which carrier: seats, carriages and vehicles by date, coaches by depot and pull-out date."""
    requests = []
    services = {service.id: service for service in scenario.services}
    for run in parts.service_runs:
        service = services[run.service_id]
        seats = service.kind is ServiceKind.SEATS
        requests.append(
            CarrierRequest(
                carrier=service.operator or ("railway" if service.mode is Mode.TRAIN else "airline"),
                what=f"{service.name} ({service.kind.value}, {service.status.value})",
                date_min=service.depart_min // DAY_MIN * DAY_MIN,
                quantity=run.load if seats or service.mode is Mode.CHARTER else run.carriages,
                unit="seats" if seats or service.mode is Mode.CHARTER else "carriages",
                note=f"{run.load} passengers",
            )
        )
    requests.extend(_request_coaches(scenario, parts))
    return tuple(sorted(requests, key=lambda r: (r.date_min, r.carrier, r.what)))


def _request_coaches(scenario: Scenario, parts: Assembled) -> Iterable[CarrierRequest]:
    lines = {line.id: line for line in scenario.fleet}
    counts: dict[tuple[int, str], list[int]] = defaultdict(list)
    for duty in parts.duties:
        counts[duty.pull_out_min // DAY_MIN * DAY_MIN, duty.fleet_id].append(duty.days)
    for (date_min, fleet_id), days in counts.items():
        line = lines[fleet_id]
        depot = scenario.geography.places[line.depot_place_id].name
        yield CarrierRequest(
            carrier=line.operator or depot,
            what=f"{scenario.vehicle_types[line.type_id].name} · {depot}",
            date_min=date_min,
            quantity=len(days),
            unit="coaches",
            note=f"away up to {max(days)} days",
        )


def compare_modes(ready: Prepared, solution: Solution) -> tuple[ModePrice, ...]:
    """By corridor with a choice: price per head of the mode most people use, and of the next one."""
    heads: dict[tuple[str, str], dict[Mode, int]] = defaultdict(lambda: defaultdict(int))
    paid: dict[tuple[str, str], dict[Mode, int]] = defaultdict(lambda: defaultdict(int))
    for trip in solution.assignment.trips:
        key = _ends(trip.units[0])
        heads[key][Mode.BUS] += trip.load
        paid[key][Mode.BUS] += trip.cost_minor
    modes = {service.id: service.mode for service in ready.scenario.services}
    for index, service_id in solution.assignment.service_of.items():
        unit = ready.demand.units[index]
        option = solution.alternatives.get_option(unit.cell.index, service_id)
        price = solution.alternatives.expect_price(option)
        heads[_ends(unit)][modes[service_id]] += unit.size
        paid[_ends(unit)][modes[service_id]] += price * unit.size
    costs = DirectCosts(ready.scenario, ready.context, ready.demand)
    made = [
        _compare(ready, solution, costs, key, heads[key], paid[key])
        for key in sorted({_ends(unit) for unit in ready.demand.units})
        if key in heads
    ]
    return tuple(price for price in made if price is not None)


def _ends(unit: Unit) -> tuple[str, str]:
    return (unit.cell.county, unit.cell.area)


def _compare(
    ready: Prepared,
    solution: Solution,
    costs: DirectCosts,
    key: tuple[str, str],
    heads: Mapping[Mode, int],
    paid: Mapping[Mode, int],
) -> ModePrice | None:
    chosen = max(sorted(heads), key=lambda mode: heads[mode])
    prices = {mode: paid[mode] // heads[mode] for mode in heads}
    units = [unit for unit in ready.demand.units if _ends(unit) == key]
    for mode, price in _quote(ready, solution, costs, units).items():
        prices.setdefault(mode, price)
    others = {mode: price for mode, price in prices.items() if mode is not chosen}
    if not others:
        return None
    alternative = min(sorted(others), key=lambda mode: others[mode])
    return ModePrice(
        origin_region_id=key[0],
        destination_area=key[1],
        workers=sum(unit.size for unit in units),
        chosen=chosen,
        chosen_minor_per_head=prices[chosen],
        alternative=alternative,
        switch_above_minor_per_head=others[alternative],
        note=", ".join(f"{mode.value} {count}" for mode, count in sorted(heads.items())),
    )


def _quote(ready: Prepared, solution: Solution, costs: DirectCosts, units: list[Unit]) -> dict[Mode, int]:
    """What a mode nobody uses would cost per head: a service at its best load, or a full coach."""
    quotes: dict[Mode, int] = {}
    services = {service.id: service for service in ready.scenario.services}
    for unit in units[:50]:
        for option in solution.alternatives.find_options(unit):
            tariff = solution.alternatives.tariffs[option.service_id]
            fixed = tariff.cost_minor((tariff.seats,)) // max(1, tariff.seats)
            mode = services[option.service_id].mode
            quotes[mode] = min(quotes.get(mode, 10**12), solution.alternatives.expect_price(option) + fixed)
        if unit.cell.may_ride_bus:
            for fleet_id in costs.lines:
                shape = costs.find_shape(fleet_id, frozenset({unit.cell.board}), frozenset({unit.cell.gate}))
                room = costs.get_capacity(shape, unit.cell.days[0]) if shape and unit.cell.days else 0
                if shape and room > 0:
                    quotes[Mode.BUS] = min(quotes.get(Mode.BUS, 10**12), shape.cash_minor // room)
    return quotes


def list_rules(scenario: Scenario) -> tuple[RuleInForce, ...]:
    """Every rule value that is in force on some date of the horizon, with its source."""
    in_force: dict[tuple[str, ...], RuleValue] = {}
    for rule in scenario.policy.values:
        if rule.effective_from <= scenario.last_date and (
            rule.effective_to is None or rule.effective_to >= scenario.first_date
        ):
            since = rule.effective_from.isoformat() if rule.effective_from > scenario.first_date else ""
            in_force[rule.key, rule.mode, rule.tier or "", rule.scope, since] = rule
    return tuple(
        RuleInForce(
            key=rule.key,
            value=_value_text(rule.value),
            since="override" if rule.effective_from.year <= 1 else rule.effective_from.isoformat(),
            applies_to=" · ".join(
                part
                for part in (rule.mode, rule.tier or "", "" if rule.scope == "all" else rule.scope)
                if part
            )
            or "all",
            source=rule.source,
            confidence=rule.confidence,
        )
        for rule in in_force.values()
    )


def _value_text(value: object) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)


def list_points(scenario: Scenario, parts: Assembled) -> dict[str, GatePoint]:
    """Frozen coordinates of every place the plan names."""
    used = {stop.place_id for trip in parts.trips for stop in trip.stops}
    used |= {leg.from_id for duty in parts.duties for leg in duty.legs}
    used |= {leg.to_id for duty in parts.duties for leg in duty.legs}
    regions = scenario.geography.regions
    points = {}
    for place_id in sorted(used):
        place = scenario.geography.places[place_id]
        points[place_id] = GatePoint(
            place_id=place_id,
            name=place.name,
            lat=place.lat,
            lon=place.lon,
            precision=place.precision.value,
            region_name=regions[place.region_id].name if place.region_id in regions else "",
            assumed=place.assumed,
        )
    return points
