"""Who sits in which carriage of a train or aircraft, and where (C16): parties whole, children with an adult of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dispatch.routing.seats import SeatParty, mix_children


def seat_train(
    carriages: int, capacity: int, approved: int, parties: Sequence[SeatParty], isolation_seats: int = 0
) -> dict[str, tuple[int, str]]:
    """Carriage (from 1) and seat number of each worker of a train or aircraft.

    Carriages are filled one after the other, the largest parties that still fit first. Only where the spare room does
    not suffice to leave places empty is a party split, and then over neighbouring carriages, children with an
    adult. Seats are numbered from 1; the last ``isolation_seats`` stay empty; what room is left over in a
    carriage is spread between parties.

    Parameters
    ----------
    carriages, capacity
        Number of carriages and most people in each.
    approved
        Seats of a carriage.

    Raises
    ------
    ValueError
        Where the parties do not fit (each group needs carriages of its own).
    """
    groups = [[p for p in parties if p.group == group] for group in sorted({p.group for p in parties})]
    needed = [-(-sum(len(party.worker_ids) for party in own) // max(capacity, 1)) for own in groups]
    if sum(needed) > carriages or capacity < min(sum(needed), 1):
        raise ValueError(f"{len(parties)} parties do not fit {carriages} carriages of {capacity}")
    if needed:
        needed[0] += carriages - sum(needed)
    packed = [blocks for own, n in zip(groups, needed, strict=True) for blocks in _pack(n, capacity, own)]
    usable = max(approved - isolation_seats, capacity)
    return {
        worker_id: (number, str(seat))
        for number, blocks in enumerate(packed, start=1)
        for worker_id, seat in _number_seats(blocks, usable)
    }


def _pack(carriages: int, capacity: int, parties: Sequence[SeatParty]) -> list[list[tuple[str, ...]]]:
    """Blocks of neighbours in each carriage: first-fit decreasing, with splits only where no spare room is left."""
    waiting = sorted(parties, key=lambda party: (-len(party.worker_ids), party.party_key))
    slack = carriages * capacity - sum(len(party.worker_ids) for party in waiting)
    packed: list[list[tuple[str, ...]]] = []
    rest: SeatParty | None = None
    for _ in range(carriages):
        blocks: list[tuple[str, ...]] = []
        room = capacity
        if rest is not None:
            first, rest = _split(rest, room)
            blocks.append(first)
            room -= len(first)
        if rest is None:
            still = []
            for party in waiting:
                if len(party.worker_ids) <= room:
                    blocks.append(_keep_children_near(party.worker_ids, party.minor_ids))
                    room -= len(party.worker_ids)
                else:
                    still.append(party)
            waiting = still
        if room > slack and waiting and rest is None:
            halved = min(waiting, key=_rank_for_split)
            waiting.remove(halved)
            first, rest = _split(halved, room)
            blocks.append(first)
        elif rest is None:
            slack -= room
        packed.append(blocks)
    return packed


def _rank_for_split(party: SeatParty) -> tuple[bool, int, str]:
    """Parties without children first, then those with the most adults to go round."""
    adults = sum(worker_id not in party.minor_ids for worker_id in party.worker_ids)
    return (bool(party.minor_ids), -adults, party.party_key)


def _split(party: SeatParty, room: int) -> tuple[tuple[str, ...], SeatParty | None]:
    """(those who sit in this carriage, the party that goes on in the next); both keep an adult where there are two."""
    if len(party.worker_ids) <= room:
        return _keep_children_near(party.worker_ids, party.minor_ids), None
    young = [worker_id for worker_id in party.worker_ids if worker_id in party.minor_ids]
    old = [worker_id for worker_id in party.worker_ids if worker_id not in party.minor_ids]
    kept = 1 if young and len(old) > 1 else 0
    here = {*[*old[: len(old) - kept], *young, *old[len(old) - kept :]][:room]}
    staying = tuple(worker_id for worker_id in party.worker_ids if worker_id in here)
    going = tuple(worker_id for worker_id in party.worker_ids if worker_id not in here)
    return _keep_children_near(staying, party.minor_ids), replace(party, worker_ids=going)


def _keep_children_near(worker_ids: tuple[str, ...], minor_ids: frozenset[str]) -> tuple[str, ...]:
    """Workers in an order in which each child is next to an adult where there are enough."""
    if not minor_ids:
        return worker_ids
    young = [worker_id for worker_id in worker_ids if worker_id in minor_ids]
    old = [worker_id for worker_id in worker_ids if worker_id not in minor_ids]
    if not young or not old:
        return worker_ids
    minors, adults = iter(young), iter(old)
    return tuple(
        next(minors) if is_minor else next(adults) for is_minor in mix_children(len(old), len(young), 0)
    )


def _number_seats(blocks: Sequence[tuple[str, ...]], seats: int) -> Iterator[tuple[str, int]]:
    """(worker, seat number): blocks one after the other, with the empty seats spread between them."""
    people = sum(len(block) for block in blocks)
    placed = 0
    for block in blocks:
        start = placed + (seats - people) * placed // people
        for i, worker_id in enumerate(block):
            yield worker_id, start + i + 1
        placed += len(block)
