"""Prices of scarce coaches: cutting planes in a trust region over what every corridor would pay and use (Kelley 1960).

Only suggestions: any prices >= 0 give a bound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
#: (cost, coaches used by finite line and day) of one corridor at prices of the same shape.
Estimate = Callable[[FloatArray], tuple[float, FloatArray]]
_SCALE = 100.0


def find_coach_prices(
    corridors: Sequence[Estimate], available: FloatArray, start: FloatArray, radius: FloatArray, rounds: int
) -> tuple[FloatArray, float]:
    """Prices (n,) within ``radius`` (n,) of ``start`` (n,) that make sum of corridor costs - prices · available large.

    With them comes that sum at ``start``.

    Parameters
    ----------
    corridors
        Cost and use (n,) of each corridor at given prices; concave and a supergradient of it, or nearly so.
    available
        Coaches (n,).
    rounds
        Prices tried after ``start``.
    """
    model = _Model(len(corridors), available, start, radius)
    best, prices, best_prices = -np.inf, start, start
    at_start = 0.0
    for number in range(rounds + 1):
        answers = [estimate(prices) for estimate in corridors]
        value = sum(cost for cost, _ in answers) - float(prices @ available)
        at_start = value if number == 0 else at_start
        if value > best:
            best, best_prices = value, prices
        model.add(prices, answers)
        found = model.solve() if number < rounds else None
        if found is None or np.allclose(found, prices, rtol=1e-6, atol=1.0):
            break
        prices = found
    return best_prices, at_start


class _Model:
    """The best prices as far as is known: what each corridor pays is below each of its planes."""

    def __init__(self, corridors: int, available: FloatArray, centre: FloatArray, radius: FloatArray) -> None:
        from ortools.linear_solver import pywraplp

        self.status = (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE)
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        infinity = self.solver.infinity()
        self.pays = [self.solver.NumVar(-infinity, infinity, "") for _ in range(corridors)]
        self.prices = [
            self.solver.NumVar(max(0.0, at - around) / _SCALE, (at + around) / _SCALE, "")
            for at, around in zip(centre.tolist(), radius.tolist(), strict=True)
        ]
        objective = self.solver.Objective()
        objective.SetMaximization()
        for pays in self.pays:
            objective.SetCoefficient(pays, 1.0)
        for price, count in zip(self.prices, available.tolist(), strict=True):
            objective.SetCoefficient(price, -count)

    def add(self, prices: FloatArray, answers: Sequence[tuple[float, FloatArray]]) -> None:
        """Planes of all corridors at some prices."""
        for pays, (cost, used) in zip(self.pays, answers, strict=True):
            if not np.isfinite(cost):
                continue
            row = self.solver.Constraint(-self.solver.infinity(), (cost - float(prices @ used)) / _SCALE)
            row.SetCoefficient(pays, 1.0)
            for i in np.flatnonzero(used).tolist():
                row.SetCoefficient(self.prices[i], -float(used[i]))

    def solve(self) -> FloatArray | None:
        """Best prices near the centre; None where the solver gave up."""
        if self.solver.Solve() not in self.status:
            return None
        return np.array([max(variable.solution_value(), 0.0) * _SCALE for variable in self.prices])
