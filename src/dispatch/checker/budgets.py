"""C15: cash per payer within the budget, a vehicle's cost shared equally by its passengers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from dispatch.checker import bills
from dispatch.checker.accuse import broken
from dispatch.checker.columns import list_distinct
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
    spent = _share_vehicles(view)
    people, journeys = view.people, view.journeys
    allowances = bills.bill_allowances(view)
    codes = people.payer.codes
    for number, name in enumerate(people.payer.names):
        spent[name]["allowances"] += int(allowances[codes[journeys.who] == number].sum())
    for who, price in bills.bill_own_tickets(view):
        for number, count in zip(*np.unique(codes[who], return_counts=True), strict=True):
            spent[people.payer.names[number]]["own_tickets"] += int(count) * price.low
    return spent


def _share_vehicles(view: View) -> dict[str, dict[str, Fraction]]:
    """Cost of coaches and services by payer group and term: each passenger of a vehicle owes an equal part."""
    riders = _count_riders(view)
    parts: dict[tuple[str, str, int], int] = defaultdict(int)
    for trip_ids, bill in _list_vehicles(view):
        aboard: Counter[str] = Counter()
        for trip_id in trip_ids:
            aboard.update(riders[view.number[trip_id]])
        for group, count in aboard.items():
            for term, amount in bill.items():
                parts[group, term, aboard.total()] += count * amount
    spent: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for (group, term, heads), amount in parts.items():
        spent[group][term] += Fraction(amount, heads)
    return spent


def _list_vehicles(view: View) -> Iterator[tuple[tuple[str, ...], dict[str, int]]]:
    """(trips, bill) of every coach and service."""
    for duty in view.plan.duties:
        yield duty.trip_ids, bills.bill_duty(view, duty)
    for run in view.plan.service_runs:
        yield (run.trip_id,), bills.bill_run(view, run)


def _count_riders(view: View) -> list[dict[str, int]]:
    """Rides on each trip by payer group."""
    payer = view.people.payer
    counted: list[dict[str, int]] = [{} for _ in view.plan.trips]
    (trips, groups), counts = list_distinct(view.rides.trip, payer.codes[view.rides.who])
    for trip, group, count in zip(trips.tolist(), groups.tolist(), counts.tolist(), strict=True):
        counted[trip][payer.names[group]] = count
    return counted
