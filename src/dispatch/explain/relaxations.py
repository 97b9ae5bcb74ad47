"""What could be changed to carry a party, or to carry it on time: each change with its price, found by planning again.

A change is tried on the party's surroundings (``locality``): their plan is put back as it was, the change is made, and who is
free is placed where it costs least, transfers included. Its price is the cost after less the cost before.
"""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.explain.locality import Surroundings
from dispatch.explain.replanned import Replanned, plan_again
from dispatch.explain.tries import ask, list_tries


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """A change that carries a party (on time), confirmed by planning again.

    ``binds``: what stands in the way without it. ``total_minor``: what it adds to the plan's cost (below 0: it saves);
    ``travel_minor``: the same without penalties for people left at home. ``journey``: date and vehicle the party then has.
    """

    change: str
    binds: str
    total_minor: int
    travel_minor: int
    journey: str


def find_relaxations(near: Surroundings, *, on_time: bool) -> tuple[Relaxation, ...]:
    """Changes that carry the party, cheapest first. Where it could be carried without any, at a price, only cheaper ones.

    ``on_time``: the party is carried but late; it is to leave on its best date or before.
    """
    before = Replanned.of(near, near.scenario)
    asked = ask(near, on_time=on_time)
    found: list[Relaxation] = []
    for one in list_tries(near, asked, on_time=on_time):
        after = plan_again(near, one.scenario)
        if after is not None:
            found.append(
                Relaxation(
                    change=one.change,
                    binds=one.binds,
                    total_minor=after.total_minor - before.total_minor,
                    travel_minor=after.travel_minor - before.travel_minor,
                    journey=after.journey,
                )
            )
    price = next((one.total_minor for one in found if not one.change), None)
    helpful = [one for one in found if not one.change or price is None or one.total_minor < price]
    return tuple(sorted(helpful, key=lambda one: (one.total_minor, one.change)))
