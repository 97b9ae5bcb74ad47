"""Geodesic distances on WGS-84: one pair exactly, many pairs quickly.

``geodesic_km`` is geopy's geodesic (Karney's algorithm) and serves as the reference. ``geodesic_km_matrix``
uses Andoyer and Lambert's first-order flattening correction of the great circle (Lambert 1942; Thomas,
"Spheroidal geodesics, reference systems, & local geometry", 1970) in numpy alone. Close to the antipode that
series diverges, and pairs more than 160 degrees of arc apart fall back to the plain sphere.

Largest relative error against ``geodesic_km``, measured on random pairs:

======================================  ==================
China (18-53 N, 74-134 E), 20,000       0.00014 %  (5.5 m)
China, 1 m to 10 km apart, 20,000       0.00014 %
world, arcs below 158 degrees, 19,027   0.0008 %
world, 158 degrees to the antipode      0.112 %
======================================  ==================

So a distance rounded to 0.1 km may differ from the reference's by one tenth, never more, within China.
A matrix of 1,400 x 5,000 pairs took 0.4 to 0.6 s on one core of a shared machine.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from geopy.distance import geodesic

FloatArray = npt.NDArray[np.float64]

EQUATOR_RADIUS_KM = 6378.137
FLATTENING = 1 / 298.257223563
MEAN_RADIUS_KM = 6371.0088
# sin² of half the arc beyond which the correction is not used (160 degrees).
LARGEST_HAVERSINE = float(np.sin(np.radians(80.0)) ** 2)
ROWS_AT_ONCE = 32


def geodesic_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Length in km of the shortest line on the WGS-84 ellipsoid between two points in degrees.

    Raises ``ValueError`` for a latitude outside -90..90. About 0.2 ms a pair.
    """
    return float(geodesic((lat1, lon1), (lat2, lon2)).km)


def geodesic_km_matrix(
    lats_a: npt.ArrayLike, lons_a: npt.ArrayLike, lats_b: npt.ArrayLike, lons_b: npt.ArrayLike
) -> FloatArray:
    """Approximate geodesic distances in km from every point a to every point b, shape (len(a), len(b)).

    Degrees in, kilometres out; the errors stand in the module docstring. Equal points give exactly 0, and
    the matrix of a set with itself is exactly symmetric.
    """
    half_lat_a, half_lon_a = _reduced_halves(lats_a, lons_a)
    half_lat_b, half_lon_b = _reduced_halves(lats_b, lons_b)
    distances_km = np.empty((half_lat_a.size, half_lat_b.size))
    for start in range(0, half_lat_a.size, ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        distances_km[rows] = _block_km(half_lat_a[rows], half_lon_a[rows], half_lat_b, half_lon_b)
    return distances_km


def _reduced_halves(lats: npt.ArrayLike, lons: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Half the reduced latitude and half the longitude, in radians."""
    reduced = np.arctan((1 - FLATTENING) * np.tan(np.radians(np.asarray(lats, dtype=float))))
    return reduced / 2, np.radians(np.asarray(lons, dtype=float)) / 2


def _block_km(
    half_lat_a: FloatArray, half_lon_a: FloatArray, half_lat_b: FloatArray, half_lon_b: FloatArray
) -> FloatArray:
    """Distances of a block, from haversines built out of outer products (no trigonometry per pair)."""
    haversine = _half_difference_sine(half_lon_a, half_lon_b) ** 2
    haversine *= np.outer(np.cos(2 * half_lat_a), np.cos(2 * half_lat_b))
    haversine += _half_difference_sine(half_lat_a, half_lat_b) ** 2
    np.clip(haversine, 0.0, 1.0, out=haversine)
    arc = 2 * np.arcsin(np.sqrt(haversine))
    far = haversine > LARGEST_HAVERSINE
    km: FloatArray = EQUATOR_RADIUS_KM * (
        arc - _flattening_correction(haversine, arc, half_lat_a, half_lat_b)
    )
    km[far] = MEAN_RADIUS_KM * arc[far]
    return km


def _half_difference_sine(half_a: FloatArray, half_b: FloatArray) -> FloatArray:
    """sin((a - b) / 2) for all pairs."""
    sine: FloatArray = np.outer(np.sin(half_a), np.cos(half_b)) - np.outer(np.cos(half_a), np.sin(half_b))
    return sine


def _flattening_correction(
    haversine: FloatArray, arc: FloatArray, half_lat_a: FloatArray, half_lat_b: FloatArray
) -> FloatArray:
    """Lambert's f/2 (X + Y), in radians of the equator's radius; 0 for equal points."""
    sine_a, sine_b = np.sin(2 * half_lat_a)[:, None], np.sin(2 * half_lat_b)[None, :]
    arc_sine = 2 * np.sqrt(haversine * (1 - haversine))
    tiny = np.finfo(float).tiny
    x = (arc - arc_sine) * (sine_a + sine_b) ** 2 / np.maximum(1 - haversine, tiny)
    y = (arc + arc_sine) * (sine_a - sine_b) ** 2 / np.maximum(haversine, tiny)
    correction: FloatArray = FLATTENING / 8 * (x + y)
    return correction
