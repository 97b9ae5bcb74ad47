"""First prices: what a seat on a full coach, a service, an own ticket or staying costs at least. A bound at once."""

from __future__ import annotations

import numpy as np

from dispatch.batching.bound.problem import Duals, Problem


def make_first_duals(problem: Problem) -> Duals:
    """Cover prices at the cheapest seat of a full coach that goes nowhere else, at most an own ticket or staying.

    A coach with several stops costs at least as much as a coach to any one pair of them, so no pattern breaks these
    prices. A service at its cheapest full seat does not pay either.
    """
    cover = problem.otherwise.copy()
    for span, pricer in zip(problem.spans, problem.pricers, strict=True):
        cover[span] = np.minimum(cover[span], pricer.find_cheapest_seats())
    for offer in problem.offers:
        if offer.room > 0:
            running = (offer.fixed + offer.carriage * offer.max_carriages) / offer.room
            cover[offer.riders] = np.minimum(cover[offer.riders], offer.price + running)
    return Duals(cover, {}, {}, {})
