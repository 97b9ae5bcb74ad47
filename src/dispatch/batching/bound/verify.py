"""A second look at prices: every real trip of a small problem, one by one, with the planner's exact trip facts.

Slow and plain on purpose: no screening, no floors, no vectors. What it finds too cheap is an error in the pricing.
"""

from __future__ import annotations

from dispatch.batching.bound.problem import Duals, Problem
from dispatch.batching.direct import DirectCosts


def verify_duals(problem: Problem, duals: Duals, costs: DirectCosts) -> float:
    """Largest ratio of what the prices pay for a trip to what it costs; at most 1 where the duals prove a bound.

    Looks at the cheapest order of every set of boarding places and gates of every line on every date, filled with the best
    paid people (who may be split), and at staying or an own ticket of every cell.
    """
    worst = 0.0
    pay = problem.pay_otherwise(duals)
    for i in range(len(problem.people)):
        worst = max(worst, _ratio(float(pay[i]), float(problem.otherwise[i])))
    for number in range(len(problem.corridors)):
        worst = max(worst, _verify_corridor(problem, duals, costs, number))
    return worst


def _verify_corridor(problem: Problem, duals: Duals, costs: DirectCosts, number: int) -> float:
    corridor, pricer = problem.corridors[number], problem.pricers[number]
    coach, by_day = problem.get_coach_prices(duals), problem.price_trips(duals, number)
    cover = duals.cover[problem.spans[number]]
    worst = 0.0
    for line_number, line in enumerate(problem.fleets.lines):
        for chosen in pricer.space.board_sets.members:
            boards = frozenset(place for i in chosen for place in corridor.boards[i])
            for picked in pricer.space.gate_sets.members:
                gates = frozenset(place for i in picked for place in corridor.gates[i])
                shape = costs.find_shape(line.id, boards, gates)
                if shape is None:
                    continue
                for t, day in enumerate(corridor.days):
                    offers = []
                    for row, cell in enumerate(corridor.cells):
                        if cell.board in boards and cell.gate in gates:
                            per_head = costs.find_cost_per_head(shape, day, cell)
                            if per_head is not None and cover[row] > per_head:
                                offers.append((float(cover[row]) - per_head, float(corridor.people[row])))
                    paid, room = float(by_day[t]), float(costs.get_capacity(shape, day))
                    for value, people in sorted(offers, reverse=True):
                        taken = min(room, people)
                        paid, room = paid + value * taken, room - taken
                    last = (
                        day + shape.days
                        if line.returns
                        else max(problem.fleets.last_day + 1, day + shape.days)
                    )
                    if offers:
                        worst = max(
                            worst, _ratio(paid, shape.cash_minor + float(coach[line_number, day:last].sum()))
                        )
    return worst


def _ratio(paid: float, cost: float) -> float:
    if cost <= 0:
        return 1.0 if paid <= 1e-6 else float("inf")
    return paid / cost
