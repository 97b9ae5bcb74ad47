"""How long we look: the three efforts. They never change what a right answer is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Work limits, never time limits, so that the same seed gives the same plan on any machine.

    ``steps_per_unit`` ruin-and-recreate steps for each unit, within ``min_steps``..``max_steps`` per chain;
    ``phases`` of searching and sharing out seats, every second one with recombining; ``chains`` independent searches, the best wins; ``rounds`` of planning transfers and searching again at
    the prices found; ``exact_units``: up to how many units the exact model is tried as well.
    """

    name: str
    steps_per_unit: float
    min_steps: int
    max_steps: int
    phases: int
    chains: int
    rounds: int
    exact_units: int

    def count_steps(self, units: int) -> int:
        """Steps of one chain for a number of units."""
        return max(self.min_steps, min(self.max_steps, int(self.steps_per_unit * units)))


EFFORTS = {
    "quick": Effort(
        name="quick",
        steps_per_unit=0.2,
        min_steps=60,
        max_steps=1_000,
        phases=1,
        chains=1,
        rounds=1,
        exact_units=10,
    ),
    "standard": Effort(
        name="standard",
        steps_per_unit=1.6,
        min_steps=1_600,
        max_steps=6_000,
        phases=4,
        chains=1,
        rounds=2,
        exact_units=12,
    ),
    "thorough": Effort(
        name="thorough",
        steps_per_unit=12.0,
        min_steps=2_000,
        max_steps=60_000,
        phases=8,
        chains=2,
        rounds=3,
        exact_units=14,
    ),
}
