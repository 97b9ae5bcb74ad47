"""Arrays of a corridor: what compiled code reads and writes. Indices are positions within the corridor.

A trip is one row of integers; ``ROW`` names its columns. Places, units and lines are numbered from 0. Days count
from the horizon's first date, minutes from 00:00 of the service date, money in minor units.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Most pickups, drop-offs and units of one trip here; a scenario that allows more stops gets trips of at most so many.
MOST_STOPS = 8
MOST_UNITS = 64

ACTIVE, LINE, DAY, PICKUPS, DROPS, LOAD, UNITS, CAPACITY, DAYS_AWAY, CASH, PEOPLE, DRIVERS = range(12)
PICK = 12
DROP = PICK + MOST_STOPS
BOARD = DROP + MOST_STOPS
DEPART = BOARD + MOST_STOPS
ARRIVE = DEPART + MOST_STOPS
DRIVEN = ARRIVE + MOST_STOPS
UNIT = DRIVEN + 2 * MOST_STOPS
ROW = UNIT + MOST_UNITS


class Net(NamedTuple):
    """Places (n of them) and the law on the road.

    ``km_tenths``, ``minutes`` (n, n); boarding hours ``opens``/``closes`` (n,); receiving hours ``receives``/``until``
    (n,), -1 where no site receives; ``tier`` (n, days) rank; ``barred`` (n, days) nobody boards or alights;
    ``county``, ``prefecture`` (n,). ``rules``: day_max, night_max, break_min, night_from, night_length, halt_from,
    halt_length, rolling limit (or a very large number). ``by_km`` (k, 2): from so many km tenths on, so many drivers.
    ``limits``: dwell at pickup, dwell at drop-off, earliest pull-out, longest ride, longest detour, most pickups,
    most drop-offs, most origin counties.
    """

    km_tenths: Ints
    minutes: Ints
    opens: Ints
    closes: Ints
    receives: Ints
    until: Ints
    tier: Ints
    barred: Flags
    county: Ints
    prefecture: Ints
    rules: Ints
    by_km: Ints
    limits: Ints


class Lines(NamedTuple):
    """Fleet lines (m of them).

    ``depot`` (m,) place; ``returns``, ``local_only`` (m,); ``day_minor``, ``km_minor``, ``driver_minor``, ``lump_minor``
    (m,), the last -1 where there is none; ``capacity`` (m, days, 4 tiers, intercity, 7 drivers); ``registered`` (m, n)
    True where a trip may begin or end; ``last_day`` (1,) of the horizon.
    """

    depot: Ints
    returns: Flags
    local_only: Flags
    day_minor: Ints
    km_minor: Ints
    driver_minor: Ints
    lump_minor: Ints
    capacity: Ints
    registered: Flags
    last_day: Ints


class Units(NamedTuple):
    """Parties (u of them): places, size, window, clearance and what they cost.

    ``board``, ``gate``, ``size``, ``first``, ``last`` service day, ``preferred``, ``clear_from``, ``arrive_by`` (last
    lawful arrival day), ``opens`` (first), ``penalty_minor`` of leaving the whole party; ``seat_minor`` what seats of a
    full coach cost for it, ``share_minor`` with its ride and allowance, all (u,). ``rates``: lateness per day, allowance per day, ride time per hour.
    """

    board: Ints
    gate: Ints
    size: Ints
    first: Ints
    last: Ints
    preferred: Ints
    clear_from: Ints
    arrive_by: Ints
    opens: Ints
    penalty_minor: Ints
    seat_minor: Ints
    share_minor: Ints
    rates: Ints
