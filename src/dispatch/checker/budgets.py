"""C15: cash per payer within the budget, a vehicle's cost shared equally by its passengers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction

from dispatch.checker import bills
from dispatch.checker.accuse import broken
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.scenario import Payer


def check_budgets(view: View) -> Iterator[Finding]:
    """Each payer's share of the cash of the workers of their group. Rounding is forgiven: one cent per shared bill."""
    if all(payer.budget_minor is None for payer in view.scenario.payers):
        return
    spent = _share_out(view)
    slack = len(view.plan.duties) + len(view.plan.service_runs) + 1
    for payer in view.scenario.payers:
        if payer.budget_minor is None:
            continue
        due = sum(
            (amount * _ratio(payer, term) for term, amount in spent[payer.group_id].items()), Fraction(0)
        )
        if due > payer.budget_minor + slack:
            yield broken(
                "C15",
                payer.id,
                f"{payer.name or payer.id} would pay {float(due) / 100:.2f}; the budget is {payer.budget_minor / 100:.2f}.",
                "Raise the budget or share the cost otherwise.",
            )


def _ratio(payer: Payer, term: str) -> Fraction:
    """Share of a term in thousandths; a share named for the term goes before the one for all (*)."""
    shares = dict(payer.shares)
    return Fraction(shares.get(term, shares.get("*", 0)), 1000)


def _share_out(view: View) -> dict[str, dict[str, Fraction]]:
    """Cash by payer group and term."""
    spent: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for duty in view.plan.duties:
        riders = [ride.worker for trip_id in duty.trip_ids for ride in view.riders[trip_id]]
        _divide(view, spent, bills.bill_duty(view, duty), riders)
    for run in view.plan.service_runs:
        _divide(view, spent, bills.bill_run(view, run), [ride.worker for ride in view.riders[run.trip_id]])
    for worker, journey in view.journeys.items():
        spent[view.people[worker].payer]["allowances"] += bills.bill_allowance(view, journey)
    for worker, outcome in view.outcomes.items():
        if outcome.status == "own_ticket":
            spent[view.people[worker].payer]["own_tickets"] += bills.bill_own_ticket(view, worker).low
    return spent


def _divide(
    view: View, spent: dict[str, dict[str, Fraction]], bill: dict[str, int], riders: Iterable[str]
) -> None:
    workers = list(riders)
    for worker in workers:
        purse = spent[view.people[worker].payer]
        for term, amount in bill.items():
            purse[term] += Fraction(amount, len(workers))
