"""One corridor at given prices of coaches: rounds of its own master and pricing, over prices of seats."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.bound.params import BoundParams
from dispatch.batching.bound.patterns import Pattern
from dispatch.batching.bound.seat_master import SeatMaster
from dispatch.batching.bound.seats import SeatDuals, SeatProblem, SeatProof, make_first_seats, prove_seats

FloatArray = NDArray[np.float64]
#: First box of a seat's price: so much above a full coach, and as much as half a coach for those who could be aboard.
FIRST_BOX, FIRST_FILL = 1.15, 0.5
#: Least and most share of the centre in the prices tried next.
_LEAST_SHARE, _MOST_SHARE = 0.2, 0.9
#: How often the box grows in one round where pricing has nothing new to say.
_WIDENINGS = 4


@dataclass
class Alone:
    """A corridor that keeps its columns while coaches change their prices.

    ``best`` is the best proof at the prices last worked at; ``cost`` what the master cost at last, no bound.
    """

    problem: SeatProblem
    params: BoundParams
    best: SeatProof | None = None
    rounds: int = 0
    cost: float = 0.0
    is_closed: bool = False
    _master: SeatMaster | None = None
    _waiting: list[Pattern] = field(default_factory=list)
    _share: float = 0.0
    _is_pure: bool = False
    _centre: SeatDuals | None = None
    _proven_at: FloatArray | None = None

    @property
    def columns(self) -> int:
        """Patterns found so far."""
        return 0 if self._master is None else len(self._master.columns)

    def work(self, coach: FloatArray, rounds: int) -> SeatProof:
        """Best proof at prices of coaches (lines, days) after at most so many more rounds."""
        if self._master is None:
            self._begin(coach)
        assert self._master is not None
        self._master.reprice(coach)
        if self.best is None or self._proven_at is None or not np.array_equal(self._proven_at, coach):
            self.best, self.is_closed, self._is_pure, self._proven_at = None, False, False, coach
            self._take(prove_seats(self.problem, self._get_centre(), coach))
        for _ in range(rounds):
            if self.is_closed:
                break
            self._go_round(self._master)
        assert self.best is not None
        return self.best

    def estimate(self, coach: FloatArray) -> tuple[float, FloatArray]:
        """(cost, coaches out by line and day) in the master as it stands at other prices; no bound."""
        assert self._master is not None
        self._master.reprice(coach)
        answer = self._master.solve()
        while answer is not None and self._master.widen():
            self.is_closed = self._is_pure = False
            answer = self._master.solve()
        return (np.inf if answer is None else answer[0]), self._master.count_coaches()

    def _begin(self, coach: FloatArray) -> None:
        problem = self.problem
        first = make_first_seats(problem)
        able = np.maximum(problem.supply.sum(axis=0), 1.0)
        thin = FIRST_FILL * problem.pricer.find_most_room(problem.corridor.days) / able
        caps = np.minimum(first * np.maximum(FIRST_BOX, thin), problem.most)
        self._master = SeatMaster(problem, caps, coach)
        self._proven_at = coach
        self._share = self.params.smoothing_ratio
        self._take(prove_seats(problem, SeatDuals(first, {}), coach))
        self._take(prove_seats(problem, SeatDuals(caps, {}), coach))

    def _get_centre(self) -> SeatDuals:
        return self._centre or SeatDuals(make_first_seats(self.problem), {})

    def _take(self, proof: SeatProof) -> bool:
        """Keep what a proof brings; True where it is the best so far."""
        self._waiting += proof.patterns
        if self.best is not None and proof.bound <= self.best.bound:
            return False
        self.best, self._centre = proof, proof.duals
        return True

    def _go_round(self, master: SeatMaster) -> None:
        """One master and one pricing."""
        self.rounds += 1
        added = sum(master.add_pattern(pattern) for pattern in self._waiting)
        self._waiting.clear()
        answer = master.solve()
        if answer is None:
            self.is_closed = True
            return
        grew = master.widen()
        for _ in range(_WIDENINGS if grew and not added else 0):
            answer = master.solve() or answer
            if not master.widen():
                break
        self.cost, duals = answer
        changed = grew or (0 if grew else master.add_cuts(self.params.cuts_per_round))
        if self.best is not None and not added and not changed and self._is_pure:
            self.is_closed = True
            return
        self._is_pure = not self._share
        proof = prove_seats(self.problem, self._mix(duals), master.coach)
        self._move(proof, self._take(proof))
        assert self.best is not None
        near = self.cost - self.best.bound <= self.params.gap_ratio * abs(self.cost)
        self.is_closed = near and not changed

    def _mix(self, newer: SeatDuals) -> SeatDuals:
        """Prices between the best ones and the master's."""
        share, centre = self._share, self._get_centre()
        if not share:
            return newer
        cuts = {
            cut: share * centre.cuts.get(cut, 0.0) + (1 - share) * newer.cuts.get(cut, 0.0)
            for cut in dict.fromkeys((*centre.cuts, *newer.cuts))
        }
        return SeatDuals(share * centre.seats + (1 - share) * newer.seats, cuts)

    def _move(self, proof: SeatProof, is_better: bool) -> None:
        """Adapt how near to the best prices to stay."""
        if not proof.patterns:
            self._share = 0.0
        elif is_better:
            self._share = max(_LEAST_SHARE, 0.8 * self._share)
        else:
            self._share = min(_MOST_SHARE, 1 - 0.7 * (1 - self._share))
