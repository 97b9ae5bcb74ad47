"""P1: every term of every duty, service and worker recomputed to the cent, and the totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from dispatch.checker import bills
from dispatch.checker.accuse import broken
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.plan import CASH_TERMS, PENALTY_TERMS


def check_money(view: View) -> Iterator[Finding]:
    """Costs of duties and runs by term, the plan's totals by term, and the penalties the plan used."""
    totals: Counter[str] = Counter()
    for duty in view.plan.duties:
        bill = bills.bill_duty(view, duty)
        totals.update(bill)
        yield from _compare(duty.id, duty.costs, bill)
    for run in view.plan.service_runs:
        bill = bills.bill_run(view, run)
        totals.update(bill)
        yield from _compare(run.service_id, run.costs, bill)
    yield from _check_penalties(view)
    totals.update(_sum_people(view))
    yield from _check_totals(view, totals)


def _compare(who: str, seen: Mapping[str, int], right: Mapping[str, int]) -> Iterator[Finding]:
    for term in sorted({*seen, *right}):
        if seen.get(term, 0) != right.get(term, 0):
            yield broken(
                "P1", who, f"{term} is {_text(seen.get(term, 0))}; {_text(right.get(term, 0))} was expected."
            )


def _sum_people(view: View) -> dict[str, int]:
    late_days = int(bills.count_lateness(view).sum())
    return {
        "allowances": int(bills.bill_allowances(view).sum()),
        "lateness": late_days * view.scenario.rates.lateness_day_minor,
        "ride_time": int(bills.fine_ride_time(view).sum()),
        "exposure": bills.fine_exposure(view),
        "unserved": bills.fine_unserved(view)[0],
    }


def _check_penalties(view: View) -> Iterator[Finding]:
    """Penalties of the scenario are used as given; a class that is left out needs a penalty of its own or in general."""
    given = view.scenario.rates.unserved_minor
    for name, seen in sorted(view.plan.unserved_penalty_minor.items()):
        right = given.get(name, given.get(""))
        if right is not None and seen != right:
            yield broken(
                "P1",
                name or "unserved",
                f"The unserved penalty is {_text(seen)}; {_text(right)} was expected.",
            )
    for worker in bills.fine_unserved(view)[1]:
        name = view.people.priority.text(worker)
        yield broken("P1", view.people.name(worker), f"No unserved penalty is named for the class '{name}'.")


def _check_totals(view: View, totals: Counter[str]) -> Iterator[Finding]:
    seen = view.plan.costs.terms
    tickets = list(bills.bill_own_tickets(view))
    low = sum(len(who) * price.low for who, price in tickets)
    high = sum(len(who) * price.high for who, price in tickets)
    if not low <= seen.get("own_tickets", 0) <= high:
        expected = _text(low) if low == high else f"{_text(low)} to {_text(high)}"
        yield broken(
            "P1",
            "own_tickets",
            f"own_tickets sum to {_text(seen.get('own_tickets', 0))}; {expected} was expected.",
        )
    for term in sorted({*CASH_TERMS, *PENALTY_TERMS, *seen} - {"own_tickets"}):
        if seen.get(term, 0) != totals[term]:
            yield broken(
                "P1", term, f"{term} sums to {_text(seen.get(term, 0))}; {_text(totals[term])} was expected."
            )


def _text(minor: int) -> str:
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02d}"
