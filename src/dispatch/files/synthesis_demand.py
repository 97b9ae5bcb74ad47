"""Invented demand: how many people go from which place to which site, in which parties, when.

Skew as measured in real campaigns: gravity-like destination shares, log-normal employers, each employer
recruiting from few townships, small households, and starts that bunch where employers reopen together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispatch.files.synthesis_facts import Destinations, Roster

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_KM_PER_DEGREE = 111.2


def apportion(total: int, weights: Floats, least: int = 0) -> Ints:
    """Whole numbers with exactly this sum, in proportion to the weights (largest remainder), each at least
    ``least`` where the total allows.

    ``apportion(10, [1, 1, 2]) -> [3, 2, 5]``: quotas 2.5, 2.5, 5.0; the first of equal remainders gets the rest.
    """
    least = min(least, total // len(weights))
    quotas = (total - least * len(weights)) * weights / weights.sum()
    whole = np.floor(quotas).astype(np.int64)
    rest = total - least * len(weights) - int(whole.sum())
    whole[np.argsort(whole - quotas, kind="stable")[:rest]] += 1
    shares: Ints = whole + least
    return shares


def share_areas(destinations: Destinations, total: int, scale: float, lat: float, lon: float) -> Ints:
    """Workers per area: the exact ones as reported (times scale), the rest by attraction / distance ** exponent, within the
    share of the area's group where groups have shares.

    ``lat``, ``lon``: centre of the origins, degrees.
    """
    areas = destinations.areas
    fixed = [area.workers for area in areas]
    if all(workers is not None for workers in fixed):
        return apportion(total, np.array([workers or 0 for workers in fixed], dtype=float))
    exact = np.array([round((workers or 0) * scale) for workers in fixed], dtype=np.int64)
    left = total - int(exact.sum())
    if left < 0:
        return apportion(total, exact.astype(float))
    pull = _find_pull(destinations, lat, lon)
    if not destinations.shares:
        return exact + apportion(left, pull)
    groups = np.array([list(destinations.shares).index(area.group) for area in areas])
    of_group = apportion(left, np.array(list(destinations.shares.values())))
    for number, workers in enumerate(of_group.tolist()):
        exact[groups == number] = apportion(workers, pull[groups == number])
    return exact


def _find_pull(destinations: Destinations, lat: float, lon: float) -> Floats:
    """Attraction / distance ** exponent of every area without an exact number, else 0."""
    exponent = destinations.gravity_exponent
    return np.array(
        [
            area.attraction / max(50.0, float(measure_km(lat, lon, area.lat, area.lon))) ** exponent
            if area.workers is None
            else 0.0
            for area in destinations.areas
        ]
    )


def measure_km(
    lat_a: float | Floats, lon_a: float | Floats, lat_b: float | Floats, lon_b: float | Floats
) -> Floats:
    """Rough flat-earth distances, km; good enough to shape invented demand and fleets and nothing else."""
    mean = np.radians((np.asarray(lat_a) + lat_b) / 2)
    east = (np.asarray(lon_a) - lon_b) * np.cos(mean)
    km: Floats = _KM_PER_DEGREE * np.hypot(np.asarray(lat_a) - lat_b, east)
    return km


def size_sites(
    rng: np.random.Generator, area_totals: Ints, sites_per_area: Ints, facts: Destinations
) -> Ints:
    """Workers per site, areas one after another: log-normal within each area, exact area totals."""
    sizes = [
        apportion(
            int(total), rng.lognormal(0.0, facts.employer_sigma, int(count)), facts.least_workers_per_site
        )
        for total, count in zip(area_totals, sites_per_area, strict=True)
    ]
    return np.concatenate(sizes)


@dataclass(frozen=True, slots=True)
class Cells:
    """Counts of workers by origin and site, sorted by origin, then site. All counts are positive."""

    origin: Ints
    site: Ints
    workers: Ints


@dataclass(frozen=True, slots=True)
class OriginWeights:
    """Relative number of workers of every origin, and the number (from 0) of the county it lies in."""

    weights: Floats
    county: Ints

    def draw_counties(self, rng: np.random.Generator, reach: float, bounds: tuple[int, int] | None) -> Ints:
        """Origins of a few counties drawn by weight, more for a larger ``reach``; all origins without bounds."""
        if bounds is None:
            return np.arange(len(self.weights))
        totals: Floats = np.bincount(self.county, weights=self.weights).astype(np.float64)
        chosen = _draw_without_replacement(rng, totals, min(len(totals), _reach(bounds, reach)))
        pool: Ints = np.flatnonzero(np.isin(self.county, chosen))
        return pool


def draw_cells(rng: np.random.Generator, site_sizes: Ints, origins: OriginWeights, roster: Roster) -> Cells:
    """Each site recruits from a few origins: drawn without replacement by weight, more for larger sites; where the
    roster says so, they lie in a few counties, drawn likewise before."""
    largest = max(1, int(site_sizes.max(initial=1)))
    drawn: list[Ints] = []
    counts: list[Ints] = []
    for size in site_sizes.tolist():
        reach = float(np.sqrt(size / largest))
        pool = origins.draw_counties(rng, reach, roster.recruits_from_counties)
        weights = origins.weights[pool]
        wanted = int(min(len(pool), max(1, size), _reach(roster.recruits_from, reach)))
        chosen = _draw_without_replacement(rng, weights, wanted)
        shares = weights[chosen] * rng.lognormal(0.0, 0.6, wanted)
        drawn.append(pool[chosen])
        counts.append(apportion(size, shares))
    origin = np.concatenate(drawn)
    workers = np.concatenate(counts)
    site = np.repeat(np.arange(len(site_sizes)), [len(chosen) for chosen in drawn])
    order = np.lexsort((site, origin))
    order = order[workers[order] > 0]
    return Cells(origin[order], site[order], workers[order])


def _reach(bounds: tuple[int, int], reach: float) -> int:
    """Number between the bounds at ``reach`` (0 to 1) of the way, at least 1."""
    fewest, most = bounds
    return max(1, round(fewest + (most - fewest) * reach))


def _draw_without_replacement(rng: np.random.Generator, weights: Floats, wanted: int) -> Ints:
    """Positions drawn without replacement in proportion to the weights (largest Gumbel keys)."""
    keys = np.log(weights) + rng.gumbel(size=len(weights))
    chosen: Ints = np.argsort(-keys, kind="stable")[:wanted]
    return chosen


def draw_parties(rng: np.random.Generator, cells: Cells, sizes: dict[int, float]) -> Ints:
    """Party number (from 0) of every worker, cell after cell; no party spans two cells."""
    total = int(cells.workers.sum())
    starts = np.zeros(total + 1, dtype=bool)
    drawn = rng.choice(np.array(list(sizes)), size=max(1, total), p=normalise(sizes))
    ends = np.cumsum(drawn)
    starts[ends[ends < total]] = True
    starts[np.cumsum(cells.workers)[:-1]] = True
    starts[0] = False
    parties: Ints = np.cumsum(starts[:total])
    return parties


def draw_waves(cells: Cells, party: Ints, people: int | None) -> Ints:
    """Wave number (from 0) of every worker: parties of one cell in waves of about ``people`` workers who share their dates.

    Without a number every party is a wave. A party that begins within the first ``people`` of its cell is in the cell's
    first wave, and so on: parties of 4, 5 and 3 with 6 people a wave begin at 0, 4 and 9, so the third is in the second.
    """
    if people is None or not len(party):
        return party
    first_of_cell = np.repeat(np.cumsum(cells.workers) - cells.workers, cells.workers)
    first_of_party = np.flatnonzero(np.diff(party, prepend=-1))[party]
    within = (first_of_party - first_of_cell) // people
    waves: Ints = np.cumsum((np.diff(within, prepend=0) != 0) | (np.diff(first_of_cell, prepend=0) != 0))
    return waves


@dataclass(frozen=True, slots=True)
class Windows:
    """Days after the first service date, one entry per wave or per worker; ``required`` -1 = no date to be on post."""

    earliest: Ints
    preferred: Ints
    latest: Ints
    required: Ints


def draw_windows(rng: np.random.Generator, roster: Roster, opens: Ints) -> Windows:
    """Travel windows of waves of parties, starting when their site reopens (``opens``: days after the first
    service date, negative = open before) or a few days later, and cut at the last service date."""
    count = len(opens)
    last = (roster.last_service_date - roster.first_service_date).days
    days = _draw(rng, roster.window_days, count)
    earliest = np.minimum(last, np.maximum(0, opens) + _draw(rng, roster.start_after_opening, count))
    latest = np.minimum(last, earliest + days - 1)
    later = rng.random(count) < roster.later_preference_share
    preferred = np.where(later, (earliest + latest) // 2, earliest)
    required = np.where(rng.random(count) < roster.required_on_post_share, latest + 3, -1)
    return Windows(earliest, preferred, latest, required)


def _draw(rng: np.random.Generator, shares: dict[int, float], count: int) -> Ints:
    drawn: Ints = rng.choice(np.array(list(shares), dtype=np.int64), size=count, p=normalise(shares))
    return drawn


def normalise(shares: dict[int, float]) -> Floats:
    """Probabilities in the order of the dictionary."""
    values = np.array(list(shares.values()), dtype=float)
    chances: Floats = values / values.sum()
    return chances


def choose_whole_parties(
    rng: np.random.Generator, party: Ints, allowed: NDArray[np.bool_], count: int
) -> NDArray[np.bool_]:
    """Exactly ``count`` workers (or all allowed ones, if fewer): whole parties in random order as long as
    they fit, then the lone members of one more party. ``party``, ``allowed``: one entry per worker."""
    sizes = np.bincount(party, weights=allowed).astype(np.int64)
    order = rng.permutation(len(sizes))
    taken = np.zeros(len(sizes), dtype=bool)
    taken[order[np.cumsum(sizes[order]) <= count]] = True
    chosen: NDArray[np.bool_] = taken[party] & allowed
    left = np.flatnonzero(allowed & ~chosen)
    chosen[left[: count - int(chosen.sum())]] = True
    return chosen
