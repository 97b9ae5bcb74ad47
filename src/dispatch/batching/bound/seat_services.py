"""Services in the bound of a large scenario: a price per seat, paid by riders in every county and earned once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.bound.fleets import Fleets
from dispatch.batching.bound.services import OfferMaker, find_carriage_room
from dispatch.batching.bound.transfers_floor import TransferFloor
from dispatch.batching.demand import Cell
from dispatch.model.scenario import Scenario
from dispatch.model.supply import Mode, Service, ServiceStatus
from dispatch.routing.context import RoutingContext
from dispatch.units import divide_half_even

FloatArray = NDArray[np.float64]


def find_service_share(scenario: Scenario, prices: Mapping[str, float]) -> float:
    """What all services cost at least when they earn a price per seat: each runs in its cheapest way, or not."""
    fleets = Fleets(scenario)
    return sum(
        _find_least(scenario, fleets, service, prices.get(service.id, 0.0))
        for service in scenario.services
        if service.status is not ServiceStatus.REFUSED
    )


def _find_least(scenario: Scenario, fleets: Fleets, service: Service, price: float) -> float:
    room = find_carriage_room(scenario, fleets, service)
    runs = [
        service.fixed_minor + carriages * (service.carriage_minor - room * price)
        for carriages in range(service.min_carriages, service.max_carriages + 1)
    ]
    least = min(runs, default=0.0)
    return least if service.committed else min(0.0, least)


def price_staying(
    scenario: Scenario,
    context: RoutingContext,
    fleets: Fleets,
    cells: Sequence[Cell],
    unserved_minor: Mapping[str, int],
    service_prices: Mapping[str, float],
) -> FloatArray:
    """What not riding a direct coach costs per head of each cell at least (K,): staying, an own ticket, a service."""
    costs = np.array(
        [unserved_minor.get(cell.priority_class, unserved_minor[""]) for cell in cells], dtype=np.float64
    )
    tickets = price_own_tickets(scenario, context, cells)
    np.minimum(costs, tickets, out=costs)
    services = [s for s in scenario.services if s.status is not ServiceStatus.REFUSED]
    if not services or not len(cells):
        return costs
    by_pair: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        by_pair[cell.board, cell.site].append(cell)
    positions = {cell.index: i for i, cell in enumerate(cells)}
    floor = TransferFloor(
        scenario, context, fleets, {cell.board for cell in cells}, {cell.gate for cell in cells}
    )
    maker = OfferMaker(scenario, context, fleets, floor)
    for service in services:
        offer = maker.make(service, by_pair, positions, np.ones(len(cells)))
        np.minimum.at(costs, offer.riders, offer.price + service_prices.get(service.id, 0.0))
    return costs


def price_own_tickets(scenario: Scenario, context: RoutingContext, cells: Sequence[Cell]) -> FloatArray:
    """Price of an own ticket by cell (K,); infinity where none is offered."""
    tariff = scenario.rates.own_ticket
    prices = np.full(len(cells), np.inf)
    if tariff is None:
        return prices
    for i, cell in enumerate(cells):
        if {Mode.TRAIN, Mode.BUS} & cell.modes:
            km = context.get_km_tenths(cell.board, cell.gate)
            prices[i] = tariff.fixed_minor + divide_half_even(km * tariff.km_minor, 10)
    return prices
