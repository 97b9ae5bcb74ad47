"""Cash by payer: each vehicle's cost shared pro rata by its passengers, own tickets and allowances per head."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from dispatch.model.plan import CASH_TERMS, Plan
from dispatch.model.scenario import Payer, Scenario

_PER_HEAD = {"own_tickets": "own_ticket", "allowances": "itinerary", "exams": "itinerary"}
Shares = dict[str, dict[str, Fraction]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerShare:
    """What one payer pays. ``budget_minor`` None = no limit; ``name`` empty = nobody was named for it."""

    name: str
    workers: int
    cash_minor: int
    budget_minor: int | None = None


def share_cash(scenario: Scenario, plan: Plan) -> list[PayerShare]:
    """Cash of every payer and a last row with what nobody was named for; the rows add up to the plan's cash."""
    groups = scenario.workers.set_index("worker_id")["payer_id"]
    amounts = _share_vehicles(plan, groups)
    _share_heads(amounts, plan, groups)
    counts = plan.outcomes.loc[plan.outcomes["status"] != "unserved", "worker_id"].map(groups).value_counts()
    rows = [
        PayerShare(
            name=payer.name or payer.id,
            workers=int(counts.get(payer.group_id, 0)),
            cash_minor=round(_pay(payer, amounts.get(payer.group_id, {}))),
            budget_minor=payer.budget_minor,
        )
        for payer in scenario.payers
    ]
    named = {payer.group_id for payer in scenario.payers}
    unnamed = sum(int(count) for group, count in counts.items() if group not in named)
    rest = plan.costs.cash_minor - sum(row.cash_minor for row in rows)
    return [*rows, PayerShare(name="", workers=unnamed, cash_minor=rest)]


def _pay(payer: Payer, amounts: dict[str, Fraction]) -> Fraction:
    ratios = dict(payer.shares)
    return sum(
        (amount * ratios.get(term, ratios.get("*", 0)) / 1000 for term, amount in amounts.items()),
        Fraction(0),
    )


def _share_vehicles(plan: Plan, groups: pd.Series) -> Shares:
    costs = {duty.id: duty.costs for duty in plan.duties}
    costs |= {run.service_id: run.costs for run in plan.service_runs}
    vehicle_of = {trip.id: trip.duty_id or trip.service_id for trip in plan.trips}
    riders = pd.DataFrame(
        {"vehicle": plan.rides["trip_id"].map(vehicle_of), "worker_id": plan.rides["worker_id"]}
    ).drop_duplicates()
    riders["group"] = riders["worker_id"].map(groups).fillna("")
    counts = Counter(zip(riders["vehicle"], riders["group"], strict=True))
    totals = Counter(riders["vehicle"])
    amounts: Shares = defaultdict(lambda: defaultdict(Fraction))
    for (vehicle, group), count in counts.items():
        for term, cost in costs.get(vehicle, {}).items():
            amounts[group][term] += Fraction(cost * count, totals[vehicle])
    return amounts


def _share_heads(amounts: Shares, plan: Plan, groups: pd.Series) -> None:
    for term, status in _PER_HEAD.items():
        total = plan.costs.terms.get(term, 0)
        heads = plan.outcomes.loc[plan.outcomes["status"] == status, "worker_id"].map(groups).fillna("")
        if not total or not len(heads) or term not in CASH_TERMS:
            continue
        for group, count in Counter(heads).items():
            amounts[group][term] += Fraction(total * count, len(heads))
