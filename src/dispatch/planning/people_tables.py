"""Outcomes and rides of a plan as columns: one fate per party, repeated over its members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from dispatch.batching.demand import Party
from dispatch.model.contracts import OUTCOMES, RIDES, conform
from dispatch.model.scenario import Scenario
from dispatch.planning.ledger import Ledger

#: Day of somebody who does not travel.
NO_DAY = np.iinfo(np.int64).min
WORDS = ("party_key", "status", "batch_id", "mode", "reason", "detail", "next_step")


@dataclass(slots=True)
class Fates:
    """What becomes of parties, as columns: one entry per party (or per worker set aside), in the order added."""

    words: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in WORDS})
    day: list[int] = field(default_factory=list)
    arrive_min: list[int] = field(default_factory=list)
    workers: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def add_itinerary(
        self, key: str, members: Sequence[str], batch_id: str, mode: str, day: int, arrive_min: int
    ) -> None:
        """A party that is carried."""
        self._add(key, members, ("itinerary", batch_id, mode, "", "", ""), day, arrive_min)

    def add_own_ticket(self, key: str, members: Sequence[str]) -> None:
        """A party that buys its own tickets."""
        self._add(key, members, ("own_ticket", "", "", "", "", ""), NO_DAY, 0)

    def add_unserved(
        self, key: str, members: Sequence[str], reason: str, detail: str, next_step: str
    ) -> None:
        """A party, or a worker set aside from theirs, that is not carried."""
        self._add(key, members, ("unserved", "", "", reason, detail, next_step), NO_DAY, 0)

    def _add(self, key: str, members: Sequence[str], words: tuple[str, ...], day: int, at_min: int) -> None:
        for name, word in zip(WORDS, (key, *words), strict=True):
            self.words[name].append(word)
        self.day.append(day)
        self.arrive_min.append(at_min)
        self.workers.extend(members)
        self.sizes.append(len(members))


def make_outcomes(scenario: Scenario, fates: Fates) -> pd.DataFrame:
    """Frame under the OUTCOMES contract, in the order of the roster. Lateness is from each worker's own preferred date."""
    of = np.repeat(np.arange(len(fates.sizes)), fates.sizes)
    rank = pd.Index(scenario.workers["worker_id"]).get_indexer(pd.Index(fates.workers, dtype="string"))
    order = np.argsort(rank, kind="stable")
    of, rank = of[order], rank[order]
    day = np.array(fates.day, np.int64)[of]
    travels = day != NO_DAY
    late = np.where(travels, np.maximum(0, day - _list_preferred_days(scenario)[rank]), 0)
    columns: dict[str, object] = {"worker_id": pd.array(fates.workers, dtype="string").take(order)}
    columns |= {name: pd.array(words, dtype="string").take(of) for name, words in fates.words.items()}
    columns["service_date"] = _list_dates(scenario, day, travels)
    columns["arrive_min"] = np.array(fates.arrive_min, np.int64)[of]
    columns["lateness_days"] = late
    return conform(pd.DataFrame(columns), OUTCOMES)


def _list_preferred_days(scenario: Scenario) -> np.ndarray:
    """Days after the horizon's first date on which each worker of the roster wants to travel."""
    workers = scenario.workers
    wanted = workers["preferred_date"].fillna(workers["earliest_date"])
    days = (wanted - pd.Timestamp(scenario.first_date)).dt.days
    return days.fillna(0).to_numpy(np.int64)


def _list_dates(scenario: Scenario, day: np.ndarray, travels: np.ndarray) -> np.ndarray:
    first = np.datetime64(scenario.first_date, "D")
    dates = (first + np.where(travels, day, 0)).astype("datetime64[s]")
    dates[~travels] = np.datetime64("NaT")
    return dates


def make_rides(
    parties: Sequence[Party], members: Mapping[str, tuple[str, ...]], ledger: Ledger
) -> pd.DataFrame:
    """Frame under the RIDES contract: by party, leg and member."""
    workers: list[str] = []
    places: list[tuple[int, str]] = []
    trip_ids: list[str] = []
    legs: list[tuple[int, int, int]] = []
    sizes: list[int] = []
    for party in parties:
        ids = members[party.key]
        for number, leg in enumerate(ledger.legs_of.get(party.index, ()), 1):
            seats = ledger.seats_of[leg.trip_id]
            workers.extend(ids)
            places.extend(seats[worker] for worker in ids)
            trip_ids.append(leg.trip_id)
            legs.append((number, leg.board_stop, leg.alight_stop))
            sizes.append(len(ids))
    of = np.repeat(np.arange(len(sizes)), sizes)
    numbers = np.array(legs, np.int64).reshape(-1, 3)[of]
    columns = {
        "worker_id": pd.array(workers, dtype="string"),
        "leg": numbers[:, 0],
        "trip_id": pd.array(trip_ids, dtype="string").take(of),
        "board_stop": numbers[:, 1],
        "alight_stop": numbers[:, 2],
        "carriage": np.array([carriage for carriage, _ in places], np.int64),
        "seat": pd.array([seat for _, seat in places], dtype="string"),
    }
    return conform(pd.DataFrame(columns), RIDES)
