"""Ruin and recreate on the trips of one corridor (Schrimpf et al. 2000), compiled.

``free`` (lines, days) counts the coaches the corridor may still take beside those its trips hold already.
"""

# mypy: disable-error-code="misc,no-untyped-def,no-untyped-call"
from __future__ import annotations

import math

import numpy as np
from numba import njit

from dispatch.batching.compiled.clock import MOST_STRETCHES, run_timetable
from dispatch.batching.compiled.grow import count_pairs, draw, grow, pick_seed
from dispatch.batching.compiled.layout import (
    ACTIVE,
    ARRIVE,
    BOARD,
    CAPACITY,
    CASH,
    DAY,
    DAYS_AWAY,
    DEPART,
    DROP,
    DROPS,
    LINE,
    LOAD,
    MOST_STOPS,
    PEOPLE,
    PICK,
    PICKUPS,
    ROW,
    UNIT,
    UNITS,
)
from dispatch.batching.compiled.rows import (
    NEVER,
    add_unit,
    find_capacity,
    find_least_km,
    find_stop,
    list_positions,
    remove_unit,
)


@njit(cache=True)
def hold(lines, free, row, sign):
    """Take (+1) or give back (-1) the coach of a row."""
    line, day = row[LINE], row[DAY]
    end = day + row[DAYS_AWAY]
    if not lines.returns[line]:
        end = max(end, lines.last_day[0] + 1)
    for at in range(max(day, 0), min(end, free.shape[1])):
        free[line, at] -= sign


@njit(cache=True)
def has_coach(lines, free, row):
    """True where the coach of a row is free on all its days."""
    line, day = row[LINE], row[DAY]
    end = day + row[DAYS_AWAY]
    if not lines.returns[line]:
        end = max(end, lines.last_day[0] + 1)
    for at in range(max(day, 0), min(end, free.shape[1])):
        if free[line, at] <= 0:
            return False
    return True


@njit(cache=True)
def cost_of(prices, lines, row):
    """Cash and people of a row, and what its coach-days are worth elsewhere (``prices`` (lines, days))."""
    line, day = row[LINE], row[DAY]
    total = float(row[CASH] + row[PEOPLE])
    for at in range(max(day, 0), min(day + row[DAYS_AWAY], prices.shape[1])):
        total += prices[line, at]
    return total


@njit(cache=True)
def seat_trip(units, trips, trip_of, t):
    """Note the trip of each unit aboard."""
    for i in range(trips[t, UNITS]):
        trip_of[trips[t, UNIT + i]] = t


@njit(cache=True)
def find_empty(trips):
    """A free row; -1 where there is none."""
    for t in range(trips.shape[0]):
        if trips[t, ACTIVE] == 0:
            return t
    return -1


@njit(cache=True)
def save_row(trips, saved, saved_at, count, t):
    """Keep a row as it was before this step; how many are kept now."""
    for i in range(count):
        if saved_at[i] == t:
            return count
    if count < saved.shape[0]:
        saved[count] = trips[t]
        saved_at[count] = t
        return count + 1
    return -1


@njit(cache=True)
def insert_best(
    net, lines, units, free, prices, trips, trip_of, u, limit, undo, scratch, stretches, state, blink
):
    """Seat a unit where it costs least, if below ``limit``; True where it found a seat.

    ``undo`` = (saved rows, their numbers, [count]).
    """
    best, best_t = limit, -1
    ends = np.zeros((2 * MOST_STOPS + 2, 3), np.int64)
    b, g, size = units.board[u], units.gate[u], units.size[u]
    for t in range(trips.shape[0]):
        row = trips[t]
        if row[ACTIVE] == 0 or row[LOAD] + size > row[CAPACITY]:
            continue
        if row[DAY] < units.first[u] or row[DAY] > units.last[u] or draw(state) < blink:
            continue
        new_board = find_stop(row, PICK, row[PICKUPS], b) < 0
        new_gate = find_stop(row, DROP, row[DROPS], g) < 0
        if (new_board and row[PICKUPS] >= net.limits[5]) or (new_gate and row[DROPS] >= net.limits[6]):
            continue
        if new_board or new_gate:
            km = 0
            positions = list_positions(net, lines, row, ends)
            if new_board:
                km += find_least_km(net, ends, 0, positions[0], b)
            if new_gate:
                km += find_least_km(net, ends, positions[0], positions[1], g)
            if km * lines.km_minor[row[LINE]] / 10.0 >= best:
                continue
        scratch[:] = row
        if new_board or new_gate:
            hold(lines, free, row, -1)
            is_good = add_unit(net, lines, units, scratch, u, stretches) and has_coach(lines, free, scratch)
            hold(lines, free, row, 1)
        else:
            is_good = add_unit(net, lines, units, scratch, u, stretches)
        if is_good:
            extra = cost_of(prices, lines, scratch) - cost_of(prices, lines, row)
            if extra < best:
                best, best_t = extra, t
    if best_t < 0:
        return False
    count = save_row(trips, undo[0], undo[1], undo[2][0], best_t)
    if count < 0:
        return False
    undo[2][0] = count
    hold(lines, free, trips[best_t], -1)
    add_unit(net, lines, units, trips[best_t], u, stretches)
    hold(lines, free, trips[best_t], 1)
    trip_of[u] = best_t
    return True


@njit(cache=True)
def open_best(
    net,
    lines,
    units,
    spans,
    free,
    prices,
    pool,
    guess,
    tries,
    best_row,
    row,
    people,
    worth,
    stretches,
    state,
    noise,
):
    """Best new trip for a pool of free units into ``best_row``; True where one saves money.

    ``guess`` (lines, 2): expected seats and days away of a line here, seats 0 where it cannot run.
    """
    first, last = 1 << 40, -1
    total = 0
    for i in range(len(pool)):
        first, last = min(first, units.first[pool[i]]), max(last, units.last[pool[i]])
        total += units.size[pool[i]]
    lines_n = guess.shape[0]
    if total == 0 or lines_n == 0 or last < first:  # nobody, no coaches, or only people who ride no coach
        return False
    cheapest = 1e18
    for line in range(lines_n):
        if guess[line, 0] > 0:
            cheapest = min(cheapest, guess[line, 2] / guess[line, 0])
    days = last - first + 1
    score = np.full(days * lines_n, -1.0)
    riders = np.zeros(days, np.int64)
    for i in range(len(pool)):
        u = pool[i]
        for day in range(units.first[u], units.last[u] + 1):
            riders[day - first] += units.size[u]
    for d in range(days):
        day = first + d
        if riders[d] == 0 or day < 0 or day >= free.shape[1]:
            continue
        for line in range(lines_n):
            room = guess[line, 0]
            if room <= 0 or free[line, day] <= 0:
                continue
            end = min(day + guess[line, 1], free.shape[1])
            if not lines.returns[line]:
                end = free.shape[1]
            is_free = True
            price = 0.0
            for at in range(day, end):
                if free[line, at] <= 0:
                    is_free = False
                    break
                price += prices[line, at]
            if is_free:
                filled = min(1.0, riders[d] / room) * cheapest * room / guess[line, 2]
                score[d * lines_n + line] = (
                    filled * (1.0 - noise * draw(state)) / (1.0 + price / guess[line, 2])
                )
    best_profit = -float(NEVER)
    for _ in range(tries):
        k = int(np.argmax(score))
        if score[k] < 0:
            break
        score[k] = -1.0
        day, line = first + k // lines_n, k % lines_n
        count_pairs(units, spans, pool, day, people, worth)
        seed = pick_seed(people, guess[line, 0], noise, state)
        if seed[0] < 0:
            continue
        margin = 1.0 + 0.5 * draw(state)
        profit = grow(
            net,
            lines,
            units,
            spans,
            pool,
            line,
            day,
            seed,
            guess[line, 0],
            people,
            worth,
            row,
            stretches,
            margin,
        )
        if profit <= -float(NEVER) or not has_coach(lines, free, row):
            continue
        profit -= cost_of(prices, lines, row) - row[PEOPLE]
        penalty = 0
        for i in range(row[UNITS]):
            penalty += units.penalty_minor[row[UNIT + i]]
        if profit > best_profit and penalty > cost_of(prices, lines, row):
            best_profit = profit
            best_row[:] = row
    return best_profit > -float(NEVER)


@njit(cache=True)
def recreate(
    net,
    lines,
    units,
    spans,
    free,
    prices,
    trips,
    trip_of,
    pool,
    guess,
    tries,
    undo,
    work,
    stretches,
    state,
    noise,
    is_first,
):
    """Put free units back: into trips with room at a fair price, into new trips, into any trip, or nowhere."""
    best_row, row, people, worth = work
    n = len(pool)
    keys = np.empty(n)
    mode = draw(state)
    for i in range(n):
        u = pool[i]
        width = units.last[u] - units.first[u]
        if mode < 0.4:
            keys[i] = -units.size[u] * 10.0 + width + draw(state)
        elif mode < 0.7:
            keys[i] = width * 3.0 - units.size[u] + draw(state)
        else:
            keys[i] = draw(state)
    order = np.argsort(keys, kind="mergesort")
    left = np.empty(n, np.int64)
    count = 0
    for k in range(n):
        u = pool[order[k]]
        limit = units.share_minor[u] * (0.6 + 0.6 * draw(state))
        if is_first or not insert_best(
            net, lines, units, free, prices, trips, trip_of, u, limit, undo, row, stretches, state, 0.05
        ):
            left[count] = u
            count += 1
    while count:
        t = find_empty(trips)
        if t < 0 or not open_best(
            net,
            lines,
            units,
            spans,
            free,
            prices,
            left[:count],
            guess,
            tries,
            best_row,
            row,
            people,
            worth,
            stretches,
            state,
            noise,
        ):
            break
        kept = save_row(trips, undo[0], undo[1], undo[2][0], t)
        if kept < 0 and not is_first:
            break
        if kept >= 0:
            undo[2][0] = kept
        trips[t] = best_row
        hold(lines, free, trips[t], 1)
        seat_trip(units, trips, trip_of, t)
        now = 0
        for i in range(count):
            if trip_of[left[i]] < 0:
                left[now] = left[i]
                now += 1
        count = now
    for i in range(count):
        u = left[i]
        insert_best(
            net,
            lines,
            units,
            free,
            prices,
            trips,
            trip_of,
            u,
            float(units.penalty_minor[u]),
            undo,
            row,
            stretches,
            state,
            0.0,
        )


@njit(cache=True)
def rate_trip(units, row):
    """What the seats of a trip's people are worth against its cash: 1 for a full coach of the cheapest line without detour."""
    worth = 0
    for i in range(row[UNITS]):
        worth += units.seat_minor[row[UNIT + i]]
    return worth / max(1, row[CASH])


@njit(cache=True)
def ruin(net, lines, units, free, trips, trip_of, undo, scratch, stretches, state):
    """Take related trips off the road, and parts of others; the units set free and all unserved ones."""
    active = np.flatnonzero(trips[:, ACTIVE])
    n = len(active)
    if n:
        seed = active[int(draw(state) * n)]
        worst = rate_trip(units, trips[seed])
        for _ in range(2):
            other = active[int(draw(state) * n)]
            rate = rate_trip(units, trips[other])
            if rate < worst:
                seed, worst = other, rate
        wanted = 1 + int(draw(state) * draw(state) * 7.0)
        parts = int(draw(state) * 3.0)
        keys = np.empty(n)
        for i in range(n):
            t = active[i]
            shared = 0
            for j in range(trips[t, DROPS]):
                if find_stop(trips[seed], DROP, trips[seed, DROPS], trips[t, DROP + j]) >= 0:
                    shared += 1
            for j in range(trips[t, PICKUPS]):
                if find_stop(trips[seed], PICK, trips[seed, PICKUPS], trips[t, PICK + j]) >= 0:
                    shared += 1
            keys[i] = abs(trips[t, DAY] - trips[seed, DAY]) * 1.0 - shared + 4.0 * draw(state)
            if t == seed:
                keys[i] = -1e9
        order = np.argsort(keys, kind="mergesort")
        for k in range(min(n, wanted + parts)):
            t = active[order[k]]
            count = save_row(trips, undo[0], undo[1], undo[2][0], t)
            if count < 0:
                break
            undo[2][0] = count
            hold(lines, free, trips[t], -1)
            if k < wanted:
                for i in range(trips[t, UNITS]):
                    trip_of[trips[t, UNIT + i]] = -1
                trips[t, ACTIVE] = 0
                continue
            scratch[:] = trips[t]
            share = draw(state)
            is_good = True
            for i in range(trips[t, UNITS]):
                if draw(state) < share and is_good and scratch[UNITS] > 1:
                    u = trips[t, UNIT + i]
                    is_good = remove_unit(net, lines, units, scratch, u, stretches)
                    if is_good:
                        trip_of[u] = -1
            if is_good:
                trips[t] = scratch
                hold(lines, free, trips[t], 1)
            else:
                for i in range(trips[t, UNITS]):
                    trip_of[trips[t, UNIT + i]] = -1
                trips[t, ACTIVE] = 0
    return np.flatnonzero(trip_of < 0)


@njit(cache=True)
def measure(lines, units, prices, trips, trip_of):
    """Cost of a corridor: trips at the prices of coach-days, and who is left behind."""
    total = 0.0
    for t in range(trips.shape[0]):
        if trips[t, ACTIVE]:
            total += cost_of(prices, lines, trips[t])
    for u in range(len(trip_of)):
        if trip_of[u] < 0:
            total += units.penalty_minor[u]
    return total


@njit(cache=True)
def take_back(lines, units, free, trips, trip_of, undo):
    """Undo a step: the saved rows as they were."""
    saved, saved_at, count = undo
    for i in range(count[0]):
        t = saved_at[i]
        if trips[t, ACTIVE]:
            hold(lines, free, trips[t], -1)
            for k in range(trips[t, UNITS]):
                trip_of[trips[t, UNIT + k]] = -1
            trips[t, ACTIVE] = 0
    for i in range(count[0]):
        t = saved_at[i]
        trips[t] = saved[i]
        if trips[t, ACTIVE]:
            hold(lines, free, trips[t], 1)
            seat_trip(units, trips, trip_of, t)


@njit(cache=True)
def note_trips(trips, undo, seen, seen_count):
    """Remember the trips that a step changed."""
    for i in range(undo[2][0]):
        row = trips[undo[1][i]]
        if row[ACTIVE] and len(seen):
            seen[seen_count[0] % len(seen)] = row
            seen_count[0] += 1


@njit(cache=True)
def search_corridor(
    net, lines, units, spans, free, prices, trips, trip_of, guess, steps, hot, cold, seed, seen, seen_count
):
    """Improve the trips of a corridor in place (from nothing: construct); cost before and after.

    Parameters
    ----------
    spans
        (first boarding place, first gate, boarding places, gates) among the places.
    free, prices
        (lines, days): coaches still free beside those held by ``trips``; worth of a coach-day.
    trips, trip_of
        (rows, ROW) and (units,): the plan, changed in place; -1 = not aboard.
    steps, hot, cold
        Ruin-and-recreate steps; first and last temperature, minor units.
    seed
        Of the random numbers; the same seed gives the same trips.
    seen, seen_count
        (any, ROW) and (1,): trips of accepted plans are noted here, the oldest are overwritten; the count goes on.
    """
    state = np.array([(seed * 2654435761 + 12345) & 281474976710655], np.int64)
    for _ in range(4):
        draw(state)
    stretches = np.zeros((MOST_STRETCHES, 2), np.int64)
    people = np.zeros((spans[2], spans[3]), np.int64)
    worth = np.zeros((spans[2], spans[3]))
    undo = (np.zeros((24, ROW), np.int64), np.zeros(24, np.int64), np.zeros(1, np.int64))
    work = (np.zeros(ROW, np.int64), np.zeros(ROW, np.int64), people, worth)
    before = measure(lines, units, prices, trips, trip_of)
    pool = np.flatnonzero(trip_of < 0)
    if len(pool):
        undo[2][0] = 0
        recreate(
            net,
            lines,
            units,
            spans,
            free,
            prices,
            trips,
            trip_of,
            pool,
            guess,
            8,
            undo,
            work,
            stretches,
            state,
            0.2,
            True,
        )
    now = measure(lines, units, prices, trips, trip_of)
    best, best_trips, best_of = now, trips.copy(), trip_of.copy()
    best_free = free.copy()
    for step in range(steps):
        heat = hot * (cold / hot) ** (step / steps)
        undo[2][0] = 0
        pool = ruin(net, lines, units, free, trips, trip_of, undo, work[1], stretches, state)
        recreate(
            net,
            lines,
            units,
            spans,
            free,
            prices,
            trips,
            trip_of,
            pool,
            guess,
            4,
            undo,
            work,
            stretches,
            state,
            0.6,
            False,
        )
        cost = measure(lines, units, prices, trips, trip_of)
        if cost < now or draw(state) < math.exp((now - cost) / heat):
            if cost != now:
                note_trips(trips, undo, seen, seen_count)
            now = cost
            if now < best - 0.5:
                best = now
                best_trips[:] = trips
                best_of[:] = trip_of
                best_free[:] = free
        else:
            take_back(lines, units, free, trips, trip_of, undo)
    trips[:] = best_trips
    trip_of[:] = best_of
    free[:] = best_free
    return before, best


@njit(cache=True)
def price_shares(net, lines, units, spans, day_of_pair):
    """Fill in ``seat_minor`` and ``share_minor`` and find each line's (seats, days away, cash) on an average direct run.

    A share is what the party costs aboard a full coach that runs only for its pair of places, on the cheapest line.
    """
    boards, gates = spans[2], spans[3]
    per_seat = np.full((boards, gates), -1.0)
    weight = np.zeros((boards, gates))
    people = np.zeros((boards, gates))
    for u in range(len(units.board)):
        weight[units.board[u] - spans[0], units.gate[u] - spans[1]] += units.size[u]
    n = len(lines.depot)
    guess = np.zeros((n, 3), np.int64)
    sums = np.zeros((n, 4))
    row = np.zeros(ROW, np.int64)
    stretches = np.zeros((MOST_STRETCHES, 2), np.int64)
    for b in range(boards):
        for g in range(gates):
            if weight[b, g] == 0:
                continue
            for line in range(n):
                row[:] = 0
                row[LINE], row[DAY] = line, day_of_pair
                row[PICKUPS] = row[DROPS] = 1
                row[PICK], row[DROP] = spans[0] + b, spans[1] + g
                if not run_timetable(net, lines, row, stretches):
                    continue
                room = find_capacity(net, lines, row)
                if room <= 0:
                    continue
                each = row[CASH] / room
                if per_seat[b, g] < 0 or each < per_seat[b, g]:
                    per_seat[b, g] = each
                    dates = row[ARRIVE] // 1440 - row[BOARD] // 1440 + 1
                    people[b, g] = (
                        dates * units.rates[1] + (row[ARRIVE] - row[DEPART]) * units.rates[2] / 60.0
                    )
                sums[line, 0] += weight[b, g]
                sums[line, 1] += weight[b, g] * room
                sums[line, 2] += weight[b, g] * row[DAYS_AWAY]
                sums[line, 3] += weight[b, g] * row[CASH]
    for line in range(n):
        if sums[line, 0] > 0:
            guess[line, 0] = int(sums[line, 1] / sums[line, 0] + 0.5)
            guess[line, 1] = int(sums[line, 2] / sums[line, 0] + 0.5)
            guess[line, 2] = max(1, int(sums[line, 3] / sums[line, 0]))
    for u in range(len(units.board)):
        b, g = units.board[u] - spans[0], units.gate[u] - spans[1]
        each = per_seat[b, g]
        if each < 0:
            units.seat_minor[u] = units.share_minor[u] = units.penalty_minor[u]
        else:
            units.seat_minor[u] = min(units.penalty_minor[u], int(each * units.size[u]))
            units.share_minor[u] = min(units.penalty_minor[u], int((each + people[b, g]) * units.size[u]))
    return guess
