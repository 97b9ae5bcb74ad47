"""The best set of trips of one corridor among all that the search has seen: a set covering programme.

The step that strong fleet-mix methods share (Subramanian et al. 2012): trips good by themselves, put together anew.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from dispatch.batching.compiled.layout import (
    ACTIVE,
    CASH,
    DAY,
    DAYS_AWAY,
    LINE,
    LOAD,
    PEOPLE,
    ROW,
    UNIT,
    UNITS,
    Ints,
    Lines,
    Net,
    Units,
)

#: Corridors with more parties are left as they are: too many ways to put the same people together.
MOST_PARTIES = 1_500
#: Trips weighed at once, the newest.
MOST_TRIPS = 700
RELATIVE_GAP = 0.001
MOST_NODES = 40


def recombine(
    net: Net,
    lines: Lines,
    units: Units,
    free: Ints,
    prices: NDArray[np.float64],
    trips: Ints,
    seen: Ints,
) -> Ints | None:
    """Cheapest cover of a corridor's parties by trips seen; rows, or None where nothing was found.

    ``free``: coaches by line and day that the corridor may use in all (its present trips given back). People nobody carries
    cost their penalty. A party in two trips is taken off one of them.
    """
    columns = _list_columns(trips, seen)
    model = mathopt.Model(name="recombine corridor")
    runs = [model.add_binary_variable() for _ in columns]
    aboard: dict[int, list[mathopt.Variable]] = defaultdict(list)
    out: dict[tuple[int, int], list[mathopt.Variable]] = defaultdict(list)
    cost: list[mathopt.LinearTypes] = []
    for row, run in zip(columns, runs, strict=True):
        days = _list_days(lines, row, free.shape[1])
        price = sum(float(prices[row[LINE], day]) for day in days)
        cost.append((int(row[CASH] + row[PEOPLE]) + price) * run)
        for day in days:
            out[int(row[LINE]), day].append(run)
        for u in row[UNIT : UNIT + row[UNITS]]:
            aboard[int(u)].append(run)
    for u, own in aboard.items():
        left = model.add_variable(lb=0.0, ub=1.0)
        cost.append(int(units.penalty_minor[u]) * left)
        model.add_linear_constraint(mathopt.fast_sum(own) + left >= 1)
    for (line, day), own in out.items():
        if len(own) > free[line, day]:
            model.add_linear_constraint(mathopt.fast_sum(own) <= int(max(0, free[line, day])))
    model.minimize(mathopt.fast_sum(cost))
    params = mathopt.SolveParameters(relative_gap_tolerance=RELATIVE_GAP, node_limit=MOST_NODES)
    result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=params)
    if not result.has_primal_feasible_solution():
        return None
    values = result.variable_values()
    chosen = [row.copy() for row, run in zip(columns, runs, strict=True) if values[run] > 0.5]
    return _take_off_doubles(net, lines, units, chosen)


def _list_columns(trips: Ints, seen: Ints) -> list[Ints]:
    """Present trips and the newest seen, the same people on the same line and day once (the cheapest)."""
    best: dict[tuple[int, int, bytes], Ints] = {}
    present = trips[trips[:, ACTIVE] == 1]
    for row in (*present, *seen):
        key = (int(row[LINE]), int(row[DAY]), np.sort(row[UNIT : UNIT + row[UNITS]]).tobytes())
        known = best.get(key)
        if known is None or row[CASH] + row[PEOPLE] < known[CASH] + known[PEOPLE]:
            best[key] = row
    return list(best.values())[: len(present) + MOST_TRIPS]


def _list_days(lines: Lines, row: Ints, days: int) -> range:
    day = int(row[DAY])
    end = day + int(row[DAYS_AWAY])
    if not lines.returns[row[LINE]]:
        end = max(end, int(lines.last_day[0]) + 1)
    return range(max(day, 0), min(end, days))


def _take_off_doubles(net: Net, lines: Lines, units: Units, chosen: list[Ints]) -> Ints:
    """Each party stays on the trip that is fullest; trips that lose everybody are not run."""
    from dispatch.batching.compiled.clock import MOST_STRETCHES
    from dispatch.batching.compiled.rows import remove_unit

    stretches = np.zeros((MOST_STRETCHES, 2), dtype=np.int64)
    seated: set[int] = set()
    kept = []
    for row in sorted(chosen, key=lambda each: (-int(each[LOAD]), int(each[DAY]), int(each[UNIT]))):
        doubles = [int(u) for u in row[UNIT : UNIT + row[UNITS]] if int(u) in seated]
        good = all(remove_unit(net, lines, units, row, u, stretches) for u in doubles)
        if good:
            seated.update(int(u) for u in row[UNIT : UNIT + row[UNITS]])
            kept.append(row)
    return np.array(kept, dtype=np.int64).reshape(len(kept), ROW)
