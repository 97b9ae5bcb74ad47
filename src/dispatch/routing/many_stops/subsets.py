"""Every set of up to twenty stops: the shortest route through it, compiled (Held and Karp, J. SIAM 10(1), 1962)."""

# mypy: disable-error-code="misc,no-untyped-def,no-untyped-call"
from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def fill_paths(entry, between, is_lawful, far):
    """Table (2^n, n): shortest path from the start through exactly the stops of a set, by last stop; ``far`` elsewhere.

    ``is_lawful`` (2^n) marks the sets that are wanted; with each set all its subsets must be marked. Weights, ``far`` and table share
    one integer type; ``far`` is above every path and may be doubled.
    """
    n = len(entry)
    table = np.full((1 << n, n), far)
    for last in range(n):
        table[1 << last, last] = entry[last]
    for mask in range(1, 1 << n):
        if not is_lawful[mask] or mask & (mask - 1) == 0:
            continue
        for last in range(n):
            if not mask >> last & 1:
                continue
            before = mask ^ (1 << last)
            best = far
            for stop in range(n):
                if before >> stop & 1:
                    km = table[before, stop] + between[stop, last]
                    best = min(best, km)
            table[mask, last] = best
    return table


@njit(cache=True)
def add_up_subsets(values):
    """Sum of ``values`` over every subset of n, by bit mask."""
    n = len(values)
    sums = np.zeros(1 << n, dtype=values.dtype)
    for bit in range(n):
        for mask in range(1 << bit):
            sums[mask | (1 << bit)] = sums[mask] + values[bit]
    return sums


@njit(cache=True)
def close_tours(table, leave, far):
    """Shortest closed route of every set, ``far`` where it was not wanted."""
    sets, n = table.shape
    closed = np.full(sets, far)
    for mask in range(1, sets):
        for last in range(n):
            if table[mask, last] < far:
                closed[mask] = min(closed[mask], table[mask, last] + leave[last])
    return closed


@njit(cache=True)
def trace(table, between, mask, last):
    """Stops (bits) of the shortest path through a set that ends at ``last``, in order."""
    order = np.empty(table.shape[1], dtype=np.int64)
    n = 0
    while True:
        order[n] = last
        n += 1
        before = mask ^ (1 << last)
        if before == 0:
            return order[:n][::-1].copy()
        for stop in range(table.shape[1]):
            if before >> stop & 1 and table[before, stop] + between[stop, last] == table[mask, last]:
                mask, last = before, stop
                break
