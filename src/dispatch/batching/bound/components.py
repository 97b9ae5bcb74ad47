"""Components: corridors that interact through no finite fleet line and no shared service are bounded apart."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np

from dispatch.batching.bound.corridors import BoundCorridor
from dispatch.batching.bound.fleets import Fleets
from dispatch.batching.bound.services import ServiceOffer


@dataclass(frozen=True)
class Component:
    """Corridors and the services only they share; riders of the services count from the first of these corridors."""

    corridors: tuple[BoundCorridor, ...]
    offers: tuple[ServiceOffer, ...]


def split_components(
    corridors: tuple[BoundCorridor, ...], offers: tuple[ServiceOffer, ...], fleets: Fleets
) -> tuple[Component, ...]:
    """Components in order of their first corridor. Services that nobody may ride are in none."""
    owner = (
        np.concatenate([np.full(len(c.cells), i) for i, c in enumerate(corridors)])
        if corridors
        else np.zeros(0)
    )
    leader = list(range(len(corridors)))

    def find(i: int) -> int:
        while leader[i] != i:
            i = leader[i]
        return i

    def join(members: list[int]) -> None:
        for other in members[1:]:
            low, high = sorted((find(members[0]), find(other)))
            leader[high] = low

    if fleets.finite:
        join([i for i, corridor in enumerate(corridors) if np.isfinite(corridor.per_head).any()])
    ridden = [offer for offer in offers if len(offer.riders)]
    served = [sorted({int(i) for i in owner[offer.riders]}) for offer in ridden]
    for members in served:
        join(members)
    by_slot: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for offer, members in zip(ridden, served, strict=True):
        for slot in offer.slots:
            by_slot[slot].append(members[0])
    for members in by_slot.values():
        join(members)
    return tuple(
        _make_component([i for i in range(len(corridors)) if find(i) == root], corridors, ridden, served)
        for root in sorted({find(i) for i in range(len(corridors))})
    )


def _make_component(
    members: list[int],
    corridors: tuple[BoundCorridor, ...],
    offers: list[ServiceOffer],
    served: list[list[int]],
) -> Component:
    start, moved = 0, {}
    begin = np.cumsum([0, *(len(corridor.cells) for corridor in corridors)])
    for i in members:
        for row in range(len(corridors[i].cells)):
            moved[int(begin[i]) + row] = start + row
        start += len(corridors[i].cells)
    own = tuple(
        replace(offer, riders=np.array([moved[int(at)] for at in offer.riders], dtype=np.int64))
        for offer, where in zip(offers, served, strict=True)
        if where[0] in members
    )
    return Component(tuple(corridors[i] for i in members), own)
