"""One road, two villages, one gate: a world for asking one thing at a time.

``v1`` - 60 min - ``v2`` - 300 min - ``gate``; a van of six (five passengers, one driver) and a minibus of twelve stand at ``v1``. A
minute is a kilometre. Coaches board from 06:00, so a van from v1 reaches the gate at 06:15 + 6 h = 12:15, from v2 at 12:15 as well when
it pulls out at 05:00 (v2 at 06:00).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dispatch.batching.progress import Signals
from dispatch.model.contracts import HEALTH, TRAVEL, WORKERS, make_frame
from dispatch.model.geography import Geography, Place, PlaceKind, Precision, Region, Site
from dispatch.model.plan import Plan
from dispatch.model.policy import Policy
from dispatch.model.scenario import Limits, Rates, Scenario
from dispatch.model.supply import CoachTariff, FleetLine, VehicleType
from dispatch.planning.make_plan import make_plan
from dispatch.running.inline import InlineExecutor

FIRST = date(2020, 3, 2)
MINUTES = {("v1", "v2"): 60, ("v1", "gate"): 360, ("v2", "gate"): 300}
#: 100.00 a day, 1.00 a km, 50.00 a driver and day.
TARIFF = CoachTariff(day_minor=10_000, km_minor=100, driver_day_minor=5_000)
VAN = FleetLine(id="van", type_id="van", depot_place_id="v1", tariff=TARIFF)
TYPES = {
    "van": VehicleType(id="van", name="Van", approved=6, row_seats=(2, 4)),
    "minibus": VehicleType(id="minibus", name="Minibus", approved=12, row_seats=(4, 4, 4)),
}
GATE = Site(id="works", name="Works", employer="Works Ltd", place_id="gate", opens_on=FIRST)


def worker(worker_id: str, home: str = "v1", **changes: object) -> dict[str, object]:
    """Roster row of an adult who wants 2 March by any mode."""
    row: dict[str, object] = {
        "worker_id": worker_id, "name": f"Name {worker_id}", "birth_year": 1985, "home_place_id": home,
        "boarding_place_id": home, "site_id": "works", "earliest_date": FIRST, "preferred_date": FIRST, "latest_date": FIRST,
        "party_id": worker_id, "modes": "bus|train|charter",
    }  # fmt: skip
    return row | changes


def make_small_world(workers: list[dict[str, object]], **changes: Any) -> Scenario:
    """Scenario of two days with these workers; ``changes`` replace fields of it."""
    spots = {"v1": (33.0, 107.0, "HOME"), "v2": (33.0, 107.6, "HOME"), "gate": (33.0, 110.6, "AWAY")}
    scenario = Scenario(
        name="small", title="small", first_date=FIRST, last_date=FIRST + timedelta(days=1), time_zone="Asia/Shanghai",
        currency="CNY",
        geography=Geography(
            places={
                name: Place(
                    id=name, name=name, lat=lat, lon=lon, region_id=region, kind=PlaceKind.VILLAGE,
                    precision=Precision.VILLAGE,
                )
                for name, (lat, lon, region) in spots.items()
            },
            regions={name: Region(id=name, name=name, level="county") for name in ("HOME", "AWAY")},
            sites={"works": GATE},
        ),
        policy=Policy(profile_names=("none",)),
        rates=Rates(unserved_minor={"": 500_000}),
        limits=Limits(),
        workers=make_frame(WORKERS, workers),
        health=make_frame(HEALTH),
        travel=make_frame(
            TRAVEL,
            [
                {"from_id": a, "to_id": b, "km_tenths": minutes * 10, "minutes": minutes}
                for (one, two), minutes in MINUTES.items()
                for a, b in ((one, two), (two, one))
            ],
        ),
        vehicle_types=TYPES,
        fleet=(VAN,),
    )  # fmt: skip
    return scenario.replace(**changes)


def with_site(scenario: Scenario, site: Site) -> Scenario:
    """Same scenario with this gate."""
    geography = scenario.geography
    return scenario.replace(
        geography=Geography(places=geography.places, regions=geography.regions, sites={site.id: site})
    )


def plan_small(scenario: Scenario, effort: str = "quick", **changes: Any) -> Plan:
    """Plan made in this process."""
    wiring: dict[str, Any] = {"executor": InlineExecutor(), "signals": Signals(), "seed": 1}
    return make_plan(
        scenario,
        effort=effort,
        progress=lambda phase, info: None,
        name_halt=name_halt,
        **(wiring | changes),
    )


def name_halt(lat: float, lon: float) -> str:
    """Every halt has the same name."""
    return "somewhere"
