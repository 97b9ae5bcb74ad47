"""Known stations and airports of this domain: a small table checked by hand, found by name or by nearness."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from dispatch.network.distances import geodesic_km_matrix
from dispatch.network.gazetteer import normalise_name

TerminalKind = Literal["station", "airport"]

TERMINALS_PATH = Path(__file__).parent / "data" / "terminals.csv"
#: Endings a name may lose: 汉中站 = 汉中, 杭州萧山国际机场 = 杭州萧山机场 = 杭州萧山.
_ENDINGS = (
    "火车站",
    "高铁站",
    "站",
    "国际机场",
    "机场",
    "railwaystation",
    "station",
    "internationalairport",
    "airport",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTerminal:
    """A station or airport.

    ``place_code`` is the administrative unit it lies in; coordinates are WGS-84, within ``accuracy_km``.
    ``high_speed_only``: conventional trains, and so special trains of hard-seat cars, do not call (by hand, confidence D).
    """

    name: str
    aliases: tuple[str, ...]
    kind: TerminalKind
    high_speed_only: bool
    place_code: str
    lat: float
    lon: float
    accuracy_km: float
    source: str


@functools.cache
def read_terminals(path: Path = TERMINALS_PATH) -> tuple[KnownTerminal, ...]:
    """All known terminals of a table, in its order; read once per path."""
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(_parse_row(row) for row in csv.DictReader(stream))


def find_terminals(name: str, kind: TerminalKind | None = None) -> tuple[KnownTerminal, ...]:
    """Terminals that bear a name, a code (HZG) or an alias; with and without 站 or 机场. Empty when there is none."""
    key = _shorten(name)
    return tuple(
        terminal
        for terminal in read_terminals()
        if kind in (None, terminal.kind)
        and key in {_shorten(text) for text in (terminal.name, *terminal.aliases)}
    )


def find_nearest_terminal(lat: float, lon: float, kind: TerminalKind) -> tuple[KnownTerminal, float]:
    """Terminal of a kind nearest to a point in degrees, and its geodesic distance in km."""
    known = [terminal for terminal in read_terminals() if terminal.kind == kind]
    km = geodesic_km_matrix([lat], [lon], [t.lat for t in known], [t.lon for t in known])[0]
    best = int(km.argmin())
    return known[best], float(km[best])


def _parse_row(row: dict[str, str]) -> KnownTerminal:
    return KnownTerminal(
        name=row["name"],
        aliases=tuple(filter(None, row["aliases"].split("|"))),
        kind=cast(TerminalKind, row["kind"]),
        high_speed_only=row["high_speed_only"] == "yes",
        place_code=row["place"],
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        accuracy_km=float(row["accuracy_km"]),
        source=row["source"],
    )


def _shorten(name: str) -> str:
    key = normalise_name(name)
    for ending in _ENDINGS:
        if key.endswith(ending) and len(key) > len(ending):
            return key.removesuffix(ending)
    return key
