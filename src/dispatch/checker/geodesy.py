"""Length of the shortest line on the WGS-84 ellipsoid, by Vincenty's inverse formula.

Source: T. Vincenty, "Direct and inverse solutions of geodesics on the ellipsoid with application of nested equations",
Survey Review XXIII (176), 1975; its error is below a millimetre. The iteration fails for nearly opposite points; those are
left to geopy.
"""

from __future__ import annotations

from math import atan, atan2, cos, radians, sin, sqrt, tan

EQUATOR_RADIUS_KM = 6378.137
FLATTENING = 1 / 298.257223563
POLAR_RADIUS_KM = EQUATOR_RADIUS_KM * (1 - FLATTENING)
CONVERGED = 1e-12
MOST_ROUNDS = 50


def measure_geodesic_km(from_lat: float, from_lon: float, to_lat: float, to_lon: float) -> float:
    """Kilometres between two points in degrees."""
    difference = radians(to_lon - from_lon)
    reduced = [atan((1 - FLATTENING) * tan(radians(lat))) for lat in (from_lat, to_lat)]
    sin1, cos1, sin2, cos2 = sin(reduced[0]), cos(reduced[0]), sin(reduced[1]), cos(reduced[1])
    longitude = difference
    for _ in range(MOST_ROUNDS):
        sin_lon, cos_lon = sin(longitude), cos(longitude)
        sin_arc = sqrt((cos2 * sin_lon) ** 2 + (cos1 * sin2 - sin1 * cos2 * cos_lon) ** 2)
        if sin_arc == 0:
            break
        cos_arc = sin1 * sin2 + cos1 * cos2 * cos_lon
        arc = atan2(sin_arc, cos_arc)
        sin_azimuth = cos1 * cos2 * sin_lon / sin_arc
        cos2_azimuth = 1 - sin_azimuth**2
        cos_middle = cos_arc - 2 * sin1 * sin2 / cos2_azimuth if cos2_azimuth > CONVERGED else 0.0
        c = FLATTENING / 16 * cos2_azimuth * (4 + FLATTENING * (4 - 3 * cos2_azimuth))
        inner = cos_middle + c * cos_arc * (2 * cos_middle**2 - 1)
        before = longitude
        longitude = difference + (1 - c) * FLATTENING * sin_azimuth * (arc + c * sin_arc * inner)
        if abs(longitude - before) < CONVERGED:
            return _sum_series(cos2_azimuth, arc, sin_arc, cos_arc, cos_middle)
    return 0.0 if (from_lat, difference) == (to_lat, 0) else _ask_geopy(from_lat, from_lon, to_lat, to_lon)


def _sum_series(cos2_azimuth: float, arc: float, sin_arc: float, cos_arc: float, cos_middle: float) -> float:
    """Length along the ellipsoid of an arc of the auxiliary sphere."""
    u2 = cos2_azimuth * (EQUATOR_RADIUS_KM**2 - POLAR_RADIUS_KM**2) / POLAR_RADIUS_KM**2
    a = 1 + u2 / 16384 * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)))
    b = u2 / 1024 * (256 + u2 * (-128 + u2 * (74 - 47 * u2)))
    twice = 2 * cos_middle**2 - 1
    third = b / 6 * cos_middle * (4 * sin_arc**2 - 3) * (4 * cos_middle**2 - 3)
    bend = b * sin_arc * (cos_middle + b / 4 * (cos_arc * twice - third))
    return POLAR_RADIUS_KM * a * (arc - bend)


def _ask_geopy(from_lat: float, from_lon: float, to_lat: float, to_lon: float) -> float:
    from geopy.distance import geodesic

    return float(geodesic((from_lat, from_lon), (to_lat, to_lon)).km)
