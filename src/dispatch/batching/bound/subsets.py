"""Small subsets of places, and the shortest way through each of them (Held and Karp 1962, vectorised)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Subsets:
    """Non-empty subsets of ``n`` things with at most ``most`` members, smaller ones first.

    ``members``: the subsets as tuples; ``inside``: (subsets, n) 0/1 matrix.
    """

    n: int
    members: tuple[tuple[int, ...], ...]
    inside: FloatArray


def count_subsets(n: int, most: int) -> int:
    """Non-empty subsets of n things with at most ``most`` members."""
    return sum(comb(n, size) for size in range(1, min(n, most) + 1))


def make_subsets(n: int, most: int) -> Subsets:
    """All non-empty subsets of at most ``most`` of n things (n at most 62)."""
    members = tuple(chosen for size in range(1, min(n, most) + 1) for chosen in combinations(range(n), size))
    inside = np.zeros((len(members), n))
    for row, chosen in enumerate(members):
        inside[row, list(chosen)] = 1.0
    return Subsets(n, members, inside)


def find_ways(subsets: Subsets, entry: FloatArray, cost: FloatArray) -> FloatArray:
    """Weight of the shortest path that enters, visits a whole subset and ends at a member: (subsets, n).

    Infinity where the last place is no member. ``entry``: (n,), ``cost``: (n, n).
    """
    n = subsets.n
    masks = (subsets.inside.astype(np.int64) * (np.int64(1) << np.arange(n, dtype=np.int64))).sum(axis=1)
    by_mask = np.argsort(masks, kind="stable")
    sorted_masks = masks[by_mask]
    sizes = subsets.inside.sum(axis=1).astype(np.int64)
    table = np.full((len(masks), n), np.inf)
    for last in range(n):
        table[(sizes == 1) & (subsets.inside[:, last] == 1), last] = entry[last]
    for size in range(2, int(sizes.max(initial=1)) + 1):
        for last in range(n):
            rows = np.flatnonzero((sizes == size) & (subsets.inside[:, last] == 1))
            without = by_mask[np.searchsorted(sorted_masks, masks[rows] ^ (np.int64(1) << np.int64(last)))]
            table[rows, last] = (table[without] + cost[:, last]).min(axis=1, initial=np.inf)
    return table


def join_ways(heads: FloatArray, cross: FloatArray, tails: FloatArray) -> FloatArray:
    """Shortest head + crossing + tail for every pair of subsets: (first subsets, second subsets).

    ``heads``: (A, p) by last place; ``cross``: (p, g); ``tails``: (B, g) by first place.
    """
    arrived = np.stack([(heads + cross[:, g]).min(axis=1) for g in range(cross.shape[1])], axis=1)
    total = np.full((len(heads), len(tails)), np.inf)
    for g in range(cross.shape[1]):
        np.minimum(total, arrived[:, g, None] + tails[None, :, g], out=total)
    return total


def close_paths(weights: FloatArray) -> FloatArray:
    """Shortest-path closure of a square matrix of weights (Floyd and Warshall)."""
    closed = weights.astype(np.float64).copy()
    for via in range(len(closed)):
        np.minimum(closed, closed[:, via, None] + closed[None, via, :], out=closed)
    return closed


def gather_clusters(distance: FloatArray, most: int) -> tuple[tuple[int, ...], ...]:
    """Partition into at most ``most`` clusters of near places: farthest-first centres (Gonzalez 1985).

    Singletons in order where nothing has to be gathered.
    """
    n = len(distance)
    if n <= most:
        return tuple((i,) for i in range(n))
    centres = [0]
    nearest = distance[0].copy()
    while len(centres) < most:
        centres.append(int(np.argmax(nearest)))
        nearest = np.minimum(nearest, distance[centres[-1]])
    owner = np.argmin(distance[centres], axis=0)
    groups = [tuple(np.flatnonzero(owner == c).tolist()) for c in range(most)]
    return tuple(sorted(group for group in groups if group))
