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
    is_even
        Patterns are taken from all lines and dates alike, the best of each first; otherwise the best of all.
    is_compiled
        Skeletons are filled by a compiled loop, which is worth its compilation in large scenarios only.
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
    price_passes, first_rounds, pass_rounds
        For large scenarios: how often coach prices are found anew, and most rounds per corridor before the first time and
        between two times; ``rounds`` at the prices kept.
    price_steps
        Prices tried in the masters as they stand each time.
    most_cells
        Cells of a corridor of a large scenario above which similar ones are taken together.
    """

    rounds: int
    columns_per_round: int = 80
    is_even: bool = False
    is_compiled: bool = False
    smoothing_ratio: float = 0.5
    gap_ratio: float = 2e-4
    most_board_sets: int = 6_000
    most_skeletons: int = 250_000
    refinements: int = 12
    tried_orders: int = 12
    cuts_per_round: int = 4
    price_passes: int = 6
    first_rounds: int = 5
    pass_rounds: int = 3
    price_steps: int = 4
    most_cells: int = 160


QUICK = BoundParams(rounds=10, refinements=8, gap_ratio=2e-3)
STANDARD = BoundParams(rounds=45)
THOROUGH = BoundParams(rounds=120, refinements=40, tried_orders=36, gap_ratio=5e-5)
#: For scenarios that are bounded county by county.
LARGE = BoundParams(
    rounds=10,
    columns_per_round=100,
    is_even=True,
    is_compiled=True,
    gap_ratio=2e-3,
    most_board_sets=1_500,
    most_skeletons=30_000,
    refinements=6,
)
BOUND_PARAMS = {"quick": QUICK, "standard": STANDARD, "thorough": THOROUGH}
