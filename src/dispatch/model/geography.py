"""Places, regions and sites: where people are, where they go, and the dated rules of each region."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PlaceKind(StrEnum):
    """What a place is used for."""

    VILLAGE = "village"
    ASSEMBLY = "assembly"
    TERMINAL = "terminal"
    SITE = "site"
    DEPOT = "depot"
    REST = "rest"


class Precision(StrEnum):
    """How exactly a place's coordinates are known; below township no stop order is claimed."""

    GATE = "gate"
    VILLAGE = "village"
    TOWNSHIP = "township"
    COUNTY = "county"
    PREFECTURE = "prefecture"

    @property
    def is_coarse(self) -> bool:
        """True below township precision."""
        return self in (Precision.COUNTY, Precision.PREFECTURE)


class Tier(StrEnum):
    """Risk tier of a region on a date."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for low, 1 for medium, 2 for high."""
        return ("low", "medium", "high").index(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedTier:
    """A region's tier from a date on."""

    from_date: date
    tier: Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedEntryRule:
    """Name of the entry rule (see ``Policy.entry_rules``) a region demands from a date on."""

    from_date: date
    rule_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A county, prefecture, province or country.

    ``destination_area`` and ``pickup_group`` are ids of groups; a region without its own value
    inherits its parent's area (the default area of a county is its prefecture).
    """

    id: str
    name: str
    level: str
    parent_id: str = ""
    destination_area: str = ""
    pickup_group: str = ""
    tiers: tuple[DatedTier, ...] = ()
    entry_rules: tuple[DatedEntryRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A point on the map. ``region_id`` is normally a county.

    ``boards_from_min``/``boards_until_min`` are minutes of the day between which people may board
    here (C18). ``assembly_place_id`` names where people of this place board when they have no
    boarding place of their own. ``source`` says where the coordinates come from; ``assumed`` marks
    coordinates that were defaulted.
    """

    id: str
    name: str
    lat: float
    lon: float
    region_id: str
    kind: PlaceKind
    precision: Precision
    source: str = ""
    assumed: bool = False
    assembly_place_id: str = ""
    boards_from_min: int = 360
    boards_until_min: int = 1320


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A factory gate. Times are minutes of the day; ``arrivals_per_day`` None = no limit (C5).

    A coach that arrives outside receiving hours waits for the next opening. With
    ``last_mile_by_receiver`` the receiving side fetches people at the terminal with its own coaches,
    outside our cost; the hand-over is then at the terminal, and arrival at the gate is computed as
    service arrival + terminal buffer + frozen travel minutes.
    """

    id: str
    name: str
    employer: str
    place_id: str
    opens_on: date
    accepted: bool = True
    receives_from_min: int = 0
    receives_until_min: int = 1440
    arrivals_per_day: int | None = None
    last_mile_by_receiver: bool = False
    contact_name: str = ""
    contact_phone: str = ""


@dataclass(frozen=True, slots=True)
class Geography:
    """All places, regions and sites of a scenario, by id."""

    places: dict[str, Place]
    regions: dict[str, Region]
    sites: dict[str, Site]

    def get_ancestors(self, region_id: str) -> tuple[Region, ...]:
        """Region itself and everything above it, lowest first; empty for an unknown id."""
        chain: list[Region] = []
        region = self.regions.get(region_id)
        while region is not None and region not in chain:
            chain.append(region)
            region = self.regions.get(region.parent_id)
        return tuple(chain)

    def get_county(self, place_id: str) -> str:
        """Id of the region of a place (its origin county)."""
        return self.places[place_id].region_id

    def get_prefecture(self, region_id: str) -> str:
        """Id of the prefecture above (or at) a region; the region itself when none is above it."""
        for region in self.get_ancestors(region_id):
            if region.level == "prefecture":
                return region.id
        return region_id

    def get_destination_area(self, region_id: str) -> str:
        """Destination area of a region: the nearest explicit one upward, else its prefecture."""
        for region in self.get_ancestors(region_id):
            if region.destination_area:
                return region.destination_area
        return self.get_prefecture(region_id)

    def get_pickup_group(self, region_id: str) -> str:
        """Pickup group of a county: the nearest explicit one upward, else the county alone."""
        for region in self.get_ancestors(region_id):
            if region.pickup_group:
                return region.pickup_group
        return region_id

    def get_tier(self, region_id: str, day: date) -> Tier:
        """Tier in force on a date: the latest dated one of the nearest region upward that has any."""
        for region in self.get_ancestors(region_id):
            in_force = [dated for dated in region.tiers if dated.from_date <= day]
            if in_force:
                return max(in_force, key=lambda dated: dated.from_date).tier
        return Tier.LOW

    def find_entry_rule(self, region_id: str, day: date) -> str | None:
        """Name of the entry rule in force for a destination region on a date, if any names one."""
        for region in self.get_ancestors(region_id):
            in_force = [dated for dated in region.entry_rules if dated.from_date <= day]
            if in_force:
                return max(in_force, key=lambda dated: dated.from_date).rule_name
        return None
