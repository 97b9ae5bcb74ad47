"""The centre that column generation stays near: the prices that proved most, corridor by corridor."""

from __future__ import annotations

import numpy as np

from dispatch.batching.bound.lagrange import Proof, mix_duals
from dispatch.batching.bound.problem import Duals, Problem

#: What older prices count for, so that the centre follows when scarcity moves.
_FORGETTING = 0.998
#: Least and most share of the centre in the prices tried next.
_LEAST_SHARE, _MOST_SHARE = 0.2, 0.9


class Centre:
    """Cover and cut prices that proved most so far, corridor by corridor; a place to stay near, itself no proof."""

    def __init__(self, problem: Problem, proof: Proof, smoothing_ratio: float) -> None:
        self.problem = problem
        self.brought = proof.by_corridor.copy()
        self.cover = proof.duals.cover.copy()
        self.cuts = dict(proof.duals.cuts)
        self.shares = np.full(len(problem.corridors), smoothing_ratio)

    @property
    def is_left(self) -> bool:
        """True where the last prices were the master's own in every corridor."""
        return not self.shares.any()

    def mix(self, newer: Duals) -> Duals:
        """Prices between the centre and the master's."""
        return mix_duals(self.problem, self.get_duals(newer), newer, self.shares)

    def move(self, proof: Proof) -> None:
        """Take over the prices of the corridors in which a proof brings more, and adapt how near to stay."""
        found = {corridor for corridor, _ in proof.patterns}
        better = proof.by_corridor > self.brought
        self.brought = np.maximum(self.brought * _FORGETTING, proof.by_corridor)
        for i in range(len(self.shares)):
            if better[i]:
                self._take(proof.duals, i)
            if i not in found:
                self.shares[i] = 0.0
            elif better[i]:
                self.shares[i] = max(_LEAST_SHARE, 0.8 * self.shares[i])
            else:
                self.shares[i] = min(_MOST_SHARE, 1 - 0.7 * (1 - self.shares[i]))

    def _take(self, duals: Duals, corridor: int) -> None:
        span = self.problem.spans[corridor]
        self.cover[span] = duals.cover[span]
        kept = {cut: price for cut, price in self.cuts.items() if cut.corridor != corridor}
        new = {cut: price for cut, price in duals.cuts.items() if cut.corridor == corridor}
        self.cuts = {**kept, **new}

    def get_duals(self, shared: Duals) -> Duals:
        """The centre's prices with the coach and slot prices of ``shared``."""
        return Duals(self.cover.copy(), dict(self.cuts), shared.coach, shared.slots)
