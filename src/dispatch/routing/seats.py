"""Who sits where (C16): parties side by side, children beside an adult of theirs, blocked rows empty.

A coach is read as one line of seats that winds from row to row (A B C D, then D C B A), so that neighbours in the line are
neighbours on the floor. Parties take stretches of that line; what room is left over is spread between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, combinations, pairwise
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


class _Line:
    """The seats of a coach as one winding line, with what a stretch of it is worth.

    ``beside[i]``: seats i and i + 1 are neighbours in one row; ``parted[i]``: pairs of neighbours in the line before seat i
    that an aisle or a row keeps apart.
    """

    def __init__(self, seats: Sequence[Seat]) -> None:
        self.labels = [seat.label for seat in seats]
        self.beside = tuple(a.row == b.row for a, b in pairwise(seats))
        self.parted = [0, *accumulate(a.row != b.row or a.side != b.side for a, b in pairwise(seats))]

    def count_breaks(self, first: int, size: int) -> int:
        """How often a pair of neighbours in a stretch is parted by the aisle or a row."""
        return self.parted[first + size - 1] - self.parted[first]


@dataclass(slots=True)
class _Waiting:
    """A party that has no seats yet: its adults and children in the order given."""

    party: SeatParty
    adults: tuple[str, ...]
    minors: tuple[str, ...]

    @property
    def kind(self) -> tuple[int, int, bool]:
        """What decides where a party sits best: parties of one kind are tried once."""
        return (len(self.party.worker_ids), len(self.minors), self.party.front_seat)

    def mix(self, pattern: tuple[bool, ...] | None) -> tuple[str, ...]:
        """Workers in seat order, children where the pattern says so."""
        if pattern is None:
            return self.party.worker_ids
        young, old = iter(self.minors), iter(self.adults)
        return tuple(next(young) if is_minor else next(old) for is_minor in pattern)


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
    line = _read_line(vehicle_type.row_seats, blocked_rows, reserved_seats)
    people = sum(len(party.worker_ids) for party in parties)
    if people > len(line.labels):
        raise ValueError(f"{people} people, {len(line.labels)} seats")
    waiting = [_divide(party) for party in sorted(parties, key=_rank)]
    labels: dict[str, str] = {}
    at, left_empty, slack, placed = 0, 0, len(line.labels) - people, 0
    while waiting:
        share = slack * placed // people - left_empty if not waiting[0].party.front_seat else 0
        rank, skip, order = _choose_next(line, at, waiting, max(0, share), slack - left_empty)
        del waiting[rank]
        at += skip
        left_empty += skip
        labels.update(zip(order, line.labels[at : at + len(order)], strict=True))
        at += len(order)
        placed += len(order)
    return labels


@lru_cache(maxsize=256)
def _read_line(row_seats: tuple[int, ...], blocked_rows: int, reserved_seats: int) -> _Line:
    return _Line(list(_wind(row_seats, blocked_rows))[reserved_seats:])


def _divide(party: SeatParty) -> _Waiting:
    if not party.minor_ids:
        return _Waiting(party, party.worker_ids, ())
    minors = tuple(worker_id for worker_id in party.worker_ids if worker_id in party.minor_ids)
    return _Waiting(party, tuple(w for w in party.worker_ids if w not in party.minor_ids), minors)


def _wind(row_seats: tuple[int, ...], blocked_rows: int) -> Iterator[Seat]:
    """Seats in the order of the winding line, without the blocked rows."""
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
    line: _Line, at: int, waiting: list[_Waiting], share: int, slack: int
) -> tuple[int, int, tuple[str, ...]]:
    """(rank of the party, seats left empty before it, its workers in seat order) that sits best from here on.

    The first party in rank that can sit without a child apart wins; leaving seats empty is weighed after that.
    """
    best: tuple[tuple[int, int, int, int, int], tuple[bool, ...] | None] | None = None
    skips = range(min(slack, share + EXTRA_SKIP) + 1)
    for rank, kind in _list_kinds(waiting):
        for skip in skips:
            apart, pattern = _arrange(line, at + skip, *kind)
            breaks = line.count_breaks(at + skip, kind[0])
            key = (apart, abs(skip - share) if apart else 0, rank, breaks, abs(skip - share))
            if best is None or key < best[0]:
                best, chosen = (key, pattern), skip
        if best is not None and best[0][0] == 0:
            break  # no later party is before this one in rank
    assert best is not None
    rank = best[0][2]
    return rank, chosen, waiting[rank].mix(best[1])


def _list_kinds(waiting: list[_Waiting]) -> Iterator[tuple[int, tuple[int, int]]]:
    """(rank of the first party, (size, children)) of each kind that may sit next."""
    seen: set[tuple[int, int, bool]] = set()
    for rank, entry in enumerate(waiting):
        if waiting[0].party.front_seat and not entry.party.front_seat:
            return  # those who need the front are first in rank
        if entry.kind not in seen:
            seen.add(entry.kind)
            yield rank, entry.kind[:2]


def _arrange(line: _Line, first: int, size: int, minors: int) -> tuple[int, tuple[bool, ...] | None]:
    """(children apart from their adults, where the children sit) in a stretch; as few apart as possible."""
    if not minors or minors == size:
        return 0, None
    return _find_pattern(line.beside[first : first + size - 1], minors)


@lru_cache(maxsize=4096)
def _find_pattern(beside: tuple[bool, ...], minors: int) -> tuple[int, tuple[bool, ...]]:
    best: tuple[int, tuple[bool, ...]] | None = None
    for pattern in _make_patterns(len(beside) + 1 - minors, minors):
        apart = sum(not _has_adult_beside(beside, pattern, i) for i in range(len(pattern)) if pattern[i])
        if best is None or apart < best[0]:
            best = (apart, pattern)
        if apart == 0:
            break
    assert best is not None
    return best


def _make_patterns(adults: int, minors: int) -> Iterable[tuple[bool, ...]]:
    """Ways to mix children (True) and adults in a line: all of them in small parties, a few in large ones."""
    size = adults + minors
    if size <= PATTERN_SIZE:
        return [tuple(i in young for i in range(size)) for young in combinations(range(size), minors)]
    return [tuple(mix_children(adults, minors, lead)) for lead in (0, 1, 2)]


def mix_children(adults: int, minors: int, lead: int) -> Iterator[bool]:
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


def _has_adult_beside(beside: Sequence[bool], is_minor: Sequence[bool], i: int) -> bool:
    """True where an adult sits in the next seat of the same row."""
    return (i > 0 and beside[i - 1] and not is_minor[i - 1]) or (
        i < len(beside) and beside[i] and not is_minor[i + 1]
    )
