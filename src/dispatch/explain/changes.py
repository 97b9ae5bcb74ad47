"""Lines about what would carry a worker, or carry them on time: what binds, the cheapest change, the others."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.explain.locality import find_surroundings
from dispatch.explain.relaxations import Relaxation, find_relaxations
from dispatch.model.plan import Plan, Scarce
from dispatch.model.scenario import Scenario
from dispatch.units import date_of_min, format_money

_OTHERS = 4


def tell_changes(scenario: Scenario, plan: Plan, worker_id: str, *, on_time: bool) -> Iterator[str]:
    """What binds the party of a worker, the cheapest change and its price, then dearer ones; all tried by planning again.

    ``on_time``: the party travels, but after its best date.
    """
    near = find_surroundings(scenario, plan, worker_id)
    found = find_relaxations(near, on_time=on_time)
    whom = "to leave on the best date" if on_time else "to be carried"
    if not found:
        yield f"No single change was found for them {whom}."
        return
    best = found[0]
    yield f"What binds: {next((one.binds for one in found if not one.change), best.binds)}."
    yield f"Cheapest way {whom}: {_tell(best, scenario)}"
    yield from (f"  or {_tell(one, scenario)}" for one in found[1 : 1 + _OTHERS])
    yield from _tell_estimate(scenario, plan, best)
    yield "Each was tried by planning this route again; everybody else keeps the journey of this plan."


def _tell(one: Relaxation, scenario: Scenario) -> str:
    change = one.change or "no change but paying for it"
    total, travel = _signed(one.total_minor, scenario.currency), _signed(one.travel_minor, scenario.currency)
    penalties = f"; travel alone {travel}" if travel != total else ""
    return f"{change}: total {total}{penalties} ({one.journey})."


def _signed(amount_minor: int, currency: str) -> str:
    return f"{'+' if amount_minor >= 0 else ''}{format_money(amount_minor, currency)}"


def _tell_estimate(scenario: Scenario, plan: Plan, best: Relaxation) -> Iterator[str]:
    """The proof's price of the coach that the cheapest change adds, where it has one."""
    prices = [
        price
        for price in plan.certificate.prices
        if price.scarce is Scarce.COACH and best.binds == "coaches" and f"({price.subject_id})" in best.change
    ]
    if prices:
        dearest = max(prices, key=lambda price: price.amount_minor)
        yield (
            f"By the proof's prices one more of these coaches saves up to {format_money(dearest.amount_minor, scenario.currency)}"
            f" ({date_of_min(scenario.first_date, dearest.date_min)})."
        )
