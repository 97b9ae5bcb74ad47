"""Invented places, sites and fleets, for campaigns whose facts list counties and cities but no tables."""

from __future__ import annotations

from datetime import date
from itertools import cycle

import numpy as np
import pandas as pd

from dispatch.files.synthesis_demand import apportion
from dispatch.files.synthesis_facts import Area, County, Destinations, Phase

_KM_PER_DEGREE = 111.2
_INVENTED = "invented by dispatch synth"
PLACE_COLUMNS = ("place_id", "name", "region", "kind", "lat", "lon", "precision", "assembly_place", "source")


def scatter(
    rng: np.random.Generator, lat: float, lon: float, spread_km: float, count: int
) -> tuple[list[float], list[float]]:
    """Points around a centre: (latitudes, longitudes), degrees with four decimals. Normal in each direction
    with deviation ``spread_km`` / 2."""
    north, east = rng.normal(0.0, spread_km / 2 / _KM_PER_DEGREE, (2, count))
    lons = lon + east / np.cos(np.radians(lat))
    return np.round(lat + north, 4).tolist(), np.round(lons, 4).tolist()


def make_origin_places(
    rng: np.random.Generator, counties: tuple[County, ...], villages_per_township: int
) -> tuple[pd.DataFrame, np.ndarray]:
    """Townships (assembly points) and their villages of every county, and each township's weight.

    Townships come first in the frame, in the order of the weights.
    """
    townships: list[dict[str, object]] = []
    villages: list[dict[str, object]] = []
    weights: list[float] = []
    for county in counties:
        lats, lons = scatter(rng, county.lat, county.lon, county.spread_km, county.townships)
        sizes = rng.lognormal(0.0, 0.5, county.townships)
        weights += (county.weight * sizes / sizes.sum()).tolist()
        for number, (lat, lon) in enumerate(zip(lats, lons, strict=True), start=1):
            town = f"{county.region}-{number:02d}"
            name = f"{county.name}{number:02d}镇"
            townships.append(make_place(town, name, county.region, "assembly", lat, lon, "township"))
            points = zip(*scatter(rng, lat, lon, 8.0, villages_per_township), strict=True)
            villages += [
                make_place(
                    f"{town}-{k:02d}", f"{name}{k:02d}村", county.region, "village", y, x, "village", town
                )
                for k, (y, x) in enumerate(points, start=1)
            ]
    return pd.DataFrame(townships + villages, columns=list(PLACE_COLUMNS)), np.array(weights)


def make_place(
    place_id: str,
    name: str,
    region: str,
    kind: str,
    lat: float,
    lon: float,
    precision: str,
    assembly: str = "",
) -> dict[str, object]:
    """One row of the places table, marked as invented."""
    values = (place_id, name, region, kind, lat, lon, precision, assembly, _INVENTED)
    return dict(zip(PLACE_COLUMNS, values, strict=True))


def make_sites(
    rng: np.random.Generator, destinations: Destinations, first: date
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(places, sites) of the destination areas, areas one after another; places only of areas that name none."""
    places: list[dict[str, object]] = []
    sites: list[dict[str, object]] = []
    number = sum(area.sites for area in destinations.areas)
    common = _draw_openings(rng, destinations.phases, number, first)
    for area in destinations.areas:
        openings = _draw_openings(rng, area.phases, area.sites, first) if area.phases else common
        receivers = rng.permutation(area.sites) < round(area.receiver_share * area.sites)
        own = _make_gates(rng, area)
        places += own
        gates = area.places or tuple(str(place["place_id"]) for place in own)
        sites += [
            _make_site(area, i, gate, openings.pop(), bool(receivers[i]) and gate not in area.own_last_mile)
            for i, gate in zip(range(area.sites), cycle(gates), strict=False)
        ]
    return pd.DataFrame(places, columns=list(PLACE_COLUMNS)), pd.DataFrame(sites)


def _make_gates(rng: np.random.Generator, area: Area) -> list[dict[str, object]]:
    if area.places:
        return []
    lats, lons = scatter(rng, area.lat, area.lon, area.spread_km, area.sites)
    return [
        make_place(
            f"p-{_name_id(area, i)}", f"{_name_employer(area, i)}大门", area.region, "site", y, x, "township"
        )
        for i, (y, x) in enumerate(zip(lats, lons, strict=True))
    ]


def _make_site(area: Area, index: int, place: str, opens_on: date, receiver: bool) -> dict[str, object]:
    return {
        "site_id": _name_id(area, index),
        "name": f"{_name_employer(area, index)}厂区",
        "employer": _name_employer(area, index),
        "place": place,
        "opens_on": opens_on.isoformat(),
        "accepted": "yes",
        "receives_from": area.receives[0],
        "receives_until": area.receives[1],
        "last_mile_by_receiver": "yes" if receiver else "no",
    }


def _name_id(area: Area, index: int) -> str:
    return f"{area.id_prefix or area.name}-{index + 1:02d}"


def _name_employer(area: Area, index: int) -> str:
    industry = area.industries[index % len(area.industries)]
    return f"{area.name.removesuffix('市')}示例{industry}{index + 1:02d}号企业"


def _draw_openings(
    rng: np.random.Generator, phases: tuple[Phase, ...], count: int, first: date
) -> list[date]:
    """Opening dates of ``count`` sites in the shares of the phases; the first service date without phases."""
    if not phases:
        return [first] * count
    numbers = apportion(count, np.array([phase.share for phase in phases]))
    dates = np.repeat(np.arange(len(phases)), numbers)
    return [phases[i].opens_on for i in rng.permutation(dates).tolist()]
