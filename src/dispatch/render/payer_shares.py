"""Cash by payer: each vehicle's cost shared pro rata by its passengers, own tickets and allowances per head."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from dispatch.model.lookup import find_rows, find_workers, take_column
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
    groups = take_column(scenario.workers, "payer_id", find_workers(scenario, plan))
    amounts = _share_vehicles(plan, groups)
    _share_heads(amounts, plan, groups)
    counts = groups[(plan.outcomes["status"] != "unserved").to_numpy()].value_counts()
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
    """``groups``: payer's group of each outcome."""
    costs = {duty.id: duty.costs for duty in plan.duties}
    costs |= {run.service_id: run.costs for run in plan.service_runs}
    vehicle_of = {trip.id: trip.duty_id or trip.service_id for trip in plan.trips}
    amounts: Shares = defaultdict(lambda: defaultdict(Fraction))
    counts = _count_riders(plan, groups, vehicle_of)
    totals: Counter[str] = Counter()
    for (vehicle, _), count in counts.items():
        totals[vehicle] += count
    for (vehicle, group), count in counts.items():
        for term, cost in costs.get(vehicle, {}).items():
            amounts[group][term] += Fraction(cost * count, totals[vehicle])
    return amounts


def _count_riders(plan: Plan, groups: pd.Series, vehicle_of: Mapping[str, str]) -> dict[tuple[str, str], int]:
    """Riders of each vehicle by payer's group; who boards one vehicle twice is counted once."""
    rows = find_rows(plan.outcomes["worker_id"], plan.rides["worker_id"])
    trips = plan.rides["trip_id"].astype("category")
    names, number = np.unique(
        [vehicle_of.get(str(trip), "") for trip in trips.cat.categories], return_inverse=True
    )
    riders = pd.DataFrame({"vehicle": number[trips.cat.codes.to_numpy()] if len(trips) else [], "row": rows})
    riders = riders.drop_duplicates()
    codes = np.append(groups.cat.codes.to_numpy(), -1)[riders["row"].to_numpy()]
    sizes = riders.assign(group=codes).groupby(["vehicle", "group"]).size()
    found: dict[tuple[str, str], int] = {}
    for key, count in sizes.items():
        vehicle, group = key if isinstance(key, tuple) else (0, -1)
        found[str(names[vehicle]), str(groups.cat.categories[group]) if group >= 0 else ""] = int(count)
    return found


def _share_heads(amounts: Shares, plan: Plan, groups: pd.Series) -> None:
    for term, status in _PER_HEAD.items():
        total = plan.costs.terms.get(term, 0)
        heads = groups[(plan.outcomes["status"] == status).to_numpy()]
        if not total or not len(heads) or term not in CASH_TERMS:
            continue
        for group, count in heads.value_counts().items():
            if count:
                amounts[str(group)][term] += Fraction(total * int(count), len(heads))
