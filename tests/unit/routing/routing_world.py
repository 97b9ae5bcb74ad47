"""Named tiny worlds for routing: places on a table of legs, written down by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from dispatch.model.contracts import HEALTH, TRAVEL, WORKERS, make_frame
from dispatch.model.geography import Geography, Place, PlaceKind, Precision, Region, Site
from dispatch.model.policy import DriverRules, Policy
from dispatch.model.scenario import Limits, Rates, Scenario
from dispatch.model.supply import CoachTariff, FleetLine, VehicleType
from dispatch.model.travel import FrozenTravel
from dispatch.routing.context import RoutingContext, make_context

#: Chinese coach rules as in domain.md 2.1: 4 h by day, 2 h by night, 20 min, 8 h / 24 h, 44 h / week, 02:00-05:00.
CN_RULES = DriverRules(
    continuous_day_max_min=240,
    continuous_night_max_min=120,
    break_min=20,
    night_from_min=1320,
    night_until_min=360,
    rolling_24h_max_min=480,
    weekly_max_min=2640,
    halt_from_min=120,
    halt_until_min=300,
    halt_exempt_km=200,
    drivers_by_km=((600, 2),),
)
NO_RULES = DriverRules()
COACH_53 = VehicleType(id="c53", name="53 seats", approved=53, row_seats=(4,) * 12 + (5,))
#: 1,000.00 a day, 5.00 a km, 300.00 a driver and day.
TARIFF = CoachTariff(day_minor=100_000, km_minor=500, driver_day_minor=30_000)


def make_travel(legs: Mapping[tuple[str, str], tuple[float, int]], place_ids: Sequence[str]) -> FrozenTravel:
    """Frozen travel from (km, minutes) by pair, both ways unless the way back is given too."""
    n = len(place_ids)
    index = {place_id: i for i, place_id in enumerate(place_ids)}
    km = np.zeros((n, n), dtype=np.int32)
    minutes = np.zeros((n, n), dtype=np.int32)
    for (here, there), (leg_km, leg_min) in legs.items():
        ways = [(here, there)] if (there, here) in legs else [(here, there), (there, here)]
        for a, b in ways:
            km[index[a], index[b]] = round(leg_km * 10)
            minutes[index[a], index[b]] = leg_min
    return FrozenTravel(
        place_ids=tuple(place_ids), index=index, km_tenths=km, minutes=minutes, from_table=km > 0
    )


def make_world(
    legs: Mapping[tuple[str, str], tuple[float, int]],
    *,
    rules: DriverRules = NO_RULES,
    returns: bool = True,
    tariff: CoachTariff = TARIFF,
    hours: Mapping[str, tuple[int, int]] | None = None,
    sites: Sequence[tuple[str, str, int, int]] = (),
    limits: Limits | None = None,
    registered: str = "",
) -> RoutingContext:
    """World of the places named in ``legs``; ``depot`` is where the one line ``line`` is based.

    ``hours``: boarding hours by place (default 06:00-22:00); ``sites``: (site, place, receives from, until).
    """
    place_ids = sorted({place_id for pair in legs for place_id in pair} | {"depot"})
    places = {
        place_id: Place(
            id=place_id,
            name=place_id.title(),
            lat=30.0 + i,
            lon=110.0 + i,
            region_id=f"county_{place_id[0]}",
            kind=PlaceKind.DEPOT if place_id == "depot" else PlaceKind.VILLAGE,
            precision=Precision.VILLAGE,
            boards_from_min=(hours or {}).get(place_id, (360, 1320))[0],
            boards_until_min=(hours or {}).get(place_id, (360, 1320))[1],
        )
        for i, place_id in enumerate(place_ids)
    }
    regions = {
        f"county_{letter}": Region(id=f"county_{letter}", name=letter, level="county", parent_id="province")
        for letter in {place_id[0] for place_id in place_ids}
    }
    regions["province"] = Region(id="province", name="province", level="province")
    scenario = Scenario(
        name="small",
        title="small",
        first_date=date(2020, 2, 24),
        last_date=date(2020, 3, 10),
        time_zone="Asia/Shanghai",
        currency="CNY",
        geography=Geography(
            places=places,
            regions=regions,
            sites={
                site: Site(
                    id=site, name=site, employer=site, place_id=place, opens_on=date(2020, 2, 24),
                    receives_from_min=opens, receives_until_min=closes,
                )
                for site, place, opens, closes in sites
            },
        ),
        policy=Policy(profile_names=("test",), drivers=rules),
        rates=Rates(),
        limits=limits or Limits(),
        workers=make_frame(WORKERS),
        health=make_frame(HEALTH),
        travel=make_frame(TRAVEL),
        vehicle_types={"c53": COACH_53},
        fleet=(
            FleetLine(
                id="line", type_id="c53", depot_place_id="depot", tariff=tariff, returns=returns,
                registered_region_id=registered,
            ),
        ),
    )  # fmt: skip
    return make_context(scenario, make_travel(legs, place_ids))
