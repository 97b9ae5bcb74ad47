"""Demand: the parties to be carried, as small frozen objects, grouped into cells and corridors.

A *cell* holds parties that differ only in size, a *unit* is what moves as one (a party, or several
bound by a ``together`` lock), a *corridor* is pickup group × destination area × tier class: the set of
units that may meet on one direct coach.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pandas as pd

from dispatch.model.geography import Tier
from dispatch.model.scenario import Lock, LockKind, Scenario
from dispatch.model.supply import Mode

NEVER_DAY = 100_000
#: A date lock on no day at all: locks that nobody can keep.
NO_DAY = -NEVER_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What parties must share to be interchangeable. Days count from the horizon's first date."""

    index: int
    board: str
    site: str
    gate: str
    county: str
    group: str
    area: str
    tier_class: str
    earliest: int
    preferred: int
    latest: int
    arrive_by: int
    clear_from: int
    clear_until: int
    modes: frozenset[Mode]
    priority_class: str
    date_lock: int | None
    service_lock: str
    mode_lock: str
    fleet_lock: str

    #: Pickup group, destination area, tier class.
    corridor: tuple[str, str, str] = field(init=False, repr=False, compare=False)
    #: Service dates in the window, a date lock considered.
    days: range = field(init=False, repr=False, compare=False)
    #: True where a direct coach is an accepted mode and no lock says otherwise.
    may_ride_bus: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Asked millions of times in a search: worked out once.
        bus = Mode.BUS in self.modes and self.mode_lock in ("", "bus") and not self.service_lock
        object.__setattr__(self, "corridor", (self.group, self.area, self.tier_class))
        object.__setattr__(self, "days", self._list_days())
        object.__setattr__(self, "may_ride_bus", bus)

    def _list_days(self) -> range:
        if self.date_lock is None:
            return range(self.earliest, self.latest + 1)
        if self.earliest <= self.date_lock <= self.latest:
            return range(self.date_lock, self.date_lock + 1)
        return range(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """People who may not be separated. ``payers``: (payer group, workers) of the members."""

    index: int
    key: str
    size: int
    minors: int
    cell: Cell
    payers: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Parties that must share the line-haul vehicle; nearly always one."""

    index: int
    parties: tuple[Party, ...]
    size: int

    #: Cell of the first party (all of a lone party).
    cell: Cell = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cell", self.parties[0].cell)


@dataclass(frozen=True, kw_only=True)
class Demand:
    """All units to be planned. ``apart``: pairs of party indices that may not share a line-haul vehicle; a pair of
    one party with itself is a lock nobody can keep."""

    parties: tuple[Party, ...]
    units: tuple[Unit, ...]
    cells: tuple[Cell, ...]
    apart: frozenset[tuple[int, int]]

    @property
    def workers(self) -> int:
        """People in all parties."""
        return sum(party.size for party in self.parties)

    def group_by_corridor(self) -> dict[tuple[str, str, str], list[Unit]]:
        """Units of each corridor, in unit order; a unit belongs to its first party's corridor."""
        groups: dict[tuple[str, str, str], list[Unit]] = defaultdict(list)
        for unit in self.units:
            groups[unit.cell.corridor].append(unit)
        return dict(groups)


def make_demand(scenario: Scenario, parties: pd.DataFrame, members: pd.DataFrame) -> Demand:
    """Demand from the frame of cleared parties.

    Parameters
    ----------
    parties
        Frame under the PARTIES contract.
    members
        Columns ``worker_id`` and ``party_key`` (used to resolve locks, which name workers).
    """
    party_of_worker = dict(zip(members["worker_id"], members["party_key"], strict=True))
    preferred = find_preferred(scenario, party_of_worker)
    lock_party = _party_ids(scenario) | party_of_worker
    locks = _locks_by_party(scenario.locks, lock_party)
    planned = set(party_of_worker.values())
    unkeepable = {
        lock_party[lock.worker_id]
        for lock in scenario.locks
        if lock.kind is LockKind.TOGETHER
        and lock_party.get(lock.value) not in planned
        and lock.worker_id in lock_party
    }
    payers = _count_payers(scenario, party_of_worker)
    cells: dict[tuple[object, ...], Cell] = {}
    made: list[Party] = []
    for row in parties.sort_values("party_key").itertuples(index=False):
        key = str(row.party_key)
        cell = _cell_of(scenario, row, preferred[key], locks.get(key, ()), cells, key in unkeepable)
        made.append(
            Party(
                index=len(made),
                key=key,
                size=int(str(row.size)),
                minors=int(str(row.minors)),
                cell=cell,
                payers=payers[key],
            )
        )
    index_of = {party.key: party.index for party in made}
    together = _pairs(scenario.locks, LockKind.TOGETHER, lock_party, index_of)
    apart = _pairs(scenario.locks, LockKind.APART, lock_party, index_of)
    return Demand(
        parties=tuple(made),
        units=_make_units(made, together),
        cells=tuple(cells.values()),
        apart=frozenset(apart | {(b, a) for a, b in apart}),
    )


def _party_ids(scenario: Scenario) -> dict[str, str]:
    """Party of every worker of the roster, those set aside included (a lock binds the party of its worker)."""
    workers = scenario.workers
    ids = workers["party_id"].where(workers["party_id"] != "", workers["worker_id"])
    return dict(zip(workers["worker_id"], ids, strict=True))


def _count_payers(
    scenario: Scenario, party_of_worker: Mapping[str, str]
) -> dict[str, tuple[tuple[str, int], ...]]:
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for worker_id, payer in zip(scenario.workers["worker_id"], scenario.workers["payer_id"], strict=True):
        if worker_id in party_of_worker:
            counts[party_of_worker[worker_id]][str(payer)] += 1
    return {key: tuple(sorted(groups.items())) for key, groups in counts.items()}


def find_preferred(scenario: Scenario, party_of_worker: Mapping[str, str]) -> dict[str, int]:
    """Preferred day of each party: the latest of its members' own preferred dates.

    Lateness is charged per worker against their own date; where members differ this day undercounts it, so that
    a bound built on it stays valid. The plan's money is always counted per worker.
    """
    workers = scenario.workers
    wanted = workers["preferred_date"].fillna(workers["earliest_date"])
    days = (wanted - pd.Timestamp(scenario.first_date)).dt.days.fillna(0).astype(int)
    latest: dict[str, int] = {}
    for worker_id, day in zip(workers["worker_id"], days, strict=True):
        key = party_of_worker.get(worker_id)
        if key is not None:
            latest[key] = max(latest.get(key, day), day)
    return latest


def _locks_by_party(locks: tuple[Lock, ...], party_of_worker: Mapping[str, str]) -> dict[str, list[Lock]]:
    by_party: dict[str, list[Lock]] = defaultdict(list)
    for lock in locks:
        if lock.worker_id in party_of_worker:
            by_party[party_of_worker[lock.worker_id]].append(lock)
    return by_party


def _pairs(
    locks: tuple[Lock, ...], kind: LockKind, party_of_worker: Mapping[str, str], index_of: Mapping[str, int]
) -> set[tuple[int, int]]:
    pairs = set()
    for lock in locks:
        if lock.kind is kind and lock.worker_id in party_of_worker and lock.value in party_of_worker:
            a = index_of.get(party_of_worker[lock.worker_id])
            b = index_of.get(party_of_worker[lock.value])
            if a is not None and b is not None and (a != b or kind is LockKind.APART):
                pairs.add((min(a, b), max(a, b)))
    return pairs


def _cell_of(
    scenario: Scenario,
    row: object,
    preferred: int,
    locks: list[Lock] | tuple[Lock, ...],
    cells: dict[tuple[object, ...], Cell],
    is_unkeepable: bool,
) -> Cell:
    geography = scenario.geography
    board, site = str(row.boarding_place_id), str(row.site_id)  # type: ignore[attr-defined]
    county = geography.get_county(board)
    gate = geography.sites[site].place_id
    earliest, latest = int(row.earliest), int(row.latest)  # type: ignore[attr-defined]
    lock_values = {lock.kind: lock.value for lock in locks}
    single = [lock for lock in locks if lock.kind not in (LockKind.TOGETHER, LockKind.APART)]
    is_unkeepable |= any(lock_values[lock.kind] != lock.value for lock in single)
    date_lock = lock_values.get(LockKind.DATE)
    lock_day = NO_DAY if is_unkeepable else None if date_lock is None else _day_of_iso(scenario, date_lock)
    fields: dict[str, object] = {
        "board": board,
        "site": site,
        "gate": gate,
        "county": county,
        "group": geography.get_pickup_group(county),
        "area": geography.get_destination_area(geography.get_county(gate)),
        "tier_class": get_tier_class(scenario, county, earliest, latest),
        "earliest": earliest,
        "preferred": preferred,
        "latest": latest,
        "arrive_by": int(row.arrive_by),  # type: ignore[attr-defined]
        "clear_from": int(row.clear_from),  # type: ignore[attr-defined]
        "clear_until": int(row.clear_until),  # type: ignore[attr-defined]
        "modes": frozenset(Mode(name) for name in str(row.modes).split("|") if name),  # type: ignore[attr-defined]
        "priority_class": str(row.priority_class),  # type: ignore[attr-defined]
        "date_lock": lock_day,
        "service_lock": lock_values.get(LockKind.SERVICE, ""),
        "mode_lock": lock_values.get(LockKind.MODE, ""),
        "fleet_lock": lock_values.get(LockKind.FLEET, ""),
    }
    key = tuple(fields.values())
    if key not in cells:
        cells[key] = Cell(index=len(cells), **fields)  # type: ignore[arg-type]
    return cells[key]


def _day_of_iso(scenario: Scenario, text: str) -> int:
    return int((pd.Timestamp(text).date() - scenario.first_date).days)


def get_tier_class(scenario: Scenario, county: str, first_day: int, last_day: int) -> str:
    """Class of people who may share a vehicle: the separated tier of a county, else ``""``.

    Where the tier changes within the window the class lists the tiers of every day, so that only people
    whose tiers agree on each day ever meet (stricter than the rule by at most those days).
    """
    seen = []
    for day in range(first_day, last_day + 1):
        on = scenario.first_date + timedelta(days=day)
        tier: Tier = scenario.geography.get_tier(county, on)
        seen.append(tier.value if tier in scenario.policy.get_tiers("separated_tiers", on) else "")
    if len(set(seen)) <= 1:
        return seen[0] if seen else ""
    return f"{first_day}:" + ",".join(seen)


def _make_units(parties: list[Party], together: set[tuple[int, int]]) -> tuple[Unit, ...]:
    leader = list(range(len(parties)))

    def find(i: int) -> int:
        while leader[i] != i:
            i = leader[i]
        return i

    for a, b in sorted(together):
        leader[max(find(a), find(b))] = min(find(a), find(b))
    groups: dict[int, list[Party]] = defaultdict(list)
    for party in parties:
        groups[find(party.index)].append(party)
    return tuple(
        Unit(index=i, parties=tuple(group), size=sum(party.size for party in group))
        for i, group in enumerate(groups[root] for root in sorted(groups))
    )
