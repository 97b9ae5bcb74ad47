"""Atlas: places and regions of a scenario while it is being read. The user's own always win."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from dispatch.files.assumed import Default
from dispatch.files.datum import wgs84_from
from dispatch.files.report import find_near_misses
from dispatch.model.geography import Place, PlaceKind, Precision, Region
from dispatch.model.resolver import PlaceResolver, ResolvedName


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a place or region could not be made: finding code and message."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWish:
    """What a row says about a place. ``lat``/``lon`` None = look the name up; ``region`` is a region id or empty."""

    id: str
    name: str
    kind: PlaceKind
    table: str
    region: str = ""
    lat: float | None = None
    lon: float | None = None
    datum: str = "wgs84"
    precision: str = ""
    source: str = ""
    assumed: bool = False


class Atlas:
    """Places and regions by id and by name, with the resolver behind them.

    ``rejected_ids``: ids and names of the scenario's own places whose rows were rejected.
    """

    def __init__(self, resolver: PlaceResolver, origin: str) -> None:
        self.places: dict[str, Place] = {}
        self.regions: dict[str, Region] = {}
        self.defaults: list[Default] = []
        self.rejected_ids: set[str] = set()
        self._resolver = resolver
        self._origin = origin
        self._names: dict[str, list[str]] = {}
        self._region_names: dict[str, str] = {}
        self._answers: dict[tuple[str, str], ResolvedName] = {}

    def add_own_region(self, region: Region) -> None:
        """Keep a region of the user's own."""
        self.regions[region.id] = region
        self._region_names[region.name] = region.id

    def add_place(self, place: Place) -> None:
        """Keep a place under its id and its name."""
        self.places[place.id] = place
        same = self._names.setdefault(place.name, [])
        if place.id not in same:
            same.append(place.id)

    def drop_place(self, place_id: str) -> None:
        """Forget a place whose row was rejected."""
        place = self.places.pop(place_id)
        self._names[place.name].remove(place_id)

    def change_place(self, place_id: str, *, assembly: str) -> None:
        """Set the assembly point of a place."""
        self.places[place_id] = dataclasses.replace(self.places[place_id], assembly_place_id=assembly)

    def find_region(self, text: str) -> str | Trouble:
        """Id of a region by id, own name or the resolver."""
        if text in self.regions:
            return text
        if text in self._region_names:
            return self._region_names[text]
        answer = self.ask(text, "")
        if not answer.found:
            return _explain(text, answer, "region")
        self._keep_regions(answer)
        return answer.region_id

    def find_place(self, text: str, kind: PlaceKind, table: str, prefix: str = "place") -> str | Trouble:
        """Id of a place by id, own name, or the resolver (then a new place ``<prefix>:<text>`` is kept)."""
        if text in self.places:
            return text
        if text in self.rejected_ids:
            return Trouble(code="E137", message=f"The row of place '{text}' was rejected.")
        same = self._names.get(text, [])
        if len(same) == 1:
            return same[0]
        if same:
            return Trouble(
                code="E134", message=f"'{text}' is the name of several places: {', '.join(same[:6])}."
            )
        return self.make_place(PlaceWish(id=f"{prefix}:{text}", name=text, kind=kind, table=table))

    def make_place(self, wish: PlaceWish) -> str | Trouble:
        """Make and keep a place from its own coordinates, else from its name, else from its region's seat."""
        place = (
            self._place_at(wish) if wish.lat is not None and wish.lon is not None else self._place_named(wish)
        )
        if isinstance(place, Trouble):
            return place
        self.add_place(place)
        return place.id

    def ask(self, text: str, within: str) -> ResolvedName:
        """Answer of the resolver, remembered."""
        key = (text, within)
        if key not in self._answers:
            self._answers[key] = self._resolver.find_name(text, within=within or None)
        return self._answers[key]

    def _place_at(self, wish: PlaceWish) -> Place | Trouble:
        lat, lon = wgs84_from(wish.lat or 0.0, wish.lon or 0.0, wish.datum)
        region_id = wish.region
        if not region_id:
            answer = self._resolver.find_region_at(lat, lon)
            if not answer.found:
                return Trouble(
                    code="E133", message=f"No region is known at {lat:.4f}, {lon:.4f} ('{wish.name}')."
                )
            self._keep_regions(answer)
            region_id = answer.region_id
        village = wish.kind in (PlaceKind.VILLAGE, PlaceKind.ASSEMBLY)
        precision = wish.precision or (Precision.VILLAGE if village else Precision.GATE)
        place = self._make(
            wish, lat, lon, region_id, Precision(precision), wish.source or "scenario", wish.assumed
        )
        if wish.assumed:
            self._note_default(wish, place)
        return place

    def _place_named(self, wish: PlaceWish) -> Place | Trouble:
        within = wish.region or self._origin
        answer = self.ask(wish.name, within)
        if not answer.found and not answer.ambiguous and within == self._origin and not wish.region:
            answer = self.ask(wish.name, "")
        if not answer.found and not answer.ambiguous:
            answer = self._ask_seat(wish, answer)
        if not answer.found:
            own = find_near_misses(wish.name, self._names)
            return _explain(wish.name, answer, "place", own)
        self._keep_regions(answer)
        region_id = wish.region or answer.region_id
        place = self._make(wish, answer.lat, answer.lon, region_id, answer.precision, answer.source, True)
        self._note_default(wish, place, answer.name)
        return place

    def _ask_seat(self, wish: PlaceWish, answer: ResolvedName) -> ResolvedName:
        """Seat that stands in for an unknown place: of its region, else of the one unit its address begins with."""
        if wish.region:
            return self.ask(wish.region, "")
        if len(answer.candidates) == 1 and is_address_in(wish.name, answer.candidates[0]):
            seat = self.ask(answer.candidates[0], "")
            return seat if seat.found else answer
        return answer

    def _make(
        self,
        wish: PlaceWish,
        lat: float,
        lon: float,
        region: str,
        precision: Precision,
        source: str,
        assumed: bool,
    ) -> Place:
        return Place(
            id=wish.id,
            name=wish.name,
            lat=round(lat, 6),
            lon=round(lon, 6),
            region_id=region,
            kind=wish.kind,
            precision=precision,
            source=source,
            assumed=assumed,
        )

    def _note_default(self, wish: PlaceWish, place: Place, seat: str = "") -> None:
        on_the_way = wish.kind in (PlaceKind.TERMINAL, PlaceKind.DEPOT)
        self.defaults.append(
            Default(
                subject=place.id,
                what=f"coordinates at {place.precision} precision",
                value=f"{seat} {place.lat:.4f}, {place.lon:.4f} ({place.source})".strip(),
                table=wish.table,
                touches="region" if on_the_way else "place",
                key=place.region_id if on_the_way else place.id,
            )
        )

    def _keep_regions(self, answer: ResolvedName) -> None:
        for region in answer.regions:
            self.regions.setdefault(region.id, region)


def is_address_in(text: str, unit: str) -> bool:
    """True if an address literally begins with a unit, given by its full name.

    ``洋县黄安镇`` and ``陕西省洋县黄安镇`` lie in ``陕西省汉中市洋县``, ``昆山开发区`` in ``江苏省苏州市昆山市``; ``羊县`` is no address
    in ``洋县``. Parts above the unit may be left out, and so may the unit's last character (市, 县, 区, 旗).
    """
    stems = [unit, unit[:-1]] if unit.endswith(("市", "县", "区", "旗")) else [unit]
    for stem in stems:
        for start in range(len(stem) - 1):
            position = text.find(stem[start:])
            if position >= 0 and text[:position] in unit:
                return True
    return False


def _explain(text: str, answer: ResolvedName, noun: str, own: tuple[str, ...] = ()) -> Trouble:
    candidates = ", ".join(dict.fromkeys((*own, *answer.candidates[:8])))
    if answer.ambiguous:
        return Trouble(code="E134", message=f"'{text}' may mean: {candidates}.")
    hint = f" Candidates: {candidates}." if candidates else ""
    return Trouble(code="E133", message=f"The {noun} '{text}' is not known.{hint}")
