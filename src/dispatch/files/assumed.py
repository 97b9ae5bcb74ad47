"""Defaults that were put in, and how many workers each of them touches."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dispatch.model.geography import Geography, Region
from dispatch.model.scenario import Assumption


@dataclass(frozen=True, slots=True, kw_only=True)
class Default:
    """A value that was defaulted. ``touches``: ``place``, ``site``, ``region`` or ``all`` workers of ``key``.

    ``people`` is set where the number is known at once.
    """

    subject: str
    what: str
    value: str
    table: str
    touches: str = "all"
    key: str = ""
    people: int = -1


def make_assumptions(
    defaults: list[Default], workers: pd.DataFrame, geography: Geography
) -> tuple[Assumption, ...]:
    """Assumptions of the defaults, most workers touched first, then by table and subject."""
    counter = _PeopleCounter(workers, geography)
    made = [
        Assumption(
            subject=default.subject,
            what=default.what,
            value=default.value,
            people=default.people if default.people >= 0 else counter.count(default.touches, default.key),
            table=default.table,
        )
        for default in defaults
    ]
    return tuple(sorted(made, key=lambda one: (-one.people, one.table, one.subject, one.what)))


class _PeopleCounter:
    """Numbers of workers by place (home, boarding or gate), site and region."""

    def __init__(self, workers: pd.DataFrame, geography: Geography) -> None:
        self._total = len(workers)
        self._geography = geography
        self._by_site = workers["site_id"].value_counts().to_dict()
        columns = ["home_place_id", "boarding_place_id", "site_id"]
        groups = workers.groupby(columns, observed=True).size().reset_index(name="people")
        self._by_place: dict[str, int] = {}
        self._by_region: dict[str, int] = {}
        for row in groups.to_dict("records"):
            site = geography.sites.get(row["site_id"])
            home, boarding, number = row["home_place_id"], row["boarding_place_id"], int(row["people"])
            places = {home, boarding, site.place_id if site else ""} - {""}
            regions = {region.id for place in places for region in self._find_regions(place)}
            for place in places:
                self._by_place[place] = self._by_place.get(place, 0) + number
            for region in regions:
                self._by_region[region] = self._by_region.get(region, 0) + number

    def _find_regions(self, place_id: str) -> tuple[Region, ...]:
        place = self._geography.places.get(place_id)
        return self._geography.get_ancestors(place.region_id) if place else ()

    def count(self, touches: str, key: str) -> int:
        if touches == "site":
            return int(self._by_site.get(key, 0))
        if touches == "place":
            return self._by_place.get(key, 0)
        if touches == "region":
            return self._by_region.get(key, 0)
        return self._total
