"""The objective of an assembled plan, every term apart, as stated under "Money" in the house README."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from dispatch.batching.demand import Party
from dispatch.model.plan import CASH_TERMS, PENALTY_TERMS, CostTerms
from dispatch.model.scenario import Scenario
from dispatch.planning.ledger import Ledger
from dispatch.units import DAY_MIN, divide_half_even


def sum_vehicle_costs(ledger: Ledger) -> dict[str, int]:
    """Money of all coaches and services by term."""
    terms: dict[str, int] = defaultdict(int)
    for costs in [duty.costs for duty in ledger.duties] + [run.costs for run in ledger.runs]:
        for term, amount in costs.items():
            terms[term] += amount
    return terms


def sum_travel_costs(
    scenario: Scenario, ledger: Ledger, arrivals: Iterable[tuple[Party, int]], lateness_days: int
) -> dict[str, int]:
    """Money of the people who are carried; ``arrivals``: each party with the minute it reaches its gate."""
    rates = scenario.rates
    allowances = ride_time = 0
    for party, arrival in arrivals:
        legs = ledger.legs_of[party.index]
        days = arrival // DAY_MIN - legs[0].board_min // DAY_MIN + 1
        aboard = sum(leg.arrive_min - leg.depart_min for leg in legs)
        allowances += party.size * days * rates.allowance_day_minor
        ride_time += party.size * divide_half_even(aboard * rates.ride_h_minor, 60)
    return {
        "lateness": lateness_days * rates.lateness_day_minor,
        "allowances": allowances,
        "ride_time": ride_time,
    }


def count_exposure(scenario: Scenario, parties: Sequence[Party], ledger: Ledger) -> int:
    """Price of the minutes that people of different counties spend on one vehicle, rounded once per trip."""
    rate = scenario.rates.exposure_h_minor
    if not rate:
        return 0
    aboard: dict[str, dict[tuple[str, int, int], int]] = defaultdict(lambda: defaultdict(int))
    for party in parties:
        for leg in ledger.legs_of.get(party.index, ()):
            aboard[leg.trip_id][party.cell.county, leg.depart_min, leg.arrive_min] += party.size
    return sum(divide_half_even(count_shared_min(people) * rate, 60) for people in aboard.values())


def count_shared_min(people: Mapping[tuple[str, int, int], int]) -> int:
    """Minutes together over all pairs from different counties; ``people`` by county, boarding and alighting minute."""
    minutes = 0
    for ((county, since, until), count), ((other, begin, end), others) in combinations(people.items(), 2):
        if county != other:
            minutes += count * others * max(0, min(until, end) - max(since, begin))
    return minutes


def list_terms(*shares: Mapping[str, int]) -> CostTerms:
    """Sum of several shares of the objective, with every term that there is."""
    return CostTerms(
        terms={term: sum(share.get(term, 0) for share in shares) for term in (*CASH_TERMS, *PENALTY_TERMS)}
    )
