"""A small country: two villages 0.1 degree apart, a station beside them, a station and two gates far away.

Frozen travel comes from a table, so that every number is read off here (km, minutes):
village -> station 20 km, 30 min; hamlet -> station 90 km, 90 min; station -> village 25 km, 35 min (another way back);
port -> mill 10 km, 15 min; port -> far_mill 310 km, 260 min.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from dispatch.model.contracts import HEALTH, TRAVEL, WORKERS, make_frame
from dispatch.model.geography import Geography, Place, PlaceKind, Precision, Region, Site
from dispatch.model.policy import Policy
from dispatch.model.scenario import Limits, Rates, Scenario
from dispatch.model.supply import (
    Mode,
    Service,
    ServiceKind,
    ServiceStatus,
    ServiceStop,
    Terminal,
)

FIRST, LAST = date(2020, 3, 1), date(2020, 3, 5)

LEGS = (
    ("village", "station", 200, 30),
    ("station", "village", 250, 35),
    ("hamlet", "station", 900, 90),
    ("port", "mill", 100, 15),
    ("port", "far_mill", 3100, 260),
)


def make_place(place_id: str, lat: float, lon: float, region_id: str, **changes: object) -> Place:
    fields: dict[str, object] = {
        "id": place_id,
        "name": place_id,
        "lat": lat,
        "lon": lon,
        "region_id": region_id,
        "kind": PlaceKind.VILLAGE,
        "precision": Precision.VILLAGE,
    }
    return Place(**(fields | changes))  # type: ignore[arg-type]


def make_train(
    service_id: str = "K1", depart_min: int = 600, ride_min: int = 720, **changes: object
) -> Service:
    """Train from the station to the port; 10:00 on the first day, 12 hours, unless said otherwise."""
    arrive_min = depart_min + ride_min
    fields: dict[str, object] = {
        "id": service_id,
        "name": service_id,
        "mode": Mode.TRAIN,
        "kind": ServiceKind.CHARTERED,
        "status": ServiceStatus.CONFIRMED,
        "committed": False,
        "carriage_seats": 118,
        "stops": (
            ServiceStop(
                place_id="station", arrive_min=depart_min, depart_min=depart_min, boards=True, alights=False
            ),
            ServiceStop(
                place_id="port", arrive_min=arrive_min, depart_min=arrive_min, boards=False, alights=True
            ),
        ),
    }
    return Service(**(fields | changes))  # type: ignore[arg-type]


def make_world(
    services: tuple[Service, ...] = (), travel: pd.DataFrame | None = None, **changes: object
) -> Scenario:
    """Scenario of the small country. The villages lie in Yang county (Shaanxi), the gates in Hangzhou."""
    places = [
        make_place("village", 33.20, 107.50, "610723"),
        make_place("hamlet", 33.30, 107.50, "610723", boards_from_min=480, boards_until_min=1080),
        make_place("station", 33.10, 107.02, "610702", kind=PlaceKind.TERMINAL),
        make_place("port", 30.29, 120.21, "330104", kind=PlaceKind.TERMINAL),
        make_place("mill", 30.30, 120.30, "330104", kind=PlaceKind.SITE),
        make_place("far_mill", 28.00, 120.60, "330302", kind=PlaceKind.SITE),
    ]
    regions = [
        Region(id="610723", name="Yang", level="county", parent_id="610700"),
        Region(id="610702", name="Hantai", level="county", parent_id="610700"),
        Region(id="610700", name="Hanzhong", level="prefecture"),
        Region(id="330104", name="Shangcheng", level="county", parent_id="330100"),
        Region(id="330100", name="Hangzhou", level="prefecture"),
        Region(id="330302", name="Lucheng", level="county", parent_id="330300"),
        Region(id="330300", name="Wenzhou", level="prefecture"),
    ]
    sites = [
        Site(id=name, name=name, employer=name, place_id=name, opens_on=FIRST)
        for name in ("mill", "far_mill")
    ]
    sites.append(Site(id="dock", name="dock", employer="dock", place_id="port", opens_on=FIRST))
    sites.append(
        Site(
            id="fetched",
            name="fetched",
            employer="f",
            place_id="mill",
            opens_on=FIRST,
            last_mile_by_receiver=True,
        )
    )
    rows = [dict(zip(("from_id", "to_id", "km_tenths", "minutes"), leg, strict=True)) for leg in LEGS]
    workers = [
        {"worker_id": f"w{i}", "boarding_place_id": p} for i, p in enumerate(("village", "hamlet", "station"))
    ]
    scenario = Scenario(
        name="network_world",
        title="",
        first_date=FIRST,
        last_date=LAST,
        time_zone="Asia/Shanghai",
        currency="CNY",
        geography=Geography(
            places={place.id: place for place in places},
            regions={region.id: region for region in regions},
            sites={site.id: site for site in sites},
        ),
        policy=Policy(profile_names=("none",)),
        rates=Rates(),
        limits=Limits(),
        workers=make_frame(WORKERS, workers),
        health=make_frame(HEALTH),
        travel=make_frame(TRAVEL, rows) if travel is None else travel,
        terminals={
            name: Terminal(place_id=name, modes=frozenset({Mode.TRAIN}), buffer_min=60)
            for name in ("station", "port")
        },
        services=services,
    )
    return scenario.replace(**changes)
