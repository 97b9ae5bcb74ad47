"""GCJ-02 and BD-09 coordinates to WGS-84.

The forward shift is the published approximation (eviltransform, coordtransform); the inverse iterates it
to below a metre. Outside the rectangle of mainland China nothing is shifted.
"""

from __future__ import annotations

from math import atan2, cos, pi, radians, sin, sqrt

_AXIS_M = 6378245.0
_ECCENTRICITY = 0.00669342162296594323
_BD_TURN = pi * 3000.0 / 180.0


def wgs84_from(lat: float, lon: float, datum: str) -> tuple[float, float]:
    """(lat, lon) in WGS-84 of a point given in ``wgs84``, ``gcj02`` or ``bd09``."""
    if datum == "bd09":
        lat, lon = _gcj02_from_bd09(lat, lon)
    if datum in ("bd09", "gcj02"):
        return _wgs84_from_gcj02(lat, lon)
    return lat, lon


def gcj02_from_wgs84(lat: float, lon: float) -> tuple[float, float]:
    """(lat, lon) in GCJ-02; unchanged outside mainland China's rectangle."""
    if not (0.8293 <= lat <= 55.8271 and 72.004 <= lon <= 137.8347):
        return lat, lon
    x, y = lon - 105.0, lat - 35.0
    waves = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    d_lat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
    d_lat += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    d_lat += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    d_lon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
    d_lon += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    d_lon += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    root = 1 - _ECCENTRICITY * sin(radians(lat)) ** 2
    lat_m = _AXIS_M * (1 - _ECCENTRICITY) / (root * sqrt(root)) * pi / 180
    lon_m = _AXIS_M / sqrt(root) * cos(radians(lat)) * pi / 180
    return lat + d_lat / lat_m, lon + d_lon / lon_m


def _wgs84_from_gcj02(lat: float, lon: float) -> tuple[float, float]:
    guess_lat, guess_lon = lat, lon
    for _ in range(4):
        shifted_lat, shifted_lon = gcj02_from_wgs84(guess_lat, guess_lon)
        guess_lat, guess_lon = guess_lat + lat - shifted_lat, guess_lon + lon - shifted_lon
    return guess_lat, guess_lon


def _gcj02_from_bd09(lat: float, lon: float) -> tuple[float, float]:
    x, y = lon - 0.0065, lat - 0.006
    length = sqrt(x * x + y * y) - 0.00002 * sin(y * _BD_TURN)
    angle = atan2(y, x) - 0.000003 * cos(x * _BD_TURN)
    return length * sin(angle), length * cos(angle)
