"""What the reading room asks of the gazetteer, without knowing it: a name resolved to a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from dispatch.model.geography import Precision, Region


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedName:
    """Answer to a place name. ``found`` False: unknown or ambiguous, with ``candidates`` as full names.

    ``regions``: the region of the point and all above it, lowest first. ``precision`` is that of the seat found.
    """

    found: bool
    ambiguous: bool = False
    name: str = ""
    lat: float = 0.0
    lon: float = 0.0
    precision: Precision = Precision.COUNTY
    region_id: str = ""
    regions: tuple[Region, ...] = ()
    source: str = ""
    candidates: tuple[str, ...] = ()


class PlaceResolver(Protocol):
    """Finds names of places and codes or names of regions; never guesses."""

    def find_name(self, text: str, within: str | None = None) -> ResolvedName:
        """Point of a named place, optionally inside the region named ``within``."""

    def find_region_at(self, lat: float, lon: float) -> ResolvedName:
        """Nearest county to a point (used for user coordinates without a region)."""
