"""The compiled loop of pricing for large scenarios: what full coaches bring, skeleton by skeleton."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
_compiled: dict[str, Callable[..., Any]] = {}


def find_profits(
    near: IntArray,
    skeletons: tuple[Any, ...],
    coach: tuple[FloatArray, FloatArray, float],
    cells: tuple[IntArray, IntArray, FloatArray, FloatArray],
) -> tuple[FloatArray, FloatArray]:
    """(cost, profit) of some skeletons on one day; a profit that cannot be is 0.

    Parameters
    ----------
    near
        Flat positions (n,) in the table of boarding sets × gate sets.
    skeletons
        Bits of the boarding sets (A,), of the gate sets (B,); dates, drivers and cash by flat position.
    coach
        Scarcity by dates away, seats by drivers, what the trip itself is paid.
    cells
        Boarding cluster, gate cluster, pay and people by cell (k,), best paid first.
    """
    if "profits" not in _compiled:
        from numba import njit

        _compiled["profits"] = njit(cache=True)(_find_profits)
    cost, profit = np.empty(len(near)), np.empty(len(near))
    _compiled["profits"](near, *skeletons, *coach, *cells, cost, profit)
    return cost, profit


def _find_profits(
    near: Any, board_masks: Any, gate_masks: Any, dates: Any, drivers: Any, cash: Any,
    scarcity: Any, room: Any, paid: Any, boards: Any, gates: Any, value: Any, people: Any, cost: Any, profit: Any,
) -> None:  # fmt: skip
    """Seats go to the best paid first, people may be split; stops once the rest cannot bring a profit."""
    sets = len(gate_masks)
    for i in range(len(near)):
        at = near[i]
        cost[i] = cash[at] + scarcity[min(dates[at], len(scarcity) - 1)]
        profit[i] = 0.0
        left = room[min(drivers[at], len(room) - 1)]
        board_mask, gate_mask = board_masks[at // sets], gate_masks[at % sets]
        worth = paid - cost[i]
        for k in range(len(value)):
            if worth + left * value[k] <= 0.0:
                break
            if (board_mask >> boards[k]) & 1 and (gate_mask >> gates[k]) & 1:
                taken = min(left, people[k])
                worth += value[k] * taken
                left -= taken
        if worth > 0.0:
            profit[i] = worth
