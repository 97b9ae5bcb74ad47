"""One trip as a row: who may ride, what it costs, one more unit aboard, one less, a better order. Compiled."""

# mypy: disable-error-code="misc,no-untyped-def,no-untyped-call"
from __future__ import annotations

from numba import njit

from dispatch.batching.compiled.clock import run_timetable
from dispatch.batching.compiled.layout import (
    ACTIVE,
    ARRIVE,
    BOARD,
    CAPACITY,
    DAY,
    DEPART,
    DRIVEN,
    DRIVERS,
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

NEVER = 1 << 50


@njit(cache=True)
def find_stop(row, start, count, place):
    """Position of a place among the ``count`` stops from column ``start``; -1 where it is none."""
    for i in range(count):
        if row[start + i] == place:
            return i
    return -1


@njit(cache=True)
def price_head(net, units, row, u):
    """Lateness, allowance and ride time of one person of a unit aboard a row; NEVER where not lawful."""
    b = find_stop(row, PICK, row[PICKUPS], units.board[u])
    g = find_stop(row, DROP, row[DROPS], units.gate[u])
    day = row[DAY]
    if b < 0 or g < 0 or day < units.first[u] or day > units.last[u]:
        return NEVER
    board_day = day + row[BOARD + b] // 1440
    arrive_day = day + row[ARRIVE + g] // 1440
    if board_day < units.clear_from[u] or arrive_day > units.arrive_by[u] or arrive_day < units.opens[u]:
        return NEVER
    aboard = row[ARRIVE + g] - row[DEPART + b]
    detour = row[DRIVEN + MOST_STOPS + g] - row[DRIVEN + b] - net.minutes[units.board[u], units.gate[u]]
    if aboard > net.limits[3] or detour > net.limits[4]:
        return NEVER
    width = net.barred.shape[1]
    if board_day >= 0 and board_day < width and net.barred[units.board[u], board_day]:
        return NEVER
    if arrive_day >= 0 and arrive_day < width and net.barred[units.gate[u], arrive_day]:
        return NEVER
    late = max(0, day - units.preferred[u])
    return (
        late * units.rates[0]
        + (arrive_day - board_day + 1) * units.rates[1]
        + (aboard * units.rates[2] + 30) // 60
    )


@njit(cache=True)
def find_capacity(net, lines, row):
    """Seats for passengers of a row whose timetable is known; 0 where registration or counties forbid the trip."""
    line = row[LINE]
    first, end = row[PICK], row[DROP + row[DROPS] - 1]
    counties = 1
    for i in range(1, row[PICKUPS]):
        is_new = True
        for j in range(i):
            if net.county[row[PICK + i]] == net.county[row[PICK + j]]:
                is_new = False
        if is_new:
            counties += 1
    if counties > net.limits[7]:
        return 0
    intercity = 1 if net.prefecture[first] != net.prefecture[end] else 0
    if lines.local_only[line] and intercity:
        return 0
    if not (lines.registered[line, first] or lines.registered[line, end]):
        return 0
    days = lines.capacity.shape[1]
    day = row[DAY]
    if day < 0 or day >= days:
        return 0
    tier = 0
    width = net.tier.shape[1]
    for i in range(row[PICKUPS]):
        at = min(max(day + row[BOARD + i] // 1440, 0), width - 1)
        tier = max(tier, net.tier[row[PICK + i], at])
    for i in range(row[DROPS]):
        at = min(max(day + row[ARRIVE + i] // 1440, 0), width - 1)
        tier = max(tier, net.tier[row[DROP + i], at])
    return lines.capacity[line, day, tier, intercity, row[DRIVERS]]


@njit(cache=True)
def complete(net, lines, units, row, stretches):
    """Timetable, capacity and people cost of a row with line, day, stops and units set; False where unlawful."""
    if not run_timetable(net, lines, row, stretches):
        return False
    row[CAPACITY] = find_capacity(net, lines, row)
    if row[LOAD] > row[CAPACITY]:
        return False
    people = 0
    for i in range(row[UNITS]):
        u = row[UNIT + i]
        price = price_head(net, units, row, u)
        if price >= NEVER:
            return False
        people += price * units.size[u]
    row[PEOPLE] = people
    return True


@njit(cache=True)
def _place_before(row, i):
    """Place of stop ``i`` of the whole trip (pickups then drop-offs); -1 stands for the depot."""
    if i < 0 or i >= row[PICKUPS] + row[DROPS]:
        return -1
    return row[PICK + i] if i < row[PICKUPS] else row[DROP + i - row[PICKUPS]]


@njit(cache=True)
def _leg(net, lines, row, a, b):
    depot = lines.depot[row[LINE]]
    if b < 0:
        if not lines.returns[row[LINE]]:
            return 0
        return net.km_tenths[a, depot]
    if a < 0:
        return net.km_tenths[depot, b]
    return net.km_tenths[a, b]


@njit(cache=True)
def list_positions(net, lines, row, ends):
    """Fill ``ends`` (from, to, km) with the places a new pickup, then a new drop-off may come between; both counts.

    -1 stands for no place (a line that does not return has no way home); no positions where no more stops are allowed.
    """
    depot = lines.depot[row[LINE]]
    home = depot if lines.returns[row[LINE]] else -1
    pickups, drops = row[PICKUPS], row[DROPS]
    n = 0
    if pickups < net.limits[5]:
        here = depot
        for i in range(pickups):
            to = row[PICK + i]
            ends[n, 0], ends[n, 1], ends[n, 2] = here, to, net.km_tenths[here, to]
            here = to
            n += 1
        to = row[DROP] if drops else -1
        ends[n, 0], ends[n, 1], ends[n, 2] = here, to, net.km_tenths[here, to] if drops else 0
        n += 1
    first = n
    if drops < net.limits[6]:
        here = row[PICK + pickups - 1] if pickups else depot
        for i in range(drops):
            to = row[DROP + i]
            ends[n, 0], ends[n, 1], ends[n, 2] = here, to, net.km_tenths[here, to]
            here = to
            n += 1
        ends[n, 0], ends[n, 1] = here, home
        ends[n, 2] = net.km_tenths[here, home] if home >= 0 and pickups + drops else 0
        n += 1
    return first, n


@njit(cache=True)
def find_least_km(net, ends, begin, end, place):
    """Least km tenths that a new stop adds at the positions listed; NEVER where there are none."""
    best = NEVER
    for i in range(begin, end):
        added = net.km_tenths[ends[i, 0], place] - ends[i, 2]
        if ends[i, 1] >= 0:
            added += net.km_tenths[place, ends[i, 1]]
        if added < best:
            best = added
    return best


@njit(cache=True)
def find_position(net, lines, row, place, is_pickup):
    """(km tenths added, position among its kind) of a new stop where it costs least; NEVER where no more are allowed."""
    pickups, drops = row[PICKUPS], row[DROPS]
    if is_pickup:
        if pickups >= net.limits[5]:
            return NEVER, 0
        low, high = 0, pickups
    else:
        if drops >= net.limits[6]:
            return NEVER, 0
        low, high = pickups, pickups + drops
    best, at = NEVER, low
    for i in range(low, high + 1):
        a, b = _place_before(row, i - 1), _place_before(row, i)
        added = _leg(net, lines, row, a, place) + _leg(net, lines, row, place, b)
        if a >= 0 or b >= 0:
            added -= _leg(net, lines, row, a, b)
        if added < best:
            best, at = added, i
    return best, at - low


@njit(cache=True)
def insert_stop(net, lines, row, place, is_pickup):
    """Put a new stop where it costs least km; the km tenths added, or NEVER where no more stops are allowed."""
    added, at = find_position(net, lines, row, place, is_pickup)
    if added >= NEVER:
        return NEVER
    start = PICK if is_pickup else DROP
    count_at = PICKUPS if is_pickup else DROPS
    for i in range(row[count_at], at, -1):
        row[start + i] = row[start + i - 1]
    row[start + at] = place
    row[count_at] += 1
    return added


@njit(cache=True)
def _take_stop(row, start, count_at, i):
    for j in range(i, row[count_at] - 1):
        row[start + j] = row[start + j + 1]
    row[count_at] -= 1


@njit(cache=True)
def shorten(net, lines, row):
    """Move single stops to better places of the order until none saves km."""
    moved = True
    rounds = 0
    while moved and rounds < 6:
        moved = False
        rounds += 1
        for kind in range(2):
            start, count_at = (PICK, PICKUPS) if kind == 0 else (DROP, DROPS)
            if row[count_at] < 2:
                continue
            for i in range(row[count_at]):
                before = _measure(net, lines, row)
                place = row[start + i]
                _take_stop(row, start, count_at, i)
                insert_stop(net, lines, row, place, kind == 0)
                if _measure(net, lines, row) < before:
                    moved = True


@njit(cache=True)
def _measure(net, lines, row):
    total = 0
    n = row[PICKUPS] + row[DROPS]
    for i in range(n + 1):
        total += _leg(net, lines, row, _place_before(row, i - 1), _place_before(row, i))
    return total


@njit(cache=True)
def add_unit(net, lines, units, row, u, stretches):
    """Seat a unit, with new stops where it needs them; False where not lawful (the row is then spoiled)."""
    if row[LOAD] + units.size[u] > row[CAPACITY] or row[UNITS] >= MOST_UNITS:
        return False
    stops = row[PICKUPS] + row[DROPS]
    if (
        find_stop(row, PICK, row[PICKUPS], units.board[u]) < 0
        and insert_stop(net, lines, row, units.board[u], True) >= NEVER
    ):
        return False
    if (
        find_stop(row, DROP, row[DROPS], units.gate[u]) < 0
        and insert_stop(net, lines, row, units.gate[u], False) >= NEVER
    ):
        return False
    row[UNIT + row[UNITS]] = u
    row[UNITS] += 1
    row[LOAD] += units.size[u]
    if row[PICKUPS] + row[DROPS] == stops:
        price = price_head(net, units, row, u)
        if price >= NEVER:
            return False
        row[PEOPLE] += price * units.size[u]
        return True
    return complete(net, lines, units, row, stretches)


@njit(cache=True)
def remove_unit(net, lines, units, row, u, stretches):
    """Take a unit off, and the stops nobody else needs; False where the rest is not lawful or nobody is left."""
    at = find_stop(row, UNIT, row[UNITS], u)
    for i in range(at, row[UNITS] - 1):
        row[UNIT + i] = row[UNIT + i + 1]
    row[UNITS] -= 1
    row[LOAD] -= units.size[u]
    if row[UNITS] == 0:
        row[ACTIVE] = 0
        return False
    needs_board = needs_gate = False
    for i in range(row[UNITS]):
        other = row[UNIT + i]
        needs_board = needs_board or units.board[other] == units.board[u]
        needs_gate = needs_gate or units.gate[other] == units.gate[u]
    if needs_board and needs_gate:
        row[PEOPLE] -= price_head(net, units, row, u) * units.size[u]
        return True
    if not needs_board:
        _take_stop(row, PICK, PICKUPS, find_stop(row, PICK, row[PICKUPS], units.board[u]))
    if not needs_gate:
        _take_stop(row, DROP, DROPS, find_stop(row, DROP, row[DROPS], units.gate[u]))
    return complete(net, lines, units, row, stretches)
