"""Outlines to draw under the map, from GeoJSON."""

from __future__ import annotations

import json

from dispatch.errors import UsageError
from dispatch.render.safe_text import clean_text

Json = dict[str, object]
_BASEMAP_DECIMALS = 3


def read_basemap(text: str) -> Json:
    """Outlines of a GeoJSON text as lists of flat ``lat, lon`` lines; properties are dropped.

    A top-level ``attribution`` (for example the approval number of a standard map) is kept to be shown.

    Raises
    ------
    UsageError
        The text is not GeoJSON with lines or areas in longitude/latitude.
    """
    try:
        document = json.loads(text)
        lines = [line for geometry in _geometries(document) for line in _lines(geometry)]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UsageError(f"the base map is not readable as GeoJSON: {error}") from error
    if not lines:
        raise UsageError(
            "the base map holds no line and no area; give a GeoJSON file with outlines (WGS-84, longitude first)"
        )
    return {"lines": lines, "attribution": clean_text(document.get("attribution", ""))}


def _geometries(node: Json) -> list[Json]:
    kind = node["type"]
    if kind == "FeatureCollection":
        return [found for feature in node["features"] for found in _geometries(feature)]  # type: ignore[attr-defined]
    if kind == "Feature":
        return _geometries(node["geometry"]) if node["geometry"] else []  # type: ignore[arg-type]
    if kind == "GeometryCollection":
        return [found for part in node["geometries"] for found in _geometries(part)]  # type: ignore[attr-defined]
    return [node]


def _lines(geometry: Json) -> list[list[float]]:
    depth = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}.get(
        str(geometry["type"])
    )
    if depth is None:
        return []
    parts: list[object] = [geometry["coordinates"]]
    for _ in range(depth):
        parts = [inner for part in parts for inner in part]  # type: ignore[attr-defined]
    return [_flat_line(part) for part in parts]


def _flat_line(positions: object) -> list[float]:
    flat: list[float] = []
    for position in positions:  # type: ignore[attr-defined]
        lon, lat = float(position[0]), float(position[1])
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise ValueError(f"coordinate {lon}, {lat} is not longitude, latitude")
        flat += [round(lat, _BASEMAP_DECIMALS), round(lon, _BASEMAP_DECIMALS)]
    return flat
