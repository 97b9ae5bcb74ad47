"""Reasons and next steps for everyone a plan leaves out (problem §6)."""

from __future__ import annotations

from dispatch.batching.demand import Cell
from dispatch.batching.solve import Solution
from dispatch.model.plan import Reason
from dispatch.planning.assembly import Unplanned
from dispatch.planning.prepared import Prepared

WORDS: dict[Reason, tuple[str, str]] = {
    Reason.PARTY_TOO_LARGE: (
        "the party is larger than any vehicle that may carry it",
        "order a larger vehicle, or ask the party to travel in two groups",
    ),
    Reason.TIER_FORBIDS: (
        "the risk tier of the home or destination forbids boarding or alighting on every day of the window",
        "wait for the tier to change, or widen the window",
    ),
    Reason.NO_LAWFUL_TRIP: (
        "no trip keeps all rules within the window (clearance, opening date and arrival considered)",
        "widen the window, renew the certificate, or ask the employer for a later date",
    ),
    Reason.SITE_CLOSED: (
        "the gate does not open before anybody who leaves within the window arrives",
        "ask the employer for the opening date and widen the window",
    ),
    Reason.LOCK: (
        "the locks on this party contradict each other or its window",
        "change the lock or the window",
    ),
    Reason.SITE_FULL: (
        "the gate's daily limit is reached on every possible arrival date",
        "ask the employer to receive more people on one day",
    ),
    Reason.NO_SUPPLY: (
        "no coach, seat or slot is left on any possible day at less than the price of leaving them out",
        "see the remedy: one more vehicle or a wider window",
    ),
    Reason.BUDGET: ("the payer's budget is used up", "raise the budget or find another payer"),
}


def explain_unserved(ready: Prepared, solution: Solution) -> dict[int, Unplanned]:
    """Reason, words and next step by party number, for every party that the assignment leaves out."""
    assignment = solution.assignment
    carried = {unit.index for trip in assignment.trips for unit in trip.units}
    carried |= set(assignment.service_of) | set(assignment.own_ticket)
    found = {index: _word(reason) for index, reason in ready.hopeless.items()}
    for unit in ready.demand.units:
        if unit.index not in carried:
            for party in unit.parties:
                if unit.index in solution.over_budget:
                    found[party.index] = _word(Reason.BUDGET)
                else:
                    found[party.index] = _word(_reason_of(ready, solution, party.cell))
    return found


def _word(reason: Reason) -> Unplanned:
    detail, step = WORDS[reason]
    return Unplanned(reason=reason, detail=detail, next_step=step)


def _reason_of(ready: Prepared, solution: Solution, cell: Cell) -> Reason:
    site = ready.scenario.geography.sites[cell.site]
    if site.arrivals_per_day is None:
        return Reason.NO_SUPPLY
    arrivals = solution.planner.resources.arrivals
    full = all(
        arrivals.get((site.id, day), 0) >= site.arrivals_per_day
        for day in range(cell.earliest, cell.latest + 2)
        if arrivals.get((site.id, day), 0)
    )
    return Reason.SITE_FULL if full and any(key[0] == site.id for key in arrivals) else Reason.NO_SUPPLY
