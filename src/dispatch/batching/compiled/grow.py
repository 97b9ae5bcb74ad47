"""Opening a coach: stops added one by one while they pay, then seats filled by what they save. Compiled."""

# mypy: disable-error-code="misc,no-untyped-def,no-untyped-call"
from __future__ import annotations

import numpy as np
from numba import njit

from dispatch.batching.compiled.clock import run_timetable
from dispatch.batching.compiled.layout import (
    ACTIVE,
    CAPACITY,
    DAY,
    DROP,
    DROPS,
    LINE,
    LOAD,
    MOST_STOPS,
    MOST_UNITS,
    PEOPLE,
    PICK,
    PICKUPS,
    UNIT,
    UNITS,
)
from dispatch.batching.compiled.rows import (
    NEVER,
    complete,
    find_capacity,
    find_least_km,
    insert_stop,
    list_positions,
    price_head,
    shorten,
)


@njit(cache=True)
def count_pairs(units, spans, pool, day, people, worth):
    """Fill (boarding places, gates) matrices with the people of a pool who may ride on a day and their shares."""
    people[:] = 0
    worth[:] = 0.0
    for i in range(len(pool)):
        u = pool[i]
        if units.first[u] <= day <= units.last[u]:
            b, g = units.board[u] - spans[0], units.gate[u] - spans[1]
            people[b, g] += units.size[u]
            worth[b, g] += units.seat_minor[u]


@njit(cache=True)
def pick_seed(people, room, noise, state):
    """(boarding place, gate) that promises most riders, with noise; (-1, -1) where nobody is left."""
    best_b, best_g, best = -1, -1, 0.0
    for b in range(people.shape[0]):
        for g in range(people.shape[1]):
            if people[b, g] > 0:
                score = min(people[b, g], room) * (1.0 - noise * draw(state))
                if score > best:
                    best_b, best_g, best = b, g, score
    return best_b, best_g


@njit(cache=True)
def draw(state):
    """Next random number in [0, 1): 48-bit linear congruence, the same on every machine."""
    state[0] = (state[0] * 25214903917 + 11) & 281474976710655
    return (state[0] >> 16) / 4294967296.0


@njit(cache=True)
def grow(net, lines, units, spans, pool, line, day, seed, room, people, worth, row, stretches, margin):
    """Grow a trip of a line on a day from pair ``seed`` into ``row``; its profit by shares, -NEVER where none.

    ``pool``: free units; ``people``, ``worth``: their matrices for the day; ``room``: expected seats; ``margin``:
    what a seat is weighed at beside its share.
    """
    row[:] = 0
    row[LINE], row[DAY], row[ACTIVE] = line, day, 1
    boards, gates = people.shape
    on_board = np.zeros(boards, np.int64)
    on_gate = np.zeros(gates, np.int64)
    worth_board = np.zeros(boards)
    worth_gate = np.zeros(gates)
    has_board = np.zeros(boards, np.bool_)
    has_gate = np.zeros(gates, np.bool_)
    km_board = np.zeros(boards, np.int64)
    km_gate = np.zeros(gates, np.int64)
    ends = np.zeros((2 * MOST_STOPS + 2, 3), np.int64)
    add_b, add_g = seed
    covered = 0
    per_km = lines.km_minor[line] / 10.0
    while True:
        if add_g >= 0:
            insert_stop(net, lines, row, spans[1] + add_g, False)
            has_gate[add_g] = True
            for b in range(boards):
                on_board[b] += people[b, add_g]
                worth_board[b] += worth[b, add_g]
                if has_board[b]:
                    covered += people[b, add_g]
        if add_b >= 0:
            insert_stop(net, lines, row, spans[0] + add_b, True)
            has_board[add_b] = True
            for g in range(gates):
                on_gate[g] += people[add_b, g]
                worth_gate[g] += worth[add_b, g]
                if has_gate[g]:
                    covered += people[add_b, g]
        if covered >= room:
            break
        left = room - covered
        positions = list_positions(net, lines, row, ends)
        for b in range(boards):
            km_board[b] = 0
            if not has_board[b]:
                km_board[b] = find_least_km(net, ends, 0, positions[0], spans[0] + b)
        for g in range(gates):
            km_gate[g] = 0
            if not has_gate[g]:
                km_gate[g] = find_least_km(net, ends, positions[0], positions[1], spans[1] + g)
        best, add_b, add_g = 0.0, -1, -1
        for b in range(boards):
            if not has_board[b] and on_board[b] > 0 and km_board[b] < NEVER:
                gain = worth_board[b] * min(1.0, left / on_board[b]) * margin - km_board[b] * per_km
                if gain > best:
                    best, add_b, add_g = gain, b, -1
        for g in range(gates):
            if not has_gate[g] and on_gate[g] > 0 and km_gate[g] < NEVER:
                gain = worth_gate[g] * min(1.0, left / on_gate[g]) * margin - km_gate[g] * per_km
                if gain > best:
                    best, add_b, add_g = gain, -1, g
        for b in range(boards):
            if has_board[b] or km_board[b] >= NEVER:
                continue
            for g in range(gates):
                if has_gate[g] or people[b, g] == 0 or km_gate[g] >= NEVER:
                    continue
                more = people[b, g] + on_board[b] + on_gate[g]
                gain = (worth[b, g] + worth_board[b] + worth_gate[g]) * min(1.0, left / more) * margin
                gain -= (km_board[b] + km_gate[g]) * per_km
                if gain > best:
                    best, add_b, add_g = gain, b, g
        if add_b < 0 and add_g < 0:
            break
    shorten(net, lines, row)
    if not run_timetable(net, lines, row, stretches):
        return -float(NEVER)
    row[CAPACITY] = find_capacity(net, lines, row)
    return fill(net, lines, units, pool, row, stretches)


@njit(cache=True)
def fill(net, lines, units, pool, row, stretches):
    """Fill a row without units by what its people save per head; profit by shares, -NEVER where nobody rides."""
    n = 0
    keys = np.empty(len(pool), np.float64)
    whom = np.empty(len(pool), np.int64)
    for i in range(len(pool)):
        u = pool[i]
        price = price_head(net, units, row, u)
        if price < NEVER:
            net_share = units.share_minor[u] / units.size[u] - price
            keys[n] = -net_share - units.size[u] * 0.5
            whom[n] = u
            n += 1
    order = np.argsort(keys[:n], kind="mergesort")
    profit = 0.0
    for k in range(n):
        u = whom[order[k]]
        if row[LOAD] + units.size[u] <= row[CAPACITY] and row[UNITS] < MOST_UNITS:
            row[UNIT + row[UNITS]] = u
            row[UNITS] += 1
            row[LOAD] += units.size[u]
            profit += units.share_minor[u]
            if row[LOAD] == row[CAPACITY]:
                break
    if row[UNITS] == 0:
        return -float(NEVER)
    _drop_idle(net, units, row)
    shorten(net, lines, row)
    if not complete(net, lines, units, row, stretches):
        return -float(NEVER)
    return profit - row[PEOPLE]


@njit(cache=True)
def _drop_idle(net, units, row):
    """Take away stops that none of the row's units needs."""
    for kind in range(2):
        start, count_at = (PICK, PICKUPS) if kind == 0 else (DROP, DROPS)
        i = 0
        while i < row[count_at]:
            needed = False
            for k in range(row[UNITS]):
                u = row[UNIT + k]
                if (units.board[u] if kind == 0 else units.gate[u]) == row[start + i]:
                    needed = True
                    break
            if needed:
                i += 1
                continue
            for j in range(i, row[count_at] - 1):
                row[start + j] = row[start + j + 1]
            row[count_at] -= 1
