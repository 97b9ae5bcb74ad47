"""Who cannot be carried even with unlimited vehicles, seats and budget, and why (problem §6)."""

from __future__ import annotations

from collections.abc import Mapping

from dispatch.batching.alternatives import Alternatives
from dispatch.batching.demand import Cell, Demand, Party, Unit
from dispatch.batching.direct import DirectCosts
from dispatch.model.plan import Reason

#: A gate that opens so many days after the last service date is closed to the party, however slow the journey.
LONGEST_JOURNEY_DAYS = 3


def find_hopeless(demand: Demand, costs: DirectCosts, alternatives: Alternatives) -> dict[int, Reason]:
    """Reason by party index for every party of a unit without any lawful itinerary or own ticket."""
    reasons: dict[int, Reason] = {}
    room: dict[int, int] = {}
    for unit in demand.units:
        if any((a.index, b.index) in demand.apart for a in unit.parties for b in unit.parties):
            reasons.update({party.index: Reason.LOCK for party in unit.parties})
            continue
        rooms = [_room_of(party.cell, costs, alternatives, room) for party in unit.parties]
        if alternatives.find_own_ticket(unit) is not None or min(rooms) >= unit.size:
            continue
        reason = _reason_of(unit, min(rooms), costs)
        for party in unit.parties:
            reasons[party.index] = reason
    return reasons


def _room_of(cell: Cell, costs: DirectCosts, alternatives: Alternatives, known: dict[int, int]) -> int:
    """Largest vehicle that could lawfully carry a party of this cell, alone, on any day."""
    if cell.index not in known:
        options = alternatives.options.get(cell.index, ())
        seats = max((alternatives.tariffs[option.service_id].seats for option in options), default=0)
        known[cell.index] = max(seats, _coach_room(cell, costs))
    return known[cell.index]


def _coach_room(cell: Cell, costs: DirectCosts) -> int:
    best = 0
    if not cell.may_ride_bus:
        return 0
    for fleet_id in costs.lines:
        shape = costs.find_shape_for(fleet_id, frozenset({(cell.board, cell.gate)}))
        if shape is None:
            continue
        for day in cell.days:
            if costs.find_cost_per_head(shape, day, cell) is not None:
                best = max(best, costs.get_capacity(shape, day))
    return best


def _reason_of(unit: Unit, room: int, costs: DirectCosts) -> Reason:
    cell = unit.cell
    if room > 0:
        return Reason.PARTY_TOO_LARGE if len(unit.parties) == 1 else Reason.LOCK
    if not cell.days:
        return Reason.LOCK
    site = costs.scenario.geography.sites[cell.site]
    if not site.accepted or site.opens_on > costs.date_of(cell.days[-1] + LONGEST_JOURNEY_DAYS):
        return Reason.SITE_CLOSED
    if all(costs.tier_forbids(cell, day) for day in cell.days):
        return Reason.TIER_FORBIDS
    return Reason.NO_LAWFUL_TRIP


def without(demand: Demand, hopeless: Mapping[int, Reason]) -> Demand:
    """Demand that leaves out the units of hopeless parties; unit numbers are made anew, party numbers stay."""
    units: list[Unit] = []
    for unit in demand.units:
        if not any(party.index in hopeless for party in unit.parties):
            units.append(Unit(index=len(units), parties=unit.parties, size=unit.size))
    parties: list[Party] = [party for unit in units for party in unit.parties]
    cells = {party.cell.index: party.cell for party in parties}
    return Demand(parties=tuple(parties), units=tuple(units), cells=tuple(cells.values()), apart=demand.apart)
