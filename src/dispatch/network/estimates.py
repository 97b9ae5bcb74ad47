"""Road kilometres and minutes estimated from straight lines, for pairs no engine and no table knows.

The formula, exactly (the independent checker re-derives it from this text):

* ``geodesic_km`` is the WGS-84 geodesic of the two points.
* ``circuity`` is the largest of the two ends' factors and, when ``geodesic_km < 50``, of 1.40. An end's factor
  is 1.40 when its region code begins with 52, 53, 54, 5132, 5133 or 5134 (Guizhou, Yunnan, Tibet, Aba, Garze,
  Liangshan), else its country's factor (``COUNTRY_CIRCUITY``) when the code is a two-letter ISO country code
  listed there, else 1.30.
* ``km_tenths = floor(10 * geodesic_km * circuity + 0.5)``: tenths of a kilometre, nearest, halves up.
* ``speed_kmh`` is 45 when ``geodesic_km < 50``, else 75.
* ``minutes = ceil(km / speed_kmh * 60 - 1e-9)`` with ``km = km_tenths / 10``: of the *rounded* kilometres, up.

A ``circuity`` or ``speed_kmh`` given by the caller replaces the whole rule for every pair. The diagonal is
zero; two distinct places at one point are 0 km and 0 min apart. Here ``geodesic_km`` comes from
``geodesic_km_matrix``, within 0.00014 % of Karney's geodesic in China, so a checker with another geodesic may
differ by one tenth of a kilometre and by the minutes of that tenth; at a geodesic within metres of 50 km
it may fall on the other side of the step.

What the estimate is not: a routed distance. It is the same in both directions, although real roads are not
(46.8 km against 33.0 km on one Andorran pair), and it sees no sea, river, mountain, ferry or border (Dalian to
Yantai comes out as if by bridge). It is not a shortest-path metric either: factor and speed step at 50 km and
at region borders, so a path over a third place may be shorter or quicker than the direct estimate (49 km then
49 km in line: 98 km x 1.40 is longer than the direct 98 km x 1.30; across a mountain county's border the
opposite holds). Do not "repair" it with shortest paths, and do not rely on the triangle inequality.

Report an estimate as the interval ``INTERVAL_RATIOS`` around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from dispatch.network.distances import FloatArray, geodesic_km_matrix

IntArray = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """A number the estimate rests on. ``assumed`` marks judgement or recollection rather than a read source."""

    name: str
    value: float
    unit: str
    source: str
    recorded_on: date
    assumed: bool = True


_RECORDED_ON = date(2026, 11, 22)
_MOTORWAYS = (
    "Wang, Bette, Schreckenberg, Guhr, npj Complexity 1:22 (2024): motorway networks worldwide 1.3 +/- 0.1"
)
_BALLOU = "Ballou, Rahardja, Sakai, Transportation Research A 36 (2002), country table, as recalled"
_JUDGEMENT = "judgement of the project, to be replaced by an engine or a measured table"


def _circuity(name: str, value: float, source: str, *, assumed: bool = True) -> Assumption:
    return Assumption(
        name=name, value=value, unit="ratio", source=source, recorded_on=_RECORDED_ON, assumed=assumed
    )


INTERCITY_CIRCUITY = _circuity("intercity circuity", 1.30, _MOTORWAYS, assumed=False)
MOUNTAIN_CIRCUITY = _circuity("circuity in the south-western mountains", 1.40, _JUDGEMENT)
SHORT_CIRCUITY = _circuity("circuity of short distances", 1.40, _JUDGEMENT)
COUNTRY_CIRCUITY = {
    "DE": _circuity("circuity in Germany", 1.32, _BALLOU),
    "IN": _circuity("circuity in India", 1.31, _BALLOU),
    "JP": _circuity("circuity in Japan", 1.41, _BALLOU),
    "MX": _circuity("circuity in Mexico", 1.46, _BALLOU),
    "TH": _circuity("circuity in Thailand", 1.42, _BALLOU),
    "US": _circuity("circuity in the United States", 1.20, _BALLOU),
}
COACH_SPEED = Assumption(
    name="coach speed", value=75.0, unit="km/h", source=_JUDGEMENT, recorded_on=_RECORDED_ON
)
SHORT_COACH_SPEED = Assumption(
    name="coach speed of short distances",
    value=45.0,
    unit="km/h",
    source=_JUDGEMENT,
    recorded_on=_RECORDED_ON,
)
SHORT_DISTANCE = Assumption(
    name="geodesic distance below which a trip counts as short",
    value=50.0,
    unit="km",
    source=_JUDGEMENT,
    recorded_on=_RECORDED_ON,
)
MOUNTAIN_CODE_PREFIXES = ("52", "53", "54", "5132", "5133", "5134")
INTERVAL_RATIOS = (0.9, 1.2)
_ROWS_AT_ONCE = 128


def get_circuity(region_code: str) -> float:
    """Factor of one end: a Chinese administrative code or a two-letter ISO country code.

    >>> get_circuity("530828"), get_circuity("610723"), get_circuity("TH"), get_circuity("")
    (1.4, 1.3, 1.42, 1.3)
    """
    if region_code.startswith(MOUNTAIN_CODE_PREFIXES):
        return MOUNTAIN_CIRCUITY.value
    return COUNTRY_CIRCUITY.get(region_code, INTERCITY_CIRCUITY).value


def estimate_road_matrix(
    lats: Sequence[float],
    lons: Sequence[float],
    region_codes: Sequence[str],
    *,
    speed_kmh: float | None = None,
    circuity: float | None = None,
) -> tuple[IntArray, IntArray]:
    """Square matrices of road distance in tenths of a kilometre and of driving time in whole minutes.

    Parameters
    ----------
    lats, lons
        WGS-84 degrees of n places.
    region_codes
        For each place its administrative code, its ISO country code abroad, or "" for the default factor.
    speed_kmh, circuity
        One positive number for all pairs in place of the rules of the module docstring.

    Returns
    -------
    km_tenths, minutes
        int32, shape (n, n), exactly symmetric, zero diagonal.

    Raises
    ------
    ValueError
        When the lengths differ or ``speed_kmh`` or ``circuity`` is not positive.

    Notes
    -----
    100 km apart on a meridian in Henan: 130.0 km, and ceil(130 / 75 * 60) = 104 min.
    """
    if not len(lats) == len(lons) == len(region_codes):
        raise ValueError("lats, lons and region_codes must have one length")
    for name, value in (("speed_kmh", speed_kmh), ("circuity", circuity)):
        if value is not None and not value > 0:
            raise ValueError(f"{name} must be positive, not {value}")
    lat, lon = np.asarray(lats, dtype=float), np.asarray(lons, dtype=float)
    factors = np.array([get_circuity(code) for code in region_codes], dtype=float)
    km_tenths = np.empty((lat.size, lat.size), dtype=np.int32)
    minutes = np.empty_like(km_tenths)
    for start in range(0, lat.size, _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        block_km = geodesic_km_matrix(lat[rows], lon[rows], lat, lon)
        is_short = block_km < SHORT_DISTANCE.value
        block_circuity = _pair_circuity(factors[rows], factors, is_short) if circuity is None else circuity
        block_speed_kmh = _pair_speed_kmh(is_short) if speed_kmh is None else speed_kmh
        tenths = np.floor(10 * block_km * block_circuity + 0.5)
        km_tenths[rows] = tenths
        minutes[rows] = np.ceil(tenths / 10 / block_speed_kmh * 60 - 1e-9)
    np.fill_diagonal(km_tenths, 0)
    np.fill_diagonal(minutes, 0)
    return km_tenths, minutes


def _pair_circuity(
    factors_a: FloatArray, factors_b: FloatArray, is_short: npt.NDArray[np.bool_]
) -> FloatArray:
    """Largest of both ends' factors and, for short pairs, of the short-distance factor."""
    ends = np.maximum.outer(factors_a, factors_b)
    pair: FloatArray = np.where(is_short, np.maximum(ends, SHORT_CIRCUITY.value), ends)
    return pair


def _pair_speed_kmh(is_short: npt.NDArray[np.bool_]) -> FloatArray:
    return np.where(is_short, SHORT_COACH_SPEED.value, COACH_SPEED.value)
