"""Payers' budgets (C15): what a solution costs each payer, and whom to leave out when one is exceeded.

A vehicle's cash is shared equally by its passengers. The search does not know budgets; where one is exceeded the
dearest vehicles per head lose that payer's people until it holds. Lawful, not optimal; the bound leaves budgets out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from dispatch.batching.alternatives import Alternatives
from dispatch.batching.demand import Demand, Party, Unit
from dispatch.batching.state import Assignment
from dispatch.batching.transfers import TransferPlan
from dispatch.model.scenario import Payer, Scenario
from dispatch.units import DAY_MIN


@dataclass(frozen=True, slots=True)
class Bill:
    """Cash of one vehicle (or of one person's own ticket or allowance) and the parties it is shared by."""

    terms: Mapping[str, int]
    parties: tuple[Party, ...]


def find_over_budget(
    scenario: Scenario,
    demand: Demand,
    alternatives: Alternatives,
    assignment: Assignment,
    transfers: TransferPlan,
) -> frozenset[int]:
    """Units (by index) to leave out now so that one exceeded budget comes closer to holding; empty when all hold."""
    limited = [payer for payer in scenario.payers if payer.budget_minor is not None]
    if not limited:
        return frozenset()
    bills = list(_list_bills(scenario, demand, alternatives, assignment, transfers))
    for payer in sorted(limited, key=lambda payer: payer.id):
        dues = [_due(payer, bill) for bill in bills]
        excess = sum(dues, Fraction(0)) - (payer.budget_minor or 0)
        if excess > 0:
            return _choose_units(demand, payer, bills, dues, excess)
    return frozenset()


def _list_bills(
    scenario: Scenario,
    demand: Demand,
    alternatives: Alternatives,
    assignment: Assignment,
    transfers: TransferPlan,
) -> Iterator[Bill]:
    allowance = scenario.rates.allowance_day_minor
    for trip in assignment.trips:
        parties = tuple(party for unit in trip.units for party in unit.parties)
        yield Bill(trip.shape.costs, parties)
        days = trip.shape.arrive_min[-1] // DAY_MIN + 1
        yield from (Bill({"allowances": party.size * days * allowance}, (party,)) for party in parties)
    for duty in transfers.duties:
        yield Bill(duty.shape.costs, tuple(rider.party for trip in duty.trips for rider in trip.riders))
    services = {service.id: service for service in scenario.services}
    aboard: dict[str, list[Party]] = defaultdict(list)
    for index, service_id in sorted(assignment.service_of.items()):
        for party in demand.units[index].parties:
            option = alternatives.get_option(party.cell.index, service_id)
            aboard[service_id].append(party)
            days = option.arrive_day - option.day + 3
            yield Bill({"allowances": party.size * days * allowance}, (party,))
    for service_id, riders in aboard.items():
        load = sum(party.size for party in riders)
        loads = count_by_class(riders)
        fixed = alternatives.tariffs[service_id].cost_minor(loads.values())
        yield Bill({"service_fixed": fixed, "seats": load * services[service_id].seat_minor}, tuple(riders))
    for index in sorted(assignment.own_ticket):
        party = demand.units[index].parties[0]
        yield Bill({"own_tickets": alternatives.own_ticket_minor[party.cell.index] * party.size}, (party,))


def count_by_class(parties: Sequence[Party]) -> dict[str, int]:
    """People by tier class."""
    loads: dict[str, int] = defaultdict(int)
    for party in parties:
        loads[party.cell.tier_class] += party.size
    return loads


def _due(payer: Payer, bill: Bill) -> Fraction:
    """What a payer owes of a bill: their group's heads over all heads, times their share of each term."""
    heads = sum(party.size for party in bill.parties)
    mine = sum(count for party in bill.parties for group, count in party.payers if group == payer.group_id)
    if not mine:
        return Fraction(0)
    shares = dict(payer.shares)
    thousandths = sum(minor * shares.get(term, shares.get("*", 0)) for term, minor in bill.terms.items())
    return Fraction(thousandths * mine, 1000 * heads)


def _choose_units(
    demand: Demand, payer: Payer, bills: Sequence[Bill], dues: Sequence[Fraction], excess: Fraction
) -> frozenset[int]:
    """Units of the payer on the vehicle that costs them most per head; only as many as needed where seats are sold."""
    unit_of = {party.index: unit for unit in demand.units for party in unit.parties}

    def per_head(k: int) -> Fraction:
        return dues[k] / max(1, sum(party.size for party in bills[k].parties))

    worst = max((k for k in range(len(bills)) if dues[k] > 0), key=lambda k: (per_head(k), -k))
    units: dict[int, Unit] = {}
    for party in bills[worst].parties:
        if any(group == payer.group_id for group, _ in party.payers):
            units[unit_of[party.index].index] = unit_of[party.index]
    if "seats" not in bills[worst].terms:
        return frozenset(units)
    chosen: list[int] = []
    for unit in sorted(units.values(), key=lambda unit: (unit.size, unit.index)):
        if excess <= 0:
            break
        chosen.append(unit.index)
        excess -= per_head(worst) * unit.size
    return frozenset(chosen)
