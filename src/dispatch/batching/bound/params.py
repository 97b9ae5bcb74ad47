"""How hard the bound is looked for. More effort never makes a bound wrong, only closer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundParams:
    """Work limits of the bound; all are counts, so the same input gives the same bound.

    Attributes
    ----------
    rounds
        Most rounds of master and pricing in each component.
    columns_per_round
        Most trip patterns taken over per corridor and round.
    smoothing_ratio
        Share of the best duals so far in the duals priced first (0 = none; Wentges 1997); it adapts by corridor.
    gap_ratio
        Stop once bound and master differ by less than this share.
    most_board_sets, most_skeletons
        Limits on subsets of boarding places and on (boarding set, gate set) pairs per corridor; places beyond are
        gathered into clusters, which is a weaker but valid picture.
    refinements
        Most skeletons worked out exactly per corridor and round.
    tried_orders
        Most stop orders driven in full for one skeleton; one with more orders keeps its floor.
    cuts_per_round
        Most interval round-up cuts added per corridor and round.
    """

    rounds: int
    columns_per_round: int = 80
    smoothing_ratio: float = 0.5
    gap_ratio: float = 2e-4
    most_board_sets: int = 6_000
    most_skeletons: int = 250_000
    refinements: int = 12
    tried_orders: int = 12
    cuts_per_round: int = 4


QUICK = BoundParams(rounds=10, refinements=8, gap_ratio=2e-3)
STANDARD = BoundParams(rounds=30)
THOROUGH = BoundParams(rounds=120, refinements=40, tried_orders=36, gap_ratio=5e-5)
BOUND_PARAMS = {"quick": QUICK, "standard": STANDARD, "thorough": THOROUGH}
