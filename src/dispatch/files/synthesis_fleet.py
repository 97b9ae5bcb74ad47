"""Invented fleets: coaches per county from a stated tightness, so that what is planned with says how scarce it is.

A county needs, on an average day,

    coaches = sum over its workers of days away(their site) / seats in use / days of the campaign,

where a coach to a site ``km`` road kilometres away pulls out at 05:00, drives there and back without a pause at
``km_per_h`` (rests and halts included) and is away on every date it touches:

    days away = ceil((5 + 2 km / km_per_h) / 24).

1,300 km at 60 km/h: 5 + 43.3 hours end on the third date, so 3 days. ``seats in use`` is the mean over the kinds of coach by
their shares. The county has ``tightness`` times as many coaches, rounded up, split over the kinds by largest remainder.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from dispatch.files.synthesis_demand import Cells, Floats, Ints, apportion, measure_km
from dispatch.files.synthesis_facts import CoachKind, Facts, FleetFact
from dispatch.files.synthesis_world import make_place

PULL_OUT_H = 5


def find_days_away(road_km: Floats, km_per_h: float) -> Ints:
    """Dates that a coach touches on its way to a site and back, from a pull-out at 05:00."""
    days: Ints = np.ceil((PULL_OUT_H + 2 * road_km / km_per_h) / 24).astype(np.int64)
    return days


def count_needed_coaches(facts: Facts, fleet: FleetFact, cells: Cells, county: Ints) -> Floats:
    """Coaches that each county needs on an average day of the campaign.

    ``cells``: workers by origin and site; ``county``: number of the county of each origin. Distances are taken from the
    county's seat to the centre of the site's city.
    """
    of_cell = county[cells.origin]
    seats = np.array([[place.lat, place.lon] for place in facts.origins.counties])
    cities = np.array([[area.lat, area.lon] for area in facts.destinations.areas for _ in range(area.sites)])
    begin, end = seats[of_cell], cities[cells.site]
    km = fleet.circuity * measure_km(begin[:, 0], begin[:, 1], end[:, 0], end[:, 1])
    away = find_days_away(km, fleet.km_per_h)
    shares = np.array([kind.share for kind in fleet.types])
    in_use = float(np.average([kind.seats for kind in fleet.types], weights=shares))
    worker_days = np.bincount(of_cell, weights=away * cells.workers, minlength=len(seats))
    campaign_days = (facts.roster.last_service_date - facts.roster.first_service_date).days + 1
    needed: Floats = worker_days / in_use / campaign_days
    return needed


def make_fleet(facts: Facts, fleet: FleetFact, needed: Floats, variant: str) -> pd.DataFrame:
    """Fleet table: per county and kind one line at the county's depot, all marked assumed."""
    tightness = fleet.get_tightness(variant)
    shares = np.array([kind.share for kind in fleet.types])
    lines = []
    for county, need in zip(facts.origins.counties, needed.tolist(), strict=True):
        counts = apportion(int(np.ceil(tightness * need)), shares)
        operator = fleet.operator.replace("{county}", county.name)
        lines += [
            _make_line(county.region, operator, kind, int(count))
            for kind, count in zip(fleet.types, counts, strict=True)
            if count
        ]
    return pd.DataFrame(lines)


def make_depots(facts: Facts) -> pd.DataFrame:
    """Places table of the depots: one per county, at its seat."""
    return pd.DataFrame(
        [
            make_place(_name_depot(c.region), f"{c.name}客运站", c.region, "depot", c.lat, c.lon, "township")
            for c in facts.origins.counties
        ]
    )


def _name_depot(region: str) -> str:
    return f"{region}-depot"


def _make_line(region: str, operator: str, kind: CoachKind, count: int) -> dict[str, object]:
    return {
        "fleet_id": f"{region}-{kind.type}",
        "type": kind.type,
        "depot": _name_depot(region),
        "count": count,
        "day_rate": kind.day_rate,
        "km_rate": kind.km_rate,
        "driver_day_rate": kind.driver_day_rate,
        "registered_in": region,
        "operator": operator,
        "assumed": "yes",
    }
