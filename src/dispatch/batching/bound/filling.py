"""Filling skeletons: bounds on what a full coach is worth, and exact fractional loads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.bound.kernels import find_profits
from dispatch.batching.bound.patterns import TOLERANCE
from dispatch.batching.bound.skeletons import SkeletonSpace, Tours

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
#: Shares of the people at which multipliers of the screening are taken.
_QUANTILES = (0.0, 0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 0.95, 1.0)


class Filler:
    """Fills the skeletons of one corridor; remembers sums that lines share.

    ``people`` (K,) are those of each cell who could be aboard, ``value`` (K,) is what one of them pays.
    """

    def __init__(self, space: SkeletonSpace) -> None:
        self.space = space
        self.corridor = space.corridor
        self._masks = (_find_masks(space.board_sets.inside), _find_masks(space.gate_sets.inside))
        self._surplus: dict[tuple[bytes, bytes, float], FloatArray] = {}

    def forget(self) -> None:
        """Forget the sums of earlier prices."""
        self._surplus.clear()

    def bound_fill(self, value: FloatArray, people: FloatArray, room: FloatArray) -> FloatArray:
        """Bound on the worth of a full coach for every skeleton: min over m of room·m + Σ people·(value − m)⁺."""
        bound = np.full(room.shape, np.inf)
        for multiplier in _find_multipliers(value, people):
            worth = self._sum_surplus(value, people, multiplier) @ self.space.gate_sets.inside.T
            np.minimum(bound, worth + multiplier * room, out=bound)
        return bound

    def bound_fill_at(
        self, value: FloatArray, people: FloatArray, room: FloatArray, at: IntArray, needed: FloatArray
    ) -> tuple[IntArray, FloatArray]:
        """(positions in ``at`` that may be worth more than ``needed``, bound on their worth)."""
        a, b = np.divmod(at, len(self.space.gate_sets.members))
        gates = self.space.gate_sets.inside
        left = np.arange(len(at))
        bound = np.full(len(at), np.inf)
        multipliers = _find_multipliers(value, people)
        middle = len(multipliers) // 2
        for multiplier in sorted(multipliers, key=lambda m: abs(multipliers.index(m) - middle)):
            by_board_set = self._sum_surplus(value, people, multiplier)
            worth = np.einsum("ng,ng->n", by_board_set[a[left]], gates[b[left]]) + multiplier * room[left]
            bound = np.minimum(bound, worth)
            keep = bound > needed[left]
            left, bound = left[keep], bound[keep]
            if not len(left):
                break
        return left, bound

    def find_profits(
        self,
        tours: Tours,
        near: IntArray,
        cash: FloatArray,
        scarcity: FloatArray,
        room: FloatArray,
        paid: float,
        value: FloatArray,
        people: FloatArray,
    ) -> tuple[IntArray, FloatArray, FloatArray]:
        """(positions, cost, profit) of the skeletons in ``near`` that have a profit on one day; compiled.

        ``cash``: by skeleton; ``scarcity``: by dates away; ``room``: by drivers; ``paid``: for the trip itself.
        """
        cells = np.flatnonzero((value > 0) & (people > 0))
        cells = cells[np.argsort(-value[cells], kind="stable")]
        cost, profit = find_profits(
            near,
            (*self._masks, tours.days.ravel(), tours.drivers.ravel(), cash.ravel()),
            (scarcity, room, paid),
            (self.corridor.board_of[cells], self.corridor.gate_of[cells], value[cells], people[cells]),
        )
        good = np.flatnonzero(profit > cost * TOLERANCE)
        at, cost, profit = near[good], cost[good], profit[good]
        special = np.flatnonzero(tours.extra_of.ravel()[at])
        if len(special):
            drivers = np.minimum(tours.drivers.ravel()[at[special]], len(room) - 1)
            profit[special] = (
                self.fill(tours, at[special], room[drivers], value, people)[0] + paid - cost[special]
            )
            kept = profit > cost * TOLERANCE
            at, cost, profit = at[kept], cost[kept], profit[kept]
        return at, cost, profit

    def _sum_surplus(self, value: FloatArray, people: FloatArray, multiplier: float) -> FloatArray:
        """People × (value − multiplier)⁺ by (boarding set, gate cluster); remembered, lines share it."""
        key = (value.tobytes(), people.tobytes(), multiplier)
        if key not in self._surplus:
            corridor = self.corridor
            surplus = people * np.maximum(value - multiplier, 0.0)
            pairs = np.zeros(corridor.pair_floor.shape)
            np.add.at(pairs, (corridor.board_of, corridor.gate_of), surplus)
            self._surplus[key] = self.space.board_sets.inside @ pairs
        return self._surplus[key]

    def fill(
        self, tours: Tours, at: IntArray, room: FloatArray, value: FloatArray, people: FloatArray
    ) -> tuple[FloatArray, FloatArray, IntArray]:
        """(worth, loads, cells): best fractional load of each skeleton; loads are (skeletons, cells)."""
        corridor = self.corridor
        cells = np.flatnonzero(value > 0)
        cells = cells[np.argsort(-value[cells], kind="stable")]
        a, b = np.divmod(at, len(self.space.gate_sets.members))
        boards, gates = corridor.board_of[cells], corridor.gate_of[cells]
        aboard = self.space.board_sets.inside[a][:, boards] * self.space.gate_sets.inside[b][:, gates]
        able = aboard * people[cells]
        paid = np.broadcast_to(value[cells], able.shape)
        special = np.flatnonzero(tours.extra_of[a, b])
        if len(special):
            paid = paid.copy()
            extra = tours.get_extra(tours.extra_of[a[special], b[special]])
            paid[special] = np.maximum(paid[special] - extra[:, boards, gates], 0.0)
        loads = _load(able, paid, room, special)
        loads = np.where(paid > 0, loads, 0.0)
        return (loads * paid).sum(axis=1), loads, cells


def _find_masks(inside: FloatArray) -> IntArray:
    """Bits of the members of each subset."""
    return inside.astype(np.int64) @ (np.int64(1) << np.arange(inside.shape[1], dtype=np.int64))


def _find_multipliers(value: FloatArray, people: FloatArray) -> list[float]:
    """Multipliers for the screening: values at certain shares of the people who pay anything, and 0."""
    paying = value > 0
    if not paying.any():
        return [0.0]
    order = np.argsort(value[paying], kind="stable")
    share = np.cumsum(people[paying][order])
    at = np.searchsorted(share, np.array(_QUANTILES) * share[-1]).clip(0, len(order) - 1)
    return sorted({0.0, *(float(x) for x in value[paying][order][at])})


def _load(people: FloatArray, paid: FloatArray, room: FloatArray, special: IntArray) -> FloatArray:
    """Fractional loads: seats go to the best paid first. Columns are sorted by pay except in the ``special`` rows."""
    before = np.cumsum(people, axis=1) - people
    loads: FloatArray = np.clip(room[:, None] - before, 0.0, people)
    for row in special.tolist():
        order = np.argsort(-paid[row], kind="stable")
        sorted_people = people[row][order]
        ahead = np.cumsum(sorted_people) - sorted_people
        loads[row, order] = np.clip(room[row] - ahead, 0.0, sorted_people)
    return loads
