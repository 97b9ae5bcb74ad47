"""The moves a coach duty must make, in order, and which of its frozen legs makes each."""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.checker.view import View
from dispatch.model.plan import CoachDuty, DutyLeg


@dataclass(frozen=True, slots=True)
class Move:
    """One movement. ``trip_id`` is empty on empty runs; ``leg`` is the index of the duty's leg, -1 for none needed."""

    from_id: str
    to_id: str
    trip_id: str
    leg: int
    minutes: int
    km_tenths: int


@dataclass(frozen=True, slots=True)
class Path:
    """Moves of a duty; ``trouble`` says what is wrong with the legs (then the moves are not to be used)."""

    moves: tuple[Move, ...]
    trouble: str = ""


def find_path(view: View, duty: CoachDuty) -> Path:
    """Match the duty's legs with depot, stops of each trip in order, and depot again where the line returns.

    A move from a place to itself needs no leg; a leg of 0 km and 0 min there is accepted too.
    """
    if duty.id not in view.paths:
        view.paths[duty.id] = _match_legs(view, duty)
    return view.paths[duty.id]


def _match_legs(view: View, duty: CoachDuty) -> Path:
    moves: list[Move] = []
    position = 0
    for from_id, to_id, trip_id in _list_pairs(view, duty):
        leg = duty.legs[position] if position < len(duty.legs) else None
        if leg is not None and (leg.from_id, leg.to_id) == (from_id, to_id):
            moves.append(Move(from_id, to_id, trip_id, position, leg.minutes, leg.km_tenths))
            position += 1
        elif from_id == to_id:
            moves.append(Move(from_id, to_id, trip_id, -1, 0, 0))
        else:
            return Path(
                (), f"The leg from {from_id} to {to_id} is missing; {_name(leg)} stands in its place."
            )
    if position < len(duty.legs):
        return Path(
            (), f"{len(duty.legs) - position} legs are left over, first {_name(duty.legs[position])}."
        )
    return Path(tuple(moves))


def _list_pairs(view: View, duty: CoachDuty) -> list[tuple[str, str, str]]:
    line = view.lines[duty.fleet_id]
    pairs: list[tuple[str, str, str]] = []
    here = line.depot_place_id
    for trip_id in duty.trip_ids:
        for index, stop in enumerate(view.trips[trip_id].stops):
            pairs.append((here, stop.place_id, trip_id if index else ""))
            here = stop.place_id
    if line.returns:
        pairs.append((here, line.depot_place_id, ""))
    return pairs


def _name(leg: DutyLeg | None) -> str:
    return f"{leg.from_id} to {leg.to_id}" if leg else "nothing"
