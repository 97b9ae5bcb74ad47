"""Shortest orders in which to visit a set of stops: exact up to twenty, by ruin and recreate beyond.

Weights are km and minutes packed into one integer (km first, minutes break ties), see ``pack_weights``.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.int64]
Path = tuple[int, ...]

EXACT_STOPS = 20
#: Up to here all orders are tried one by one: quicker than the table, and ties fall to the first order.
ENUMERATED_STOPS = 5
#: Up to here the table is filled layer by layer without compiled code, which takes a second to load.
LAYERED_STOPS = 9
#: Steps of ruin and recreate for one order of more stops than ``EXACT_STOPS``.
ROUGH_STEPS = 20_000
_MINUTES_BITS = 21


def pack_weights(km_tenths: NDArray[np.int32], minutes: NDArray[np.int32]) -> Weights:
    """One integer per leg that orders by km and then by minutes, also in sums of up to some hundred legs."""
    packed: Weights = (km_tenths.astype(np.int64) << _MINUTES_BITS) + minutes
    return packed


def find_paths(entry: Weights, cost: Weights, leave: Weights | None = None) -> dict[int, tuple[int, Path]]:
    """Shortest path through all n stops for each last stop: last -> (weight, stops in order).

    Parameters
    ----------
    entry
        Shape (n,): weight of reaching each stop as the first one.
    cost
        Shape (n, n): directed weights between stops.
    leave
        Shape (n,): weight from each stop on, if it is the last one; used where not every last stop can be tried.

    Notes
    -----
    Exact for n <= 20: all orders, then Held and Karp's dynamic programme over subsets (J. SIAM 10(1), 1962). Beyond,
    ruin and recreate of one route (``many_stops``); then only the last stop that this finds best is in the answer.
    """
    n = len(entry)
    if n <= ENUMERATED_STOPS:
        return _enumerate_paths(entry.tolist(), cost.tolist())
    if n <= LAYERED_STOPS:
        return _solve_exactly(entry, cost)
    if n <= EXACT_STOPS:
        return _solve_compiled(entry, cost)
    return _solve_roughly(entry, cost, np.zeros(n, dtype=np.int64) if leave is None else leave)


def _enumerate_paths(entry: list[int], cost: list[list[int]]) -> dict[int, tuple[int, Path]]:
    best: dict[int, tuple[int, Path]] = {}
    for order in permutations(range(len(entry))):
        found = (_weigh(order, entry, cost), order)
        if order[-1] not in best or found < best[order[-1]]:
            best[order[-1]] = found
    return best


def _weigh(order: Path | list[int], entry: list[int], cost: list[list[int]]) -> int:
    weight, here = entry[order[0]], order[0]
    for there in order[1:]:
        weight += cost[here][there]
        here = there
    return weight


def _solve_exactly(entry: Weights, cost: Weights) -> dict[int, tuple[int, Path]]:
    """Held-Karp, one layer of equally large subsets at a time."""
    n = len(entry)
    masks = np.arange(1 << n, dtype=np.int64)
    sizes = np.bitwise_count(masks) if hasattr(np, "bitwise_count") else _count_bits(masks)
    unreached = np.int64(1) << 60
    table = np.full((1 << n, n), unreached, dtype=np.int64)
    table[1 << np.arange(n), np.arange(n)] = entry
    for size in range(2, n + 1):
        layer = masks[sizes == size]
        for last in range(n):
            with_last = layer[(layer >> last) & 1 == 1]
            table[with_last, last] = (table[with_last ^ (1 << last)] + cost[:, last]).min(axis=1)
    return {last: _trace(table, cost, last) for last in range(n)}


def _solve_compiled(entry: Weights, cost: Weights) -> dict[int, tuple[int, Path]]:
    """The same table, filled by compiled code."""
    from dispatch.routing.many_stops.subsets import fill_paths

    far = np.int64(1 << 60)
    wanted = np.ones(1 << len(entry), dtype=np.bool_)
    table: Weights = fill_paths(np.ascontiguousarray(entry), np.ascontiguousarray(cost), wanted, far)
    return {last: _trace(table, cost, last) for last in range(len(entry))}


def _count_bits(masks: NDArray[np.int64]) -> NDArray[np.int64]:
    counts = np.zeros_like(masks)
    rest = masks.copy()
    while rest.any():
        counts += rest & 1
        rest >>= 1
    return counts


def _trace(table: Weights, cost: Weights, last: int) -> tuple[int, Path]:
    """Weight and stops of the best path that ends at ``last``, read backwards from the full set."""
    mask = len(table) - 1
    weight = int(table[mask, last])
    path = [last]
    while mask & (mask - 1):
        mask ^= 1 << path[-1]
        path.append(int(np.argmin(table[mask] + cost[:, path[-1]])))
    return weight, tuple(reversed(path))


def _solve_roughly(entry: Weights, cost: Weights, leave: Weights) -> dict[int, tuple[int, Path]]:
    """One coach large enough for all, found as the pickup problem that it is."""
    from dispatch.routing.many_stops.search import find_one_route

    n = len(entry)
    weights = np.zeros((n + 1, n + 1), dtype=np.int64)
    weights[0, 1:], weights[1:, 0], weights[1:, 1:] = entry, leave, cost
    order = tuple(stop - 1 for stop in find_one_route(weights, ROUGH_STEPS))
    return {order[-1]: (_weigh(order, entry.tolist(), cost.tolist()), order)}
