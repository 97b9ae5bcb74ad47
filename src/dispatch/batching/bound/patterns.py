"""Prices and trip patterns: what pricing is asked and what it answers. Plain values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
#: A pattern that saves less than this share of its cost is not worth having.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Prices:
    """Prices of one corridor: per head of each cell (K,) or each cell and date (K, T), per trip by date (T,), per coach.

    ``coach``: (lines, MOST_DATES + horizon) scarcity price of one coach on a day; infinity where there is none.
    """

    cover: FloatArray
    by_day: FloatArray
    coach: FloatArray


@dataclass(frozen=True)
class Pattern:
    """A trip pattern: loads by cell of its corridor, and what it costs in money (``cost``) without scarcity."""

    line: int
    day: int
    board_set: int
    gate_set: int
    cost: float
    touched: tuple[int, int]
    loads: tuple[tuple[int, float], ...]
    profit: float


@dataclass(frozen=True)
class Priced:
    """Answer of pricing: ``scale`` in (0, 1] by which cover and day prices are too high at most, and better patterns."""

    scale: float
    patterns: tuple[Pattern, ...]
    is_exact: bool


@dataclass
class Filled:
    """Filled skeletons of one line and date."""

    line: int
    day: int
    at: IntArray
    cost: FloatArray
    profit: FloatArray


def find_best_ratio(found: list[Filled]) -> float:
    """Best profit by cost among all filled skeletons; 0 without any."""
    return max((float(find_ratios(each).max()) for each in found), default=0.0)


def find_ratios(found: Filled) -> FloatArray:
    """Profit by cost of each filled skeleton."""
    ratios: FloatArray = found.profit / np.maximum(found.cost, 1e-9)
    return ratios
