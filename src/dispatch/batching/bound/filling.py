"""Filling skeletons: bounds on what a full coach is worth, and exact fractional loads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.bound.skeletons import SkeletonSpace, Tours

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
#: Shares of the people at which multipliers of the screening are taken.
_QUANTILES = (0.0, 0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 0.95, 1.0)


class Filler:
    """Fills the skeletons of one corridor with its people; remembers sums that lines share."""

    def __init__(self, space: SkeletonSpace) -> None:
        self.space = space
        self.corridor = space.corridor
        self._surplus: dict[tuple[bytes, float], FloatArray] = {}

    def forget(self) -> None:
        """Forget the sums of earlier prices."""
        self._surplus.clear()

    def bound_fill(self, value: FloatArray, room: FloatArray) -> FloatArray:
        """Bound on the worth of a full coach for every skeleton: min over m of room·m + Σ people·(value − m)⁺."""
        corridor = self.corridor
        bound = np.full(room.shape, np.inf)
        for multiplier in _find_multipliers(value, corridor.people):
            worth = self._sum_surplus(value, multiplier) @ self.space.gate_sets.inside.T
            np.minimum(bound, worth + multiplier * room, out=bound)
        return bound

    def bound_fill_at(
        self, value: FloatArray, room: FloatArray, at: IntArray, needed: FloatArray
    ) -> tuple[IntArray, FloatArray]:
        """(positions in ``at`` that may be worth more than ``needed``, bound on their worth)."""
        corridor = self.corridor
        a, b = np.divmod(at, len(self.space.gate_sets.members))
        gates = self.space.gate_sets.inside
        left = np.arange(len(at))
        bound = np.full(len(at), np.inf)
        multipliers = _find_multipliers(value, corridor.people)
        middle = len(multipliers) // 2
        for multiplier in sorted(multipliers, key=lambda m: abs(multipliers.index(m) - middle)):
            by_board_set = self._sum_surplus(value, multiplier)
            worth = np.einsum("ng,ng->n", by_board_set[a[left]], gates[b[left]]) + multiplier * room[left]
            bound = np.minimum(bound, worth)
            keep = bound > needed[left]
            left, bound = left[keep], bound[keep]
            if not len(left):
                break
        return left, bound

    def _sum_surplus(self, value: FloatArray, multiplier: float) -> FloatArray:
        """People × (value − multiplier)⁺ by (boarding set, gate cluster); remembered, lines share it."""
        key = (value.tobytes(), multiplier)
        if key not in self._surplus:
            corridor = self.corridor
            surplus = corridor.people * np.maximum(value - multiplier, 0.0)
            pairs = np.zeros(corridor.pair_floor.shape)
            np.add.at(pairs, (corridor.board_of, corridor.gate_of), surplus)
            self._surplus[key] = self.space.board_sets.inside @ pairs
        return self._surplus[key]

    def fill(
        self, tours: Tours, at: IntArray, room: FloatArray, value: FloatArray
    ) -> tuple[FloatArray, FloatArray, IntArray]:
        """(worth, loads, cells): best fractional load of each skeleton; loads are (skeletons, cells)."""
        corridor = self.corridor
        cells = np.flatnonzero(value > 0)
        cells = cells[np.argsort(-value[cells], kind="stable")]
        a, b = np.divmod(at, len(self.space.gate_sets.members))
        boards, gates = corridor.board_of[cells], corridor.gate_of[cells]
        aboard = self.space.board_sets.inside[a][:, boards] * self.space.gate_sets.inside[b][:, gates]
        people = aboard * corridor.people[cells]
        paid = np.broadcast_to(value[cells], people.shape)
        special = np.flatnonzero(tours.extra_of[a, b])
        if len(special):
            paid = paid.copy()
            extra = tours.get_extra(tours.extra_of[a[special], b[special]])
            paid[special] = np.maximum(paid[special] - extra[:, boards, gates], 0.0)
        loads = _load(people, paid, room, special)
        loads = np.where(paid > 0, loads, 0.0)
        return (loads * paid).sum(axis=1), loads, cells


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
