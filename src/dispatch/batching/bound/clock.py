"""Floors on time and drivers that hold whatever the order of stops: rigorous, monotone, no simulation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dispatch.model.policy import DriverRules
from dispatch.units import DAY_MIN

IntArray = NDArray[np.int64]
_NO_TIME = 1 << 40
#: Night halts counted at most; a longer duty keeps the floor of so many.
_MOST_HALTS = 21


def find_earliest_end(start_min: int, driving_min: IntArray, rules: DriverRules) -> IntArray:
    """Earliest minute at which a coach that starts no sooner than ``start_min`` can have driven so long.

    Between two rests at most ``continuous_day_max`` minutes are driven; with *j* night halts on the way at least
    ⌈minutes / limit⌉ − 1 − *j* further rests of ``break_min`` lie outside the halts. Ten hours from 05:00 with 4 h /
    20 min: 600 + 2 × 20 min, 15:40. Stops of any kind can only come on top. Monotone in both arguments.
    """
    minutes = np.asarray(driving_min, dtype=np.int64)
    rests = _count_rests(minutes, rules)
    halt_length = (rules.halt_until_min - rules.halt_from_min) % DAY_MIN
    if not halt_length:
        ends: IntArray = start_min + minutes + rests * rules.break_min
        return ends
    first_halt = start_min + (rules.halt_from_min - start_min) % DAY_MIN
    best = np.full(minutes.shape, _NO_TIME, dtype=np.int64)
    most_halts = min(_MOST_HALTS, 2 + int(minutes.max(initial=0)) * 2 // (DAY_MIN - halt_length))
    for halts in range(most_halts + 1):
        end = start_min + minutes + np.maximum(rests - halts, 0) * rules.break_min + halts * halt_length
        if halts:
            end = np.maximum(end, first_halt + (halts - 1) * DAY_MIN + halt_length)
        reached = end <= first_halt + halts * DAY_MIN
        best = np.where(reached | (halts == most_halts), np.minimum(best, end), best)
    return best


def _count_rests(minutes: IntArray, rules: DriverRules) -> IntArray:
    limit = rules.continuous_day_max_min
    if limit is None:
        return np.zeros(minutes.shape, dtype=np.int64)
    rests: IntArray = np.maximum(-(-minutes // limit) - 1, 0)
    return rests


def find_least_ride(
    first_start_min: int, last_start_min: int, driving_min: IntArray, rules: DriverRules
) -> IntArray:
    """Least minutes aboard for so many driving minutes, whenever in [first, last] start the ride begins.

    With *j* halts on the way the ride takes its driving, *j* halts and the further rests, and must fit between the
    start and halt *j* + 1; the most room for that is after the earliest start, or right after a halt.
    """
    minutes = np.asarray(driving_min, dtype=np.int64)
    rests = _count_rests(minutes, rules)
    halt_length = (rules.halt_until_min - rules.halt_from_min) % DAY_MIN
    if not halt_length:
        without: IntArray = minutes + rests * rules.break_min
        return without
    room = (rules.halt_from_min - first_start_min) % DAY_MIN
    if first_start_min + room <= last_start_min:
        room = DAY_MIN - halt_length
    best = np.full(minutes.shape, _NO_TIME, dtype=np.int64)
    most_halts = min(_MOST_HALTS, 2 + int(minutes.max(initial=0)) * 2 // (DAY_MIN - halt_length))
    for halts in range(most_halts + 1):
        ride = minutes + np.maximum(rests - halts, 0) * rules.break_min + halts * halt_length
        fits = (ride <= room + halts * DAY_MIN) | (halts == most_halts)
        best = np.where(fits, np.minimum(best, ride), best)
    return best


def find_least_dates(end_min: IntArray) -> IntArray:
    """Calendar dates touched by a duty that pulls out on day 0 and ends no sooner than ``end_min``."""
    dates: IntArray = np.maximum(end_min - 1, 0) // DAY_MIN + 1
    return dates


def find_driving_of_a_day(rules: DriverRules, standing_min: int) -> int:
    """Minutes surely driven in 24 hours by a coach that only drives, rests as it must and stands ``standing_min``.

    A break follows at least min(day limit, night limit) minutes of driving since the rest before it.
    """
    limits = [
        limit for limit in (rules.continuous_day_max_min, rules.continuous_night_max_min) if limit is not None
    ]
    halt_length = (rules.halt_until_min - rules.halt_from_min) % DAY_MIN
    breaks = 1 + DAY_MIN // (min(limits) + rules.break_min) if limits and min(limits) + rules.break_min else 0
    if limits and not min(limits):
        return 0
    return max(0, DAY_MIN - halt_length - breaks * rules.break_min - standing_min)


def count_drivers_by_hours(longest_drive_min: IntArray, standing_min: int, rules: DriverRules) -> IntArray:
    """Least drivers for a coach that drives so long with no stops but rests and ``standing_min`` (C9, 24 h rule)."""
    limit = rules.rolling_24h_max_min
    minutes = np.asarray(longest_drive_min, dtype=np.int64)
    if not limit:
        return np.ones(minutes.shape, dtype=np.int64)
    driven = np.minimum(minutes, find_driving_of_a_day(rules, standing_min))
    drivers: IntArray = np.maximum(-(-driven // limit), 1)
    return drivers


def count_drivers_by_distance(loaded_km_tenths: IntArray, ladder: Sequence[tuple[int, int]]) -> IntArray:
    """Least drivers by the distance rule: (one-way km from which, drivers)."""
    drivers = np.ones(np.shape(loaded_km_tenths), dtype=np.int64)
    for km, count in ladder:
        drivers = np.where(loaded_km_tenths >= km * 10, np.maximum(drivers, count), drivers)
    return drivers
