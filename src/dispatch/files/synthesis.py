"""Scenario synthesis: an invented roster in the shape of a real campaign, because rosters are personal data.

``synthesize`` turns a small facts file into the tables of a scenario. The same facts, seed and scale give the
same bytes (numpy's PCG64 generator). Nobody in the roster exists: see ``synthesis_people``.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dispatch.errors import UsageError
from dispatch.files.synthesis_demand import (
    Cells,
    Ints,
    OriginWeights,
    Windows,
    draw_cells,
    draw_parties,
    draw_waves,
    draw_windows,
    share_areas,
    size_sites,
)
from dispatch.files.synthesis_facts import Facts, Origins, read_facts
from dispatch.files.synthesis_fleet import count_needed_coaches, make_depots, make_fleet
from dispatch.files.synthesis_roster import make_health, make_workers
from dispatch.files.synthesis_tables import render_table
from dispatch.files.synthesis_world import PLACE_COLUMNS, make_origin_places, make_sites
from dispatch.files.texts import coded_column
from dispatch.files.yaml_text import parse_yaml

FACTS_NAME = "facts.yaml"


def list_campaigns(roots: tuple[Path, ...] | None = None) -> dict[str, Path]:
    """Facts files of the shipped campaigns by folder name, sorted.

    ``roots``: folders to look into; by default ``scenarios`` in the working folder and beside the package.
    """
    if roots is None:
        roots = (Path(__file__).resolve().parents[3] / "scenarios", Path("scenarios"))
    found = {path.parent.name: path for root in roots for path in root.glob(f"*/{FACTS_NAME}")}
    return dict(sorted(found.items()))


def find_campaign(name_or_path: str) -> Path:
    """Facts file meant by a campaign's name, a facts file or a folder that holds one. Raises UsageError."""
    path = Path(name_or_path)
    if path.is_dir() and (path / FACTS_NAME).is_file():
        return path / FACTS_NAME
    if path.is_file():
        return path
    campaigns = list_campaigns()
    if name_or_path not in campaigns:
        known = ", ".join(campaigns) or "none found here"
        raise UsageError(f"No facts file or campaign named {name_or_path!r}. Known campaigns: {known}.")
    return campaigns[name_or_path]


def synthesize(facts_path: Path, out_dir: Path, *, seed: int = 1, scale: float = 1.0) -> tuple[Path, ...]:
    """Write the scenario of a facts file into a folder; return the paths of the generated tables.

    Parameters
    ----------
    facts_path
        Facts file; ``scenario.yaml`` beside it and the tables that it names are copied where ``out_dir`` is
        another folder.
    out_dir
        Folder to write to, made where it is missing. Tables of the same names are replaced.
    seed
        Seed of the generator; another seed gives another roster with the same totals.
    scale
        Factor on every reported number of people (not on sites, services or hand-written fleets).

    Raises
    ------
    ScenarioRefused
        The facts file has wrong values.
    UsageError
        ``scale`` is not positive.
    """
    if not scale > 0:
        raise UsageError(f"The scale must be larger than 0, not {scale}.")
    files = make_generated_files(read_facts(facts_path), seed=seed, scale=scale)
    out_dir.mkdir(parents=True, exist_ok=True)
    _copy_hand_written(facts_path, out_dir)
    paths = tuple(out_dir / name for name in files)
    for path, content in zip(paths, files.values(), strict=True):
        path.write_bytes(content)
    return paths


def make_generated_files(
    facts: Facts, *, seed: int = 1, scale: float = 1.0, variant: str = ""
) -> dict[str, bytes]:
    """Content of the generated tables by file name (``workers.csv``, ``sites.csv``, ...), as ``synthesize`` writes them."""
    tables = make_generated_tables(facts, seed=seed, scale=scale, variant=variant)
    return {
        name: render_table(name.removesuffix(".csv"), table, facts.headings) for name, table in tables.items()
    }


def make_generated_tables(
    facts: Facts, *, seed: int = 1, scale: float = 1.0, variant: str = ""
) -> dict[str, pd.DataFrame]:
    """Generated tables by file name, as frames of texts for ``read_scenario(made_files=...)``.

    ``variant``: name of another fleet tightness of the facts. Raises UsageError when they have none of this name.
    """
    _check_variant(facts, variant)
    rng = np.random.Generator(np.random.PCG64(seed))
    return {f"{name}.csv": table for name, table in _make_tables(rng, facts, scale, variant).items()}


def _check_variant(facts: Facts, variant: str) -> None:
    known = list(facts.fleet.variants) if facts.fleet else []
    if variant and variant not in known:
        names = ", ".join(known) or "none"
        raise UsageError(f"Campaign {facts.name} has no variant named {variant!r}. Variants: {names}.")


def _copy_hand_written(facts_path: Path, out_dir: Path) -> None:
    """Copy the facts, the scenario and the tables it names; nothing else that may lie in the folder."""
    folder = facts_path.parent
    if folder.resolve() == out_dir.resolve():
        return
    shutil.copyfile(facts_path, out_dir / FACTS_NAME)
    scenario = folder / "scenario.yaml"
    if not scenario.is_file():
        return
    named = _list_texts(parse_yaml(scenario.read_text(encoding="utf-8"), scenario.name).data)
    for name in sorted({"scenario.yaml", "README.md", *named} - {FACTS_NAME, facts_path.name}):
        if Path(name).name == name and (folder / name).is_file():
            shutil.copyfile(folder / name, out_dir / name)


def _list_texts(data: object) -> set[str]:
    """Top-level texts of a scenario document, and those of its top-level lists: candidates for file names."""
    values = list(data.values()) if isinstance(data, dict) else []
    nested = [item for value in values if isinstance(value, list) for item in value]
    return {value for value in (*values, *nested) if isinstance(value, str) and len(value) < 100}


def _make_tables(
    rng: np.random.Generator, facts: Facts, scale: float, variant: str
) -> dict[str, pd.DataFrame]:
    """Generated tables by name, in the order of writing."""
    roster, total = facts.roster, round(facts.roster.total * scale)
    origin_places, homes, weights = _make_origins(rng, facts.origins)
    site_places, sites = make_sites(rng, facts.destinations, roster.first_service_date)
    cells = draw_cells(rng, _size_all_sites(rng, facts, total, scale), weights, roster)
    party = draw_parties(rng, cells, roster.party_sizes)
    origin, site = np.repeat(cells.origin, cells.workers), np.repeat(cells.site, cells.workers)
    windows = _spread_windows(rng, facts, draw_waves(cells, party, roster.people_per_wave), site, sites)
    workers = make_workers(rng, roster, scale, party, windows)
    workers["home"] = _choose_homes(rng, homes, origin, party)
    workers["site"] = coded_column(site, sites["site_id"].tolist())
    tables = {
        "places": pd.concat([origin_places, site_places], ignore_index=True),
        "sites": sites,
        "workers": workers,
    }
    if facts.health.evidence:
        tables["health"] = make_health(rng, facts, scale, workers, party)
    if facts.fleet:
        tables |= _make_fleet_tables(facts, tables["places"], cells, weights.county, variant)
    return {name: table for name, table in tables.items() if len(table) or name == "workers"}


def _make_fleet_tables(
    facts: Facts, places: pd.DataFrame, cells: Cells, county: Ints, variant: str
) -> dict[str, pd.DataFrame]:
    """The places with the depots, and the fleet."""
    if facts.fleet is None:
        return {}
    needed = count_needed_coaches(facts, facts.fleet, cells, county)
    return {
        "places": pd.concat([places, make_depots(facts)], ignore_index=True),
        "fleet": make_fleet(facts, facts.fleet, needed, variant),
    }


def _make_origins(
    rng: np.random.Generator, origins: Origins
) -> tuple[pd.DataFrame, NDArray[np.object_], OriginWeights]:
    """(places to write, home place ids per origin: one row per origin, weights)."""
    if origins.weights:
        homes = np.array(list(origins.weights), dtype=object)[:, None]
        weights = np.array(list(origins.weights.values()))
        county = np.zeros(len(weights), dtype=np.int64)
        return pd.DataFrame(columns=list(PLACE_COLUMNS)), homes, OriginWeights(weights, county)
    places, weights = make_origin_places(rng, origins.counties, origins.villages_per_township)
    county = np.repeat(np.arange(len(origins.counties)), [county.townships for county in origins.counties])
    ids = places["place_id"].to_numpy(dtype=object)
    villages = ids[len(weights) :].reshape(len(weights), -1)
    homes = villages if villages.shape[1] else ids[: len(weights), None]
    return places, homes, OriginWeights(weights, county)


def _size_all_sites(rng: np.random.Generator, facts: Facts, total: int, scale: float) -> Ints:
    areas = facts.destinations.areas
    lat, lon = _find_centre(facts.origins)
    totals = share_areas(facts.destinations, total, scale, lat, lon)
    return size_sites(rng, totals, np.array([area.sites for area in areas]), facts.destinations)


def _find_centre(origins: Origins) -> tuple[float, float]:
    if not origins.counties:
        return origins.lat, origins.lon
    weights = [county.weight for county in origins.counties]
    lat = np.average([county.lat for county in origins.counties], weights=weights)
    lon = np.average([county.lon for county in origins.counties], weights=weights)
    return float(lat), float(lon)


def _spread_windows(
    rng: np.random.Generator, facts: Facts, wave: Ints, site: Ints, sites: pd.DataFrame
) -> Windows:
    """Windows of every worker; parties of a wave share theirs."""
    first = np.datetime64(facts.roster.first_service_date, "D")
    opens = (sites["opens_on"].to_numpy(dtype="datetime64[D]") - first).astype(np.int64)
    starts = np.flatnonzero(np.diff(wave, prepend=-1))
    drawn = draw_windows(rng, facts.roster, opens[site[starts]])
    return Windows(drawn.earliest[wave], drawn.preferred[wave], drawn.latest[wave], drawn.required[wave])


def _choose_homes(
    rng: np.random.Generator, homes: NDArray[np.object_], origin: Ints, party: Ints
) -> pd.Series:
    """Home place of every worker: one village of the origin for a whole party."""
    parties = int(party.max()) + 1 if len(party) else 0
    village = rng.integers(0, homes.shape[1], parties)[party]
    return coded_column(origin * homes.shape[1] + village, homes.ravel().tolist())
