"""The timetable and cash of one order of stops, compiled: the arithmetic of ``routing.trips``.

One thing is left out: where the greedy duty table fails, a further driver is taken without looking for another table.
"""

# mypy: disable-error-code="misc,no-untyped-def,no-untyped-call"
from __future__ import annotations

import numpy as np
from numba import njit

from dispatch.batching.compiled.layout import (
    ARRIVE,
    BOARD,
    CASH,
    DAYS_AWAY,
    DEPART,
    DRIVEN,
    DRIVERS,
    DROP,
    DROPS,
    LINE,
    MOST_STOPS,
    PICK,
    PICKUPS,
)

DAY = 1440
MOST_STRETCHES = 240
MOST_DRIVERS = 6


@njit(cache=True)
def drive(at, minutes, cont, night, rules, stretches, count):
    """End minute, cont, night and number of stretches after a leg (see ``routing.driving.drive_fast``)."""
    if minutes <= 0:
        return at, cont, night, count
    day_max, night_max, break_min = rules[0], rules[1], rules[2]
    night_from, night_length, halt_from, halt_length = rules[3], rules[4], rules[5], rules[6]
    began = at
    left = minutes
    while True:
        step = left
        if halt_length:
            inside = (at - halt_from) % DAY
            if inside < halt_length:
                if at > began and count < MOST_STRETCHES:
                    stretches[count, 0], stretches[count, 1] = began, at
                    count += 1
                at += halt_length - inside
                began, cont, night, inside = at, 0, 0, halt_length
            step = min(left, DAY - inside)
        into_night = (at - night_from) % DAY
        is_night = into_night < night_length
        if cont >= day_max or (is_night and night >= night_max):
            if at > began and count < MOST_STRETCHES:
                stretches[count, 0], stretches[count, 1] = began, at
                count += 1
            at += break_min
            began, cont, night = at, 0, 0
            continue
        if is_night:
            step = min(step, day_max - cont, night_max - night, night_length - into_night)
            night += step
        else:
            step = min(step, day_max - cont, DAY - into_night)
        at += step
        cont += step
        left -= step
        if left == 0:
            if count < MOST_STRETCHES:
                stretches[count, 0], stretches[count, 1] = began, at
                count += 1
            return at, cont, night, count


@njit(cache=True)
def count_drivers(stretches, count, loaded_km, limit, by_km):
    """Drivers needed, or 0 where six are not enough."""
    drivers = 1
    for i in range(by_km.shape[0]):
        if loaded_km >= by_km[i, 0]:
            drivers = max(drivers, by_km[i, 1])
    total = 0
    for i in range(count):
        total += stretches[i, 1] - stretches[i, 0]
    if total <= limit:
        return drivers
    worst = 0
    for i in range(count):
        worst = max(worst, _within(stretches, count, stretches[i, 0], stretches[i, 0] + DAY))
        worst = max(worst, _within(stretches, count, stretches[i, 1] - DAY, stretches[i, 1]))
    drivers = max(drivers, -(-worst // limit))
    while drivers <= MOST_DRIVERS and not _has_table(stretches, count, drivers, limit):
        drivers += 1
    return drivers if drivers <= MOST_DRIVERS else 0


@njit(cache=True)
def _within(stretches, count, since, until):
    total = 0
    for i in range(count):
        start, end = max(stretches[i, 0], since), min(stretches[i, 1], until)
        if end > start:
            total += end - start
    return total


@njit(cache=True)
def _has_table(stretches, count, drivers, limit):
    """Greedy duty table: who drove least in the last 24 hours takes the wheel."""
    wheel = np.zeros(count, np.int64)
    for i in range(count):
        best, least = -1, 1 << 40
        for d in range(drivers):
            driven = 0
            for j in range(i):
                if wheel[j] == d:
                    start = max(stretches[j, 0], stretches[i, 1] - DAY)
                    if stretches[j, 1] > start:
                        driven += stretches[j, 1] - start
            if driven < least:
                least, best = driven, d
        if least + stretches[i, 1] - stretches[i, 0] > limit:
            return False
        wheel[i] = best
    for i in range(count):
        total = 0
        for j in range(i, count):
            if wheel[j] == wheel[i]:
                end = min(stretches[j, 1], stretches[i, 0] + DAY)
                if end > stretches[j, 0]:
                    total += end - stretches[j, 0]
        if total > limit:
            return False
    return True


@njit(cache=True)
def run_timetable(net, lines, row, stretches):
    """Fill in times, days away, drivers and cash of a row whose line and stops are set; False where unlawful."""
    rules, limits = net.rules, net.limits
    line = row[LINE]
    depot, first = lines.depot[line], row[PICK]
    opens, closes = net.opens[first], net.closes[first]
    pull_out = limits[2]
    at, cont, night, count = drive(pull_out, net.minutes[depot, first], 0, 0, rules, stretches, 0)
    if at < opens:
        pull_out += opens - at
        at, cont, night, count = drive(pull_out, net.minutes[depot, first], 0, 0, rules, stretches, 0)
    begin = max(at, opens)
    if (begin > closes and closes >= opens) or begin >= DAY:
        return False
    stood = begin + limits[0] - at
    at = begin + limits[0]
    row[BOARD], row[DEPART], row[DRIVEN] = begin, at, 0
    km = net.km_tenths[depot, first]
    loaded = driven = 0
    here = first
    pickups, drops = row[PICKUPS], row[DROPS]
    for i in range(1, pickups + drops):
        to = row[PICK + i] if i < pickups else row[DROP + i - pickups]
        minutes = net.minutes[here, to]
        loaded += net.km_tenths[here, to]
        driven += minutes
        if minutes > 0:
            if stood >= rules[2]:
                cont = night = 0
            stood = 0
        at, cont, night, count = drive(at, minutes, cont, night, rules, stretches, count)
        here = to
        of_day = at % DAY
        if i < pickups:
            opens, closes = net.opens[to], net.closes[to]
            if of_day > closes and closes >= opens:
                return False
            begin = at + opens - of_day if of_day < opens else at
            stood += begin + limits[0] - at
            at = begin + limits[0]
            row[BOARD + i], row[DEPART + i] = begin, at
            row[DRIVEN + i] = driven
        else:
            begin = at
            if net.receives[to] >= 0:
                if of_day < net.receives[to]:
                    begin = at + net.receives[to] - of_day
                elif of_day > net.until[to]:
                    begin = at + DAY - of_day + net.receives[to]
            stood += begin + limits[1] - at
            at = begin + limits[1]
            row[ARRIVE + i - pickups] = begin
            row[DRIVEN + MOST_STOPS + i - pickups] = driven
    km += loaded
    if lines.returns[line]:
        minutes = net.minutes[here, depot]
        km += net.km_tenths[here, depot]
        if minutes > 0 and stood >= rules[2]:
            cont = night = 0
        at, cont, night, count = drive(at, minutes, cont, night, rules, stretches, count)
    drivers = count_drivers(stretches, count, loaded, rules[7], net.by_km)
    if drivers == 0:
        return False
    days = (at - 1) // DAY - pull_out // DAY + 1 if at > pull_out else 1
    row[DAYS_AWAY], row[DRIVERS] = days, drivers
    if lines.lump_minor[line] >= 0:
        row[CASH] = lines.lump_minor[line]
    else:
        row[CASH] = (
            days * (lines.day_minor[line] + drivers * lines.driver_minor[line])
            + (km * lines.km_minor[line] + 5) // 10
        )
    return True
