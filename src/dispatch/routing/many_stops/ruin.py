"""Ruin and recreate of whole routes, compiled: adjacent strings are taken out, stops put back where they cost least.

Christiaens and Vanden Berghe (Transportation Science 54(2), 2020), with the kind of coach chosen by the load. What a larger coach costs more
falls on the stop that needs it, which keeps small coaches small for ever; therefore in some steps a stop pays its share of a full coach of
one kind instead (``prices`` 1, 2, ...), and only the plan as a whole is judged by true prices.
"""

# mypy: disable-error-code="misc,no-untyped-def,no-untyped-call"
from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: A place in a route is passed over with this chance, so that the next best one is taken now and then.
BLINK = 0.01
#: Stops taken out in one step on average, and the longest string.
MEAN_REMOVED = 10.0
LONGEST_STRING = 10.0
#: Price of a load that fits nowhere.
DEAR = 1e15


class Facts(NamedTuple):
    """What does not change: km and people as in the problem, other stops by distance, prices by load.

    ``fixed[p, load]`` and ``rate[p, load]`` (minor units per tenth of a km): price list 0 is that of the whole plan, list k makes every person
    pay a share of a full coach of kind k - 1 and refuses larger loads. ``strict[load]`` is the true fixed cost.
    ``by_kind[k]``: capacity, fixed cost, money per tenth of a km, in columns; ``typical_km`` of a route chooses between kinds.
    """

    km: Floats
    people: Integers
    near: Integers
    fixed: Floats
    rate: Floats
    strict: Floats
    by_kind: Floats
    typical_km: float
    most_aboard: int
    longest: int


class Tours(NamedTuple):
    """Routes while they change: stops by row, their count, people aboard, km; row and position of each stop."""

    stops: Integers
    filled: Integers
    load: Integers
    km: Floats
    row: Integers
    at: Integers


class Saved(NamedTuple):
    """Rows as they were before the step: ``rows[:n[0]]``; ``touched`` marks them."""

    n: Integers
    rows: Integers
    stops: Integers
    filled: Integers
    load: Integers
    km: Floats
    touched: Integers


class Memory(NamedTuple):
    """Routes seen: one slot per hash of a set of stops, the shortest order of a set, the newest set of a slot."""

    key: NDArray[np.uint64]
    stops: Integers
    filled: Integers
    load: Integers
    km: Floats


@njit(cache=True)
def draw(state):
    """Uniform number in [0, 1); xorshift."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return (x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True)
def money(facts, tours, r):
    """True price of a row."""
    if tours.filled[r] == 0:
        return 0.0
    load = tours.load[r]
    return facts.fixed[0, load] + facts.rate[0, load] * tours.km[r]


@njit(cache=True)
def overload(facts, load):
    """What ``fixed[0]`` undercharges for a load that no coach of its kind may carry."""
    return facts.strict[load] - facts.fixed[0, load]


@njit(cache=True)
def press(facts, pressure):
    """Fill price list 0: the best kind for each load, where a person too many costs ``pressure`` seats."""
    for load in range(facts.fixed.shape[1]):
        best = np.inf
        for k in range(len(facts.by_kind)):
            seats, fixed, rate = facts.by_kind[k]
            price = fixed + max(0.0, load - seats) * pressure * fixed / seats
            if price + rate * facts.typical_km < best:
                best = price + rate * facts.typical_km
                facts.fixed[0, load], facts.rate[0, load] = price, rate


@njit(cache=True)
def add_up(facts, tours):
    """(price of all routes under list 0, what that forgives them)."""
    cost = forgiven = 0.0
    for r in range(len(tours.filled)):
        if tours.filled[r]:
            cost += money(facts, tours, r)
            forgiven += overload(facts, tours.load[r])
    return cost, forgiven


@njit(cache=True)
def save(tours, saved, r):
    """Keep a row as it is, once a step."""
    if saved.touched[r]:
        return
    k = saved.n[0]
    saved.n[0] += 1
    saved.touched[r] = 1
    saved.rows[k], saved.filled[k], saved.load[k], saved.km[k] = (
        r,
        tours.filled[r],
        tours.load[r],
        tours.km[r],
    )
    for i in range(tours.filled[r]):
        saved.stops[k, i] = tours.stops[r, i]


@njit(cache=True)
def restore(tours, saved):
    """Put all kept rows back."""
    for k in range(saved.n[0]):
        r = saved.rows[k]
        tours.filled[r], tours.load[r], tours.km[r] = saved.filled[k], saved.load[k], saved.km[k]
        for i in range(tours.filled[r]):
            stop = saved.stops[k, i]
            tours.stops[r, i], tours.row[stop], tours.at[stop] = stop, r, i


@njit(cache=True)
def cut(facts, tours, r, start, length, keep_from, keep, out, n):
    """Take ``length`` stops from ``start`` out of a row, sparing ``keep`` stops from ``keep_from``; the new number out."""
    kept = 0
    end = start + length + keep
    for i in range(tours.filled[r]):
        stop = tours.stops[r, i]
        if start <= i < end and not keep_from <= i < keep_from + keep:
            out[n] = stop
            n += 1
            tours.row[stop] = -1
            tours.load[r] -= facts.people[stop]
        else:
            tours.stops[r, kept], tours.at[stop] = stop, kept
            kept += 1
    tours.filled[r] = kept
    km, here = 0.0, 0
    for i in range(kept):
        km += facts.km[here, tours.stops[r, i]]
        here = tours.stops[r, i]
    tours.km[r] = km + facts.km[here, 0] if kept else 0.0
    return n


@njit(cache=True)
def take_string(facts, tours, r, stop, longest, state, out, n):
    """Take a string of random length around a stop out of its row, half the time with a gap left standing in it."""
    count = tours.filled[r]
    length = min(count, int(draw(state) * min(float(count), longest) + 1.0))
    keep = 0
    if 1 < length < count and draw(state) < 0.5:
        keep = 1
        while length + keep < count and draw(state) < 0.5:
            keep += 1
    span = length + keep
    first, last = max(0, tours.at[stop] - span + 1), min(tours.at[stop], count - span)
    start = first + int(draw(state) * (last - first + 1))
    keep_from = start + int(draw(state) * (length + 1))
    return cut(facts, tours, r, start, length, keep_from, keep, out, n)


@njit(cache=True)
def ruin(facts, tours, saved, rows, state, out):
    """Take strings out of neighbouring rows; the number of stops out."""
    stops = len(facts.people) - 1
    used = 0
    for r in range(rows):
        used += tours.filled[r] > 0
    longest = min(LONGEST_STRING, stops / max(1, used))
    strings = int(draw(state) * (4.0 * MEAN_REMOVED / (1.0 + longest) - 1.0) + 1.0)
    seed = int(draw(state) * stops) + 1
    n = 0
    for k in range(stops):
        stop = facts.near[seed, k]
        r = tours.row[stop]
        if r < 0 or saved.touched[r]:
            continue
        save(tours, saved, r)
        n = take_string(facts, tours, r, stop, longest, state, out, n)
        strings -= 1
        if strings <= 0:
            break
    return n


@njit(cache=True)
def sort_out(facts, state, out, n, keys):
    """Order the stops out: at random, most people first, farthest first or nearest first."""
    way = draw(state) * 11.0
    for i in range(n):
        stop = out[i]
        if way < 4.0:
            keys[i] = draw(state)
        elif way < 8.0:
            keys[i] = -facts.people[stop]
        elif way < 10.0:
            keys[i] = -facts.km[0, stop]
        else:
            keys[i] = facts.km[0, stop]
    for i in range(1, n):
        key, stop, j = keys[i], out[i], i - 1
        while j >= 0 and keys[j] > key:
            keys[j + 1], out[j + 1] = keys[j], out[j]
            j -= 1
        keys[j + 1], out[j + 1] = key, stop


@njit(cache=True)
def find_place(facts, tours, rows, stop, prices, state):
    """(row, position, extra money, extra km) where a stop costs least under a price list; row -1: on a coach alone."""
    km, fixed, rate = facts.km, facts.fixed[prices], facts.rate[prices]
    more = facts.people[stop]
    best, best_row, best_at, best_km = np.inf, -1, 0, 0.0
    for r in range(rows):
        count = tours.filled[r]
        load = tours.load[r] + more
        if count == 0 or load > facts.most_aboard or count >= facts.longest:
            continue
        step = fixed[load] - fixed[tours.load[r]] + (rate[load] - rate[tours.load[r]]) * tours.km[r]
        if not step < best:
            continue
        here, per_km = 0, rate[load]
        for i in range(count + 1):
            there = tours.stops[r, i] if i < count else 0
            detour = km[here, stop] + km[stop, there] - km[here, there]
            extra = step + per_km * detour
            if extra < best and draw(state) > BLINK:
                best, best_row, best_at, best_km = extra, r, i, detour
            here = there
    alone = km[0, stop] + km[stop, 0]
    if best_row < 0 or fixed[more] + rate[more] * alone < best:
        return -1, 0, alone
    return best_row, best_at, best_km


@njit(cache=True)
def put(facts, tours, r, at, stop, km):
    """Put a stop into a row."""
    for i in range(tours.filled[r], at, -1):
        moved = tours.stops[r, i - 1]
        tours.stops[r, i], tours.at[moved] = moved, i
    tours.stops[r, at], tours.at[stop], tours.row[stop] = stop, at, r
    tours.filled[r] += 1
    tours.load[r] += facts.people[stop]
    tours.km[r] += km


@njit(cache=True)
def recreate(facts, tours, saved, rows, prices, state, out, n):
    """Put all stops back, in order; the number of rows in use afterwards."""
    for k in range(n):
        stop = out[k]
        r, at, km = find_place(facts, tours, rows, stop, prices, state)
        if r < 0:
            r = 0
            while r < rows and tours.filled[r] > 0:
                r += 1
            rows = max(rows, r + 1)
            save(tours, saved, r)
            tours.load[r], tours.km[r] = 0, 0.0
        else:
            save(tours, saved, r)
        put(facts, tours, r, at, stop, km)
    return rows


@njit(cache=True)
def remember(memory, tours, saved, salt, fits):
    """Keep the changed rows: the shorter order of a set, the newer set of a slot."""
    slots = np.uint64(len(memory.key) - 1)
    for k in range(saved.n[0]):
        r = saved.rows[k]
        if tours.filled[r] == 0 or not fits[tours.load[r]]:
            continue
        key = np.uint64(0)
        for i in range(tours.filled[r]):
            key ^= salt[tours.stops[r, i]]
        slot = np.int64(key & slots)
        if memory.key[slot] == key and memory.km[slot] <= tours.km[r]:
            continue
        memory.key[slot], memory.km[slot] = key, tours.km[r]
        memory.filled[slot], memory.load[slot] = tours.filled[r], tours.load[r]
        for i in range(tours.filled[r]):
            memory.stops[slot, i] = tours.stops[r, i]


@njit(cache=True)
def copy_rows(source, target):
    """Copy all routes."""
    target.stops[:] = source.stops
    target.filled[:] = source.filled
    target.load[:] = source.load
    target.km[:] = source.km


@njit(cache=True)
def anneal(facts, tours, best, saved, memory, steps, hot, cold, soft, hard, true_share, good_ratio, seed):
    """Improve ``tours`` for a number of steps at temperatures ``hot`` falling to ``cold``; ``best`` holds the cheapest, whose price is returned.

    A person too many costs ``soft`` seats at first and ``hard`` ones in the end: full coaches are hard to rearrange otherwise.
    ``true_share`` of the steps recreate at the prices of the whole plan. Routes of plans below ``good_ratio`` times the best are remembered.
    """
    state = np.empty(1, np.uint64)
    state[0] = np.uint64(seed * 2654435761 + 88172645463325252)
    salt = np.empty(len(facts.people), np.uint64)
    for i in range(len(salt)):
        draw(state)
        salt[i] = state[0]
    fits = facts.strict < DEAR
    rows = 0
    for r in range(len(tours.filled)):
        if tours.filled[r]:
            rows = r + 1
    press(facts, soft)
    cost, forgiven = add_up(facts, tours)
    copy_rows(tours, best)
    cheapest, heat, cooling = cost + forgiven, hot, (cold / hot) ** (1.0 / max(1, steps))
    out, keys = np.empty(len(facts.people), np.int64), np.empty(len(facts.people), np.float64)
    block = max(1, steps // 100)
    for step in range(steps):
        if step % block == 0:
            press(facts, soft * (hard / soft) ** (step / steps))
            cost, forgiven = add_up(facts, tours)
        saved.n[0] = 0
        n = ruin(facts, tours, saved, rows, state, out)
        sort_out(facts, state, out, n, keys)
        prices = 0
        if draw(state) > true_share:
            prices = 1 + int(draw(state) * (len(facts.fixed) - 1))
        rows_then = rows
        rows = recreate(facts, tours, saved, rows, prices, state, out, n)
        now, then = cost, forgiven
        for k in range(saved.n[0]):
            r = saved.rows[k]
            now += money(facts, tours, r)
            if tours.filled[r]:
                forgiven += overload(facts, tours.load[r])
            if saved.filled[k]:
                load = saved.load[k]
                now -= facts.fixed[0, load] + facts.rate[0, load] * saved.km[k]
                forgiven -= overload(facts, load)
        if now + forgiven < cheapest * good_ratio:
            remember(memory, tours, saved, salt, fits)
        if now < cost - heat * np.log(draw(state) + 1e-300):
            cost = now
            if cost + forgiven < cheapest - 1e-6:
                cheapest = cost + forgiven
                copy_rows(tours, best)
        else:
            restore(tours, saved)
            rows, forgiven = rows_then, then
        for k in range(saved.n[0]):
            saved.touched[saved.rows[k]] = 0
        heat *= cooling
    return cheapest
