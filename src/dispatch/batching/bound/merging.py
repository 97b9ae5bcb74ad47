"""Thick corridors made smaller: cells between the same clusters with like windows are taken together.

A merged cell pays on every day what its cheapest member pays and may ride whenever one of them may; its people are
theirs. Every plan of the members is a plan of the merged cell at no higher cost, so a bound stays a bound.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.bound.corridors import BoundCorridor

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
#: Days that the ends of windows may differ by, from fine to coarse; at last windows count no more.
_STEPS = (1, 2, 3, 5, 8)


def merge_cells(
    corridor: BoundCorridor, otherwise: FloatArray, most_cells: int
) -> tuple[BoundCorridor, FloatArray]:
    """Corridor of at most ``most_cells`` cells (more only where there are more pairs of clusters) and what they pay otherwise.

    ``otherwise``: what not riding a coach costs per head of each cell (K,).
    """
    if len(corridor.cells) <= most_cells:
        return corridor, otherwise
    groups = _find_groups(corridor, most_cells)
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    heads = order[starts]
    merged = replace(
        corridor,
        cells=tuple(corridor.cells[int(row)] for row in heads),
        people=np.add.reduceat(corridor.people[order], starts),
        board_of=corridor.board_of[heads],
        gate_of=corridor.gate_of[heads],
        per_head=np.minimum.reduceat(corridor.per_head[order], starts, axis=0),
    )
    return merged, np.minimum.reduceat(otherwise[order], starts)


def _find_groups(corridor: BoundCorridor, most_cells: int) -> IntArray:
    """Number of the group of each cell (K,)."""
    pair = corridor.board_of * len(corridor.gates) + corridor.gate_of
    able = np.isfinite(corridor.per_head)
    first = able.argmax(axis=1)
    last = able.shape[1] - 1 - able[:, ::-1].argmax(axis=1)
    first[~able.any(axis=1)], last[~able.any(axis=1)] = -1, -1
    lock = np.unique([cell.fleet_lock for cell in corridor.cells], return_inverse=True)[1]
    rises = _find_first_rise(corridor.per_head)
    keys = [np.stack([pair, lock, first, last, rises])]
    keys += [np.stack([pair, lock, first // step, last // step]) for step in _STEPS]
    keys.append(np.stack([pair, lock, (first < 0).astype(np.int64)]))
    groups = np.zeros(len(pair), dtype=np.int64)
    for key in keys:
        groups = np.unique(key, axis=1, return_inverse=True)[1].astype(np.int64).ravel()
        if groups.max(initial=-1) < most_cells:
            break
    return groups


def _find_first_rise(per_head: FloatArray) -> IntArray:
    """Last day on which a cell travels at its least price: from the next one on it is late."""
    able = np.where(np.isfinite(per_head), per_head, np.inf)
    least = able.min(axis=1, initial=np.inf)[:, None]
    cheap = np.isfinite(able) & (able <= least)
    latest: IntArray = (cheap.shape[1] - 1 - cheap[:, ::-1].argmax(axis=1)).astype(np.int64)
    return latest
