"""Names to points for the reading room: the gazetteer behind the ``PlaceResolver`` protocol."""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.model.geography import Precision, Region
from dispatch.model.resolver import PlaceResolver, ResolvedName
from dispatch.network.gazetteer import Gazetteer, GazetteerPlace, Resolution, read_gazetteer

#: Precision of a seat by the level of its unit; the seat of a province or country is no better than a prefecture's.
_PRECISION = {"county": Precision.COUNTY, "city": Precision.COUNTY}

#: Cities directly under the state: one city for travel, so their districts share it as their prefecture.
MUNICIPALITIES = ("110000", "120000", "310000", "500000", "810000", "820000")


@dataclass(frozen=True, slots=True)
class GazetteerResolver:
    """Finds names in one gazetteer; an ambiguous or unknown name comes back with candidates, never with a guess."""

    gazetteer: Gazetteer

    def find_name(self, text: str, within: str | None = None) -> ResolvedName:
        """Seat of a named place, optionally inside the region named ``within``."""
        if not text.strip():
            return ResolvedName(found=False, name=text)
        resolution = self.gazetteer.find(text, within or None)
        if resolution.place is None:
            return self._report(text, resolution)
        return self._describe(resolution.place)

    def find_region_at(self, lat: float, lon: float) -> ResolvedName:
        """Nearest unit without sub-units (county, city abroad, prefecture without counties) to a point."""
        return self._describe(self.gazetteer.nearest(lat, lon))

    def _report(self, text: str, resolution: Resolution) -> ResolvedName:
        names = dict.fromkeys(self.name_in_full(place.code) for place in resolution.candidates)
        ambiguous = resolution.status == "ambiguous"
        return ResolvedName(found=False, ambiguous=ambiguous, name=text, candidates=tuple(names))

    def _describe(self, place: GazetteerPlace) -> ResolvedName:
        return ResolvedName(
            found=True,
            name=place.name,
            lat=place.lat,
            lon=place.lon,
            precision=_PRECISION.get(place.level, Precision.PREFECTURE),
            region_id=place.code,
            regions=self.list_regions(place),
            source=place.source,
        )

    def list_regions(self, place: GazetteerPlace) -> tuple[Region, ...]:
        """Region of a place and those above it, lowest first.

        A city abroad counts as a county, a municipality (上海市) as a prefecture.
        """
        chain = (place, *self.gazetteer.ancestors(place.code))
        known = {unit.code for unit in chain}
        return tuple(
            Region(
                id=unit.code,
                name=unit.name,
                level=_get_level(unit),
                parent_id=unit.parent_code if unit.parent_code in known else "",
            )
            for unit in chain
        )

    def name_in_full(self, code: str) -> str:
        """Names of all levels, highest first, e.g. ``陕西省汉中市洋县``; abroad the place alone with its country."""
        place = self.gazetteer.get(code)
        above = "".join(unit.name for unit in reversed(self.gazetteer.ancestors(code)))
        return f"{above}{place.name}" if above or place.country == "CN" else f"{place.name} ({place.country})"


def _get_level(unit: GazetteerPlace) -> str:
    if unit.code in MUNICIPALITIES:
        return "prefecture"
    return "county" if unit.level == "city" else unit.level


def make_resolver() -> PlaceResolver:
    """Resolver over the embedded gazetteer."""
    return GazetteerResolver(read_gazetteer())
