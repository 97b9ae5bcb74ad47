"""Who sits where (C16): parties side by side, children beside an adult of theirs, blocked rows empty.

A coach is read as one line of seats that winds from row to row (A B C D, then D C B A), so that neighbours in the line are
neighbours on the floor. Parties take stretches of that line; what room is left over is spread between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import NamedTuple

from dispatch.model.supply import VehicleType

LETTERS = "ABCDEFGHJK"
#: In parties of up to so many people every way to mix children and adults is tried.
PATTERN_SIZE = 8
#: How many seats further than its share of the spare room a party may move to sit better.
EXTRA_SKIP = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatParty:
    """A party to be seated. ``front_seat``: needs the first rows; ``group``: groups never share a carriage."""

    party_key: str
    worker_ids: tuple[str, ...]
    minor_ids: frozenset[str] = frozenset()
    front_seat: bool = False
    group: str = ""


class Seat(NamedTuple):
    """A seat of a coach: row from 1, column from 0, and which side of the aisle it is on."""

    row: int
    column: int
    side: int

    @property
    def label(self) -> str:
        """Row and letter, e.g. ``3A``."""
        return f"{self.row}{LETTERS[self.column]}"


def seat_coach(
    vehicle_type: VehicleType, blocked_rows: int, parties: Sequence[SeatParty], reserved_seats: int = 0
) -> dict[str, str]:
    """Seat label of each worker of a coach, e.g. ``{"w1": "1A"}``.

    Parameters
    ----------
    vehicle_type
        ``row_seats`` gives the rows; A B | C D, a last row of five A to E without an aisle.
    blocked_rows
        Rearmost rows that stay empty.
    parties
        Who rides; the order given does not matter.
    reserved_seats
        Seats of relief drivers and escorts; they are the first ones of the front row.

    Raises
    ------
    ValueError
        Where more people ride than seats are left.
    """
    line = list(_wind(vehicle_type, blocked_rows))[reserved_seats:]
    people = sum(len(party.worker_ids) for party in parties)
    if people > len(line):
        raise ValueError(f"{people} people, {len(line)} seats")
    waiting = sorted(parties, key=_rank)
    labels: dict[str, str] = {}
    at, left_empty, slack, placed = 0, 0, len(line) - people, 0
    while waiting:
        share = slack * placed // people - left_empty if not waiting[0].front_seat else 0
        party, skip, order = _choose_next(line, at, waiting, max(0, share), slack - left_empty)
        waiting.remove(party)
        at += skip
        left_empty += skip
        for worker_id in order:
            labels[worker_id] = line[at].label
            at += 1
        placed += len(order)
    return labels


def _wind(vehicle_type: VehicleType, blocked_rows: int) -> Iterator[Seat]:
    """Seats in the order of the winding line, without the blocked rows."""
    row_seats = vehicle_type.row_seats
    for number in range(1, len(row_seats) - blocked_rows + 1):
        seats = row_seats[number - 1]
        is_bench = seats <= 2 or (number == len(row_seats) and seats > max(row_seats[:-1], default=0))
        aisle_after = seats if is_bench else (seats + 1) // 2
        row = [Seat(number, column, int(column >= aisle_after)) for column in range(seats)]
        yield from row if number % 2 else reversed(row)


def _rank(party: SeatParty) -> tuple[bool, bool, bool, int, str]:
    """Front seats first, then children, then even parties (they fill pairs), large before small."""
    size = len(party.worker_ids)
    return (not party.front_seat, not party.minor_ids, size % 2 == 1, -size, party.party_key)


def _choose_next(
    line: list[Seat], at: int, waiting: list[SeatParty], share: int, slack: int
) -> tuple[SeatParty, int, tuple[str, ...]]:
    """(party, seats left empty before it, its workers in seat order) that sits best from here on.

    The first party in rank that can sit without a child apart wins; leaving seats empty is weighed after that.
    """
    best: tuple[tuple[int, int, int, int, int], SeatParty, int, tuple[str, ...]] | None = None
    sizes: set[tuple[int, int, bool]] = set()
    for rank, party in enumerate(waiting):
        alike = (len(party.worker_ids), len(party.minor_ids), party.front_seat)
        if alike in sizes or (waiting[0].front_seat and not party.front_seat):
            continue
        sizes.add(alike)
        for skip in range(min(slack, share + EXTRA_SKIP) + 1):
            seats = line[at + skip : at + skip + len(party.worker_ids)]
            order, apart = _arrange(seats, party)
            key = (apart, abs(skip - share) if apart else 0, rank, _count_breaks(seats), abs(skip - share))
            if best is None or key < best[0]:
                best = (key, party, skip, order)
    assert best is not None
    return best[1:]


def _count_breaks(seats: Sequence[Seat]) -> int:
    """How often a pair of neighbours in the line is parted by the aisle or a row."""
    return sum(a.row != b.row or a.side != b.side for a, b in pairwise(seats))


def _arrange(seats: Sequence[Seat], party: SeatParty) -> tuple[tuple[str, ...], int]:
    """Workers in the order of ``seats`` with as few children as possible apart from their adults, and how many."""
    minors = [worker_id for worker_id in party.worker_ids if worker_id in party.minor_ids]
    adults = [worker_id for worker_id in party.worker_ids if worker_id not in party.minor_ids]
    if not minors or not adults:
        return party.worker_ids, 0
    best: tuple[int, tuple[bool, ...]] | None = None
    for pattern in _make_patterns(len(adults), len(minors)):
        apart = sum(
            not _has_adult_beside(seats, pattern, i) for i, is_minor in enumerate(pattern) if is_minor
        )
        if best is None or apart < best[0]:
            best = (apart, pattern)
        if apart == 0:
            break
    assert best is not None
    young, old = iter(minors), iter(adults)
    return tuple(next(young) if is_minor else next(old) for is_minor in best[1]), best[0]


def _make_patterns(adults: int, minors: int) -> Iterable[tuple[bool, ...]]:
    """Ways to mix children (True) and adults in a line: all of them in small parties, a few in large ones."""
    size = adults + minors
    if size <= PATTERN_SIZE:
        return [tuple(i in young for i in range(size)) for young in combinations(range(size), minors)]
    return [tuple(_mix(adults, minors, lead)) for lead in (0, 1, 2)]


def _mix(adults: int, minors: int, lead: int) -> Iterator[bool]:
    """Children and adults mixed evenly: ``lead`` adults first, then child, adult, child, child, adult, child …"""
    lead = min(lead, adults)
    yield from [False] * lead
    adults -= lead
    while adults or minors:
        per_adult = -(-minors // adults) if adults else minors
        before = min(minors, per_adult // 2 if per_adult > 1 else per_adult)
        yield from [True] * before
        minors -= before
        if adults:
            yield False
            adults -= 1
            after = min(minors, per_adult - before)
            yield from [True] * after
            minors -= after


def _has_adult_beside(seats: Sequence[Seat], is_minor: Sequence[bool], i: int) -> bool:
    """True where an adult sits in the next seat of the same row."""
    return any(
        not is_minor[j] and seats[j].row == seats[i].row and abs(seats[j].column - seats[i].column) == 1
        for j in (i - 1, i + 1)
        if 0 <= j < len(seats)
    )


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
        for party in [party for party in waiting if rest is None]:
            if len(party.worker_ids) <= room:
                blocks.append(_keep_children_near(party.worker_ids, party.minor_ids))
                waiting.remove(party)
                room -= len(party.worker_ids)
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
    young = [worker_id for worker_id in worker_ids if worker_id in minor_ids]
    old = [worker_id for worker_id in worker_ids if worker_id not in minor_ids]
    if not young or not old:
        return worker_ids
    minors, adults = iter(young), iter(old)
    return tuple(next(minors) if is_minor else next(adults) for is_minor in _mix(len(old), len(young), 0))


def _number_seats(blocks: Sequence[tuple[str, ...]], seats: int) -> Iterator[tuple[str, int]]:
    """(worker, seat number): blocks one after the other, with the empty seats spread between them."""
    people = sum(len(block) for block in blocks)
    placed = 0
    for block in blocks:
        start = placed + (seats - people) * placed // people
        for i, worker_id in enumerate(block):
            yield worker_id, start + i + 1
        placed += len(block)
