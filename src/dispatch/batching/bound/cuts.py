"""Interval round-up cuts (mixed-integer rounding): D people who must leave within some days need whole coaches.

With Q the most any coach can carry, x trips on those days and z of the D people carried otherwise satisfy Q·x + z >= D
with x whole, hence x + z / r >= ⌈D/Q⌉ with r = D − Q·(⌈D/Q⌉ − 1) (Marchand and Wolsey 2001). 54 people and 47 seats:
r = 7, x + z / 7 >= 2.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.bound.corridors import BoundCorridor
from dispatch.batching.bound.problem import Cut

FloatArray = NDArray[np.float64]
#: Beyond so many coaches rounding up is worth too little.
MOST_TRIPS = 60


def find_cuts(
    position: int, corridor: BoundCorridor, find_most_room: Callable[[list[int]], int]
) -> tuple[Cut, ...]:
    """All cuts of a corridor that can raise the bound, over every interval of its days."""
    able = np.isfinite(corridor.per_head)
    riders = np.flatnonzero(able.any(axis=1))
    if not len(riders):
        return ()
    first = able.argmax(axis=1)
    last = able.shape[1] - 1 - able[:, ::-1].argmax(axis=1)
    cuts: dict[tuple[int, ...], Cut] = {}
    for a in sorted(set(first[riders].tolist())):
        for b in sorted({int(day) for day in last[riders] if day >= a}):
            inside = riders[(first[riders] >= a) & (last[riders] <= b)]
            made = _make_cut(position, corridor, (a, b), inside, find_most_room) if len(inside) else None
            if made is not None and made.cells not in cuts:
                cuts[made.cells] = made
    return tuple(cuts.values())


def _make_cut(
    position: int,
    corridor: BoundCorridor,
    days: tuple[int, int],
    inside: NDArray[np.int64],
    find_most_room: Callable[[list[int]], int],
) -> Cut | None:
    room = find_most_room(list(corridor.days[days[0] : days[1] + 1]))
    people = int(corridor.people[inside].sum())
    if room <= 0 or people % room == 0 or people > room * MOST_TRIPS:
        return None
    trips = -(-people // room)
    return Cut(position, days, tuple(inside.tolist()), float(people - room * (trips - 1)), float(trips))


def find_violated(cuts: tuple[Cut, ...], trips: FloatArray, otherwise: FloatArray, most: int) -> list[Cut]:
    """Cuts that a master solution breaks most: ``trips`` by day (T,), ``otherwise`` people by cell (K,)."""
    lacks = [
        (
            cut.trips
            - float(trips[cut.days[0] : cut.days[1] + 1].sum())
            - float(otherwise[list(cut.cells)].sum()) / cut.rest,
            -i,
        )
        for i, cut in enumerate(cuts)
    ]
    return [cuts[-i] for lack, i in sorted(lacks, reverse=True)[:most] if lack > 1e-4]
