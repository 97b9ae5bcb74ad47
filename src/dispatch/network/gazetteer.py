"""Where a place name is: offline resolution of Chinese administrative names and of large cities abroad.

The room knows seats of government (a county's coordinates are those of its seat, never of a centroid) with an
honest radius. It refuses to know streets, villages and townships, and it refuses to guess: a bare name that
several units of the same rank bear is *ambiguous*, an address below county level is *unknown* with the county
as a candidate and the unread remainder in ``Resolution.rest``.
"""

from __future__ import annotations

import csv
import difflib
import functools
import gzip
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Literal, cast

import numpy as np
import numpy.typing as npt

Level = Literal["country", "province", "prefecture", "county", "city"]
Status = Literal["exact", "alias", "hierarchy", "ambiguous", "unknown"]

PLACES_PATH = Path(__file__).parent / "data" / "places.csv.gz"
COLUMNS = ("code", "name", "level", "parent", "lat", "lon", "country", "source", "accuracy_km", "aliases")
MAX_CANDIDATES = 12
MAX_CHAIN = 6
MAX_ADDRESS_LENGTH = 80
RANK = {"country": 0, "province": 1, "prefecture": 2, "county": 3, "city": 3}
PART_SEPARATOR = re.compile(r"[,;/|>→、\uff0c\uff1b\uff0f]+")
IGNORED = re.compile(r"[\s'’‘`´ʻ.·・\-–—_]+")
PLACEHOLDERS = ("市辖区", "省直辖县级行政区划", "自治区直辖县级行政区划", "直辖县级")
ENGLISH_SUFFIXES = {"county": "xian", "city": "shi", "district": "qu", "prefecture": "", "province": ""}


@dataclass(frozen=True, slots=True)
class GazetteerPlace:
    """A unit at its seat.

    ``code`` is the six-digit administrative code (mainland), ``GN`` + GeoNames id (cities abroad), an ISO
    code (countries) or a hand-made id (new areas). ``country`` is ISO 3166 alpha-2. ``lat``/``lon`` are
    WGS-84 degrees; the seat lies within about ``accuracy_km`` of them. ``parent_code`` is "" for countries.
    """

    code: str
    name: str
    level: Level
    parent_code: str
    lat: float
    lon: float
    country: str
    source: str
    accuracy_km: float


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a text means.

    ``place`` is set for ``exact`` (official name or code), ``alias`` (short, former or foreign name) and
    ``hierarchy`` (a chain such as 陕西省汉中市洋县). ``candidates`` holds every unit bearing the name, the
    chosen one first; for ``ambiguous`` all of equal rank; for ``unknown`` near misses and the unit that was
    read before the text stopped making sense. ``rest`` is that unread part, normalised.
    """

    place: GazetteerPlace | None
    candidates: tuple[GazetteerPlace, ...]
    status: Status
    rest: str = ""


def normalise_name(text: str) -> str:
    """Key under which a name is stored: compatible forms, no accents, blanks or hyphens, lower case.

    ``"Xi'an"`` and ``"XIAN"`` give ``"xian"``; ``" 洋 县"`` gives ``"洋县"``.
    """
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    return IGNORED.sub("", text).casefold()


@functools.cache
def read_gazetteer(path: Path = PLACES_PATH) -> Gazetteer:
    """Gazetteer of a ``places.csv.gz`` table; read once per path."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        order = itemgetter(*map(next(rows).index, COLUMNS))
        return Gazetteer(_parse_row(order(row)) for row in rows)


def _parse_row(cells: tuple[str, ...]) -> tuple[GazetteerPlace, tuple[str, ...]]:
    """Place and other names of the cells of ``COLUMNS``."""
    code, name, level, parent, lat, lon, country, source, km, aliases = cells
    place = GazetteerPlace(
        code, name, cast(Level, level), parent, float(lat), float(lon), country, source, float(km)
    )
    return place, tuple(filter(None, aliases.split("|")))


class Gazetteer:
    """Immutable look-up over places and their other names."""

    def __init__(self, rows: Iterable[tuple[GazetteerPlace, tuple[str, ...]]]) -> None:
        """Index ``rows`` of (place, other names)."""
        self._places: dict[str, GazetteerPlace] = {}
        names: defaultdict[str, list[str]] = defaultdict(list)
        for place, aliases in rows:
            self._places[place.code] = place
            for key in dict.fromkeys(map(normalise_name, (place.name, place.code, *aliases))):
                names[key].append(place.code)
        self._names = dict(names)
        self._longest = max(map(len, names), default=0)

    def __len__(self) -> int:
        """Number of places."""
        return len(self._places)

    def __iter__(self) -> Iterator[GazetteerPlace]:
        """Places in the order of their codes."""
        return iter(self._places.values())

    def get(self, code: str) -> GazetteerPlace:
        """Place of a current code; raises ``KeyError``. Former codes are found by ``find`` only."""
        return self._places[code]

    def ancestors(self, code: str) -> tuple[GazetteerPlace, ...]:
        """Units above ``code``, lowest first: prefecture, province. The country is not among them.

        A county directly under its province has the province alone; a city abroad has none.
        Raises ``KeyError`` for an unknown code.
        """
        self.get(code)
        above = (self._places[c] for c in self._chain(code)[1:] if c in self._places)
        return tuple(place for place in above if place.level != "country")

    def qualified_name(self, code: str) -> str:
        """Name with its parent's where the bare name could mislead: ``汉中市洋县``, ``东莞市``, ``Hanoi``."""
        place = self.get(code)
        if place.level != "county":
            return place.name
        return "".join(parent.name for parent in self.ancestors(code)[:1]) + place.name

    def find(self, text: str, within: str | None = None) -> Resolution:
        """Meaning of a name or of a chain of names, highest unit first (commas may also go lowest first).

        Parameters
        ----------
        text
            ``洋县``, ``陕西省汉中市洋县``, ``黔西南州兴义``, ``Hangzhou, Zhejiang``, ``610723`` or a former
            name or code. Skipped levels are allowed (``陕西洋县``).
        within
            Name of a region; only it and its descendants count. An ambiguous region allows the descendants
            of all its candidates; an unknown one makes the answer ``unknown`` without candidates.

        Notes
        -----
        Of several units with the name the highest level wins (country, province, prefecture, then counties
        and cities abroad on one rank); on one rank a full Chinese name wins over a short one. Equals stay
        ``ambiguous``.
        """
        scopes: tuple[str, ...] = ()
        if within is not None:
            region = self.find(within)
            scopes = tuple(p.code for p in _chosen(region))
            if not scopes:
                return Resolution(None, (), "unknown", normalise_name(text))
        for key in _reading_orders(text):
            resolution = self._resolve_key(key, scopes)
            if resolution is not None:
                return resolution
        return self._explain_unknown(_reading_orders(text)[0], scopes)

    def nearest(self, lat: float, lon: float, level: Level | None = None) -> GazetteerPlace:
        """Place whose seat is nearest to a point given in degrees.

        Without ``level`` only units without sub-units count: counties, cities abroad, prefectures without
        counties such as 东莞市.
        """
        codes, vectors = self._vectors(level)
        return self._places[codes[int(np.argmax(vectors @ _unit_vectors([lat], [lon])[0]))]]

    def nearest_names(self, lats: Sequence[float], lons: Sequence[float]) -> list[str]:
        """Qualified name of the nearest unit without sub-units for each point, e.g. to name a rest halt."""
        codes, vectors = self._vectors(None)
        points = _unit_vectors(lats, lons)
        names: list[str] = []
        for start in range(0, len(points), 1000):
            best = np.argmax(points[start : start + 1000] @ vectors.T, axis=1)
            names += [self.qualified_name(codes[int(i)]) for i in best]
        return names

    def _vectors(self, level: Level | None) -> tuple[tuple[str, ...], npt.NDArray[np.float64]]:
        if level not in self._vector_cache:
            parents = {place.parent_code for place in self}
            if level is None:
                chosen = [p for p in self if p.code not in parents and p.level not in ("country", "province")]
            else:
                chosen = [place for place in self if place.level == level]
            vectors = _unit_vectors([p.lat for p in chosen], [p.lon for p in chosen])
            self._vector_cache[level] = (tuple(p.code for p in chosen), vectors)
        return self._vector_cache[level]

    @functools.cached_property
    def _vector_cache(self) -> dict[Level | None, tuple[tuple[str, ...], npt.NDArray[np.float64]]]:
        return {}

    def _chain(self, code: str) -> tuple[str, ...]:
        """Code and the codes above it."""
        chain = []
        while code:
            chain.append(code)
            place = self._places.get(code)
            code = place.parent_code if place else ""
        return tuple(chain)

    def _is_below(self, code: str, scopes: Sequence[str]) -> bool:
        """True for the scopes themselves and everything under them; no scope means the whole world."""
        return not scopes or any(above in scopes for above in self._chain(code))

    def _resolve_key(self, key: str, scopes: Sequence[str]) -> Resolution | None:
        """Answer for a key that can be read to its end, else None."""
        whole = [code for code in self._codes_of(key) if self._is_below(code, scopes)]
        if whole:
            return self._rank(key, whole)
        ends = dict.fromkeys(chain[-1] for chain in self._parse(key, scopes) if chain)
        return self._rank(key, list(ends), "hierarchy") if ends else None

    def _codes_of(self, key: str) -> list[str]:
        """Codes bearing a name; English unit words are tried as pinyin ones (``Yang County``)."""
        if key.isascii() and key not in self._names:
            if re.fullmatch(r"\d{6}0{3,6}", key):
                key = key[:6]
            for word, suffix in ENGLISH_SUFFIXES.items():
                stem = key.removesuffix(word)
                if stem and stem != key:
                    return self._names.get(stem + suffix) or self._names.get(stem, [])
        return self._names.get(key, [])

    def _parse(self, key: str, scopes: Sequence[str], depth: int = MAX_CHAIN) -> list[tuple[str, ...]]:
        """All ways to read ``key`` to its end as at most ``depth`` names, each under the one before."""
        if not key:
            return [()]
        if not depth:
            return []
        chains: list[tuple[str, ...]] = []
        for length in range(min(len(key), self._longest), 0, -1):
            for code in self._codes_of(key[:length]):
                if self._is_below(code, scopes):
                    tails = self._parse(_skip(key[length:]), (code,), depth - 1)
                    chains += [(code, *tail) for tail in tails]
        return chains

    def _rank(self, key: str, codes: list[str], status: Status | None = None) -> Resolution:
        """The one unit of the highest rank, or an ambiguous answer."""
        found = [self._places[code] for code in codes]
        top_rank = min(RANK[place.level] for place in found)
        best = [place for place in found if RANK[place.level] == top_rank]
        full = [place for place in best if _is_official(place, key)]
        if full and not (key.isascii() and not key.isdigit()):
            best = full
        if len(best) > 1:
            return Resolution(None, tuple(best), "ambiguous")
        others = [place for place in found if place is not best[0]]
        status = status or ("exact" if full else "alias")
        return Resolution(best[0], (best[0], *others), status)

    def _explain_unknown(self, key: str, scopes: Sequence[str]) -> Resolution:
        """Unknown, with near misses first and then the unit read before the text became unreadable."""
        chain, rest = self._parse_beginning(key, scopes)
        near = self._near_misses(rest, chain[-1:] or scopes)
        container = [self._places[code] for code in chain[-1:] or self._codes_above(key)]
        candidates = tuple(dict.fromkeys([*near, *container]))
        return Resolution(None, candidates[:MAX_CANDIDATES], "unknown", rest)

    def _codes_above(self, key: str) -> list[str]:
        """Prefecture, or else province, that an unknown six-digit code would belong to."""
        if not re.fullmatch(r"\d{6,12}", key):
            return []
        return [c for c in (key[:4] + "00", key[:2] + "0000") if c in self._places][:1]

    def _parse_beginning(self, key: str, scopes: Sequence[str]) -> tuple[tuple[str, ...], str]:
        """Longest unambiguous chain at the start of ``key`` and what follows it."""
        for length in range(min(len(key) - 1, MAX_ADDRESS_LENGTH), 1, -1):
            resolution = self._resolve_key(key[:length], scopes)
            if resolution is not None and resolution.place is not None:
                return (resolution.place.code,), key[length:]
        return (), key

    def _near_misses(self, key: str, scopes: Sequence[str]) -> list[GazetteerPlace]:
        """Places within ``scopes`` whose names resemble ``key`` and share its beginning or its end."""
        if len(key) < (3 if key.isascii() else 1):
            return []  # one or two letters resemble half the world
        pool = [name for name in self._names if name[:1] == key[0] and abs(len(name) - len(key)) <= 3]
        pool += [name for name in self._names if len(name) == len(key) > 1 and name[1:] == key[1:]]
        allowed = [n for n in pool if any(self._is_below(code, scopes) for code in self._names[n])]
        names = difflib.get_close_matches(key, allowed, n=MAX_CANDIDATES, cutoff=0.5)
        codes = [code for name in names for code in self._names[name] if self._is_below(code, scopes)]
        return [self._places[code] for code in dict.fromkeys(codes)]


def _chosen(resolution: Resolution) -> tuple[GazetteerPlace, ...]:
    """The place, or every candidate of an ambiguous answer, or nothing."""
    if resolution.place is not None:
        return (resolution.place,)
    return resolution.candidates if resolution.status == "ambiguous" else ()


def _reading_orders(text: str) -> list[str]:
    """Keys to try: the parts of ``text`` in the given order, then (with separators) the reverse."""
    parts = [normalise_name(part) for part in PART_SEPARATOR.split(text)]
    parts = [part for part in parts if part]
    return list(dict.fromkeys(["".join(parts), "".join(reversed(parts))]))


def _skip(key: str) -> str:
    """Key without a placeholder unit such as 市辖区 at its start."""
    for word in PLACEHOLDERS:
        if key.startswith(word):
            return key.removeprefix(word)
    return key


def _is_official(place: GazetteerPlace, key: str) -> bool:
    return key in (normalise_name(place.name), normalise_name(place.code))


def _unit_vectors(lats: Sequence[float], lons: Sequence[float]) -> npt.NDArray[np.float64]:
    """Points on the unit sphere, shape (n, 3)."""
    lat, lon = np.radians(np.asarray(lats, dtype=float)), np.radians(np.asarray(lons, dtype=float))
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
