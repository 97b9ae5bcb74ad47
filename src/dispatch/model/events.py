"""What a coach does from pull-out to pull-in, stretch by stretch, and how thousands of such diaries are kept small."""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import overload


class EventKind(StrEnum):
    """What a coach does in one stretch of its duty."""

    DRIVE = "drive"
    DEADHEAD = "deadhead"
    BREAK = "break"
    NIGHT_HALT = "night_halt"
    BOARD = "board"
    ALIGHT = "alight"
    WAIT = "wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyEvent:
    """One stretch of a duty, in time order without holes.

    Driving stretches carry ``leg`` (index into the duty's ``legs``) and the ``driver`` (0-based) at the wheel. Halts on the
    way carry the name of a place (``approximate`` where it is only the nearest known one).
    """

    kind: EventKind
    start_min: int
    end_min: int
    leg: int = -1
    driver: int = -1
    place_id: str = ""
    place_name: str = ""
    approximate: bool = False
    lat: float = 0.0
    lon: float = 0.0


_KINDS = tuple(EventKind)
_CODES = {kind: code for code, kind in enumerate(_KINDS)}
#: Start and end minute, leg, driver, kind, approximate, place id and name as places in the list of words, lat, lon.
_EVENT = struct.Struct("<iihbB?HHdd")


class PackedEvents(Sequence[DutyEvent]):
    """Events of one duty as bytes: a sequence equal to the tuple it was made from, in a sixth of its memory.

    A province has a million and a half events. ``pack_events`` makes it.
    """

    __slots__ = ("_numbers", "_words")

    def __init__(self, numbers: bytes, words: Sequence[str]) -> None:
        self._numbers = numbers
        self._words = tuple(map(sys.intern, words))

    def __reduce__(self) -> tuple[Callable[..., PackedEvents], tuple[bytes, tuple[str, ...]]]:
        return PackedEvents, (self._numbers, self._words)

    @property
    def content(self) -> bytes:
        """The same bytes for the same events, on every machine."""
        words = "".join(f"{len(word)}:{word}" for word in self._words)
        return self._numbers + words.encode("utf-8")

    def __len__(self) -> int:
        return len(self._numbers) // _EVENT.size

    def __iter__(self) -> Iterator[DutyEvent]:
        for start, end, leg, driver, kind, approximate, place, name, lat, lon in _EVENT.iter_unpack(
            self._numbers
        ):
            yield DutyEvent(
                kind=_KINDS[kind],
                start_min=start,
                end_min=end,
                leg=leg,
                driver=driver,
                place_id=self._words[place],
                place_name=self._words[name],
                approximate=approximate,
                lat=lat,
                lon=lon,
            )

    @overload
    def __getitem__(self, index: int) -> DutyEvent: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[DutyEvent, ...]: ...
    def __getitem__(self, index: int | slice) -> DutyEvent | tuple[DutyEvent, ...]:
        return tuple(self)[index]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, PackedEvents) and self._words == other._words:
            return self._numbers == other._numbers
        return isinstance(other, tuple | PackedEvents) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


def pack_events(events: Sequence[DutyEvent]) -> Sequence[DutyEvent]:
    """Same events in less memory; as they are where a value does not fit (minutes beyond 32 bits)."""
    if isinstance(events, PackedEvents):
        return events
    words: dict[str, int] = {"": 0}
    numbers = bytearray()
    try:
        for event in events:
            numbers += _EVENT.pack(
                event.start_min,
                event.end_min,
                event.leg,
                event.driver,
                _CODES[event.kind],
                event.approximate,
                words.setdefault(event.place_id, len(words)),
                words.setdefault(event.place_name, len(words)),
                event.lat,
                event.lon,
            )
    except struct.error:
        return events
    return PackedEvents(bytes(numbers), tuple(words))
