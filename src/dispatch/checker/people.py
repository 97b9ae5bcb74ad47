"""Rows of the roster, the outcomes and the rides as columns of numbers; single workers as values where one is asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import index
from typing import Any, SupportsIndex

import numpy as np
import pyarrow.compute as pc

from dispatch.checker.columns import (
    NO_DAY,
    Flags,
    Ints,
    Texts,
    bound_slices,
    locate,
    read_days,
    read_flags,
    read_strings,
    read_texts,
    read_whole,
)
from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario

ADULT_AGE = 14
ITINERARY, OWN_TICKET, UNSERVED, NO_STATUS, LOST = 0, 1, 2, 3, 4
STATUSES = {"itinerary": ITINERARY, "own_ticket": OWN_TICKET, "unserved": UNSERVED}


@dataclass(frozen=True, slots=True)
class Person:
    """One worker of the roster, ``number`` counting from 0. Dates are days after the horizon's first date, None where not given."""

    number: int
    id: str
    boarding: str
    site: str
    earliest: int | None
    latest: int | None
    required: int | None
    party: int
    modes: frozenset[str]
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class People:
    """The roster. ``boarding`` and ``site``: numbers of known places and sites, -1 unknown. Days as in ``read_days``."""

    ids: Any
    boarding: Ints
    site: Ints
    boarding_texts: Texts
    site_texts: Texts
    earliest: Ints
    preferred: Ints
    latest: Ints
    required: Ints
    party: Texts
    all_or_none: Flags
    priority: Texts
    modes: Texts
    needs: Texts
    payer: Texts
    is_minor: Flags
    by_party: Ints
    party_starts: Ints

    def name(self, number: SupportsIndex) -> str:
        """Id of a worker."""
        return str(self.ids[index(number)].as_py())

    def list_party(self, party: int) -> list[int]:
        """Workers of a party, in the roster's order."""
        start, end = self.party_starts[party], self.party_starts[party + 1]
        return [int(number) for number in self.by_party[start:end]]

    def person(self, number: int) -> Person:
        """One worker as a value."""
        return Person(
            number=number,
            id=self.name(number),
            boarding=self.boarding_texts.text(number),
            site=self.site_texts.text(number),
            earliest=_day(self.earliest, number),
            latest=_day(self.latest, number),
            required=_day(self.required, number),
            party=int(self.party.codes[number]),
            modes=split_words(self.modes.text(number)),
            needs=split_words(self.needs.text(number)),
        )


@dataclass(frozen=True, slots=True)
class Outcomes:
    """First outcome of each worker: ``who`` and the columns row by row; ``row_of`` a worker's row, -1 = lost.

    ``count_of``: outcomes of each worker; ``status_of``: status of each worker, ``LOST`` where there is none.
    """

    who: Ints
    status: Ints
    status_texts: Texts
    batch: Texts
    day: Ints
    mode: Texts
    arrive_min: Ints
    lateness: Ints
    reason: Texts
    row_of: Ints
    count_of: Ints
    status_of: Ints
    rows: Ints

    def reason_of(self, number: int) -> str | None:
        """Reason printed for a worker, None for a lost one."""
        row = int(self.row_of[number])
        return self.reason.text(row) if row >= 0 else None


@dataclass(frozen=True, slots=True)
class Rides:
    """Rides of known workers on known trips, sorted by worker and leg. ``row``: row in the plan.

    ``start_of``: where the rides of each worker begin (one entry more at the end).
    """

    who: Ints
    leg: Ints
    trip: Ints
    board: Ints
    alight: Ints
    carriage: Ints
    seat: Texts
    row: Ints
    start_of: Ints


@dataclass(frozen=True, slots=True)
class RawRows:
    """Worker of each row of the outcomes and the rides (-1 = not in the roster), and the ids as written."""

    outcome_ids: Any
    outcome_who: Ints
    ride_ids: Any
    ride_who: Ints


def read_people(scenario: Scenario, places: Mapping[str, int], sites: Mapping[str, int]) -> People:
    """The roster; of a worker listed twice the last row."""
    frame, first = scenario.workers, scenario.first_date
    ids = read_strings(frame["worker_id"])
    if pc.count_distinct(ids).as_py() != len(ids):
        frame = frame.drop_duplicates("worker_id", keep="last")
        ids = read_strings(frame["worker_id"])
    boarding, site, party = (read_texts(frame[name]) for name in ("boarding_place_id", "site_id", "party_id"))
    years = read_whole(frame["birth_year"])
    by_party = np.argsort(party.codes, kind="stable")
    return People(
        ids=ids,
        boarding=boarding.number(places),
        site=site.number(sites),
        boarding_texts=boarding,
        site_texts=site,
        earliest=read_days(frame["earliest_date"], first),
        preferred=read_days(frame["preferred_date"], first),
        latest=read_days(frame["latest_date"], first),
        required=read_days(frame["required_on_post_date"], first),
        party=party,
        all_or_none=read_flags(frame["all_or_none"]),
        priority=read_texts(frame["priority_class"]),
        modes=read_texts(frame["modes"]),
        needs=read_texts(frame["needs"]),
        payer=read_texts(frame["payer_id"]),
        is_minor=(years > 0) & (first.year - years < ADULT_AGE),
        by_party=by_party,
        party_starts=bound_slices(party.codes[by_party], len(party.names)),
    )


def locate_rows(plan: Plan, people: People) -> RawRows:
    """Who each row of the plan's big tables is about."""
    outcome_ids = read_strings(plan.outcomes["worker_id"])
    ride_ids = read_strings(plan.rides["worker_id"])
    return RawRows(outcome_ids, locate(outcome_ids, people.ids), ride_ids, locate(ride_ids, people.ids))


def read_outcomes(scenario: Scenario, plan: Plan, people: People, raw: RawRows) -> Outcomes:
    """First outcome of each worker, and how many each worker has."""
    frame, size = plan.outcomes, len(people.ids)
    known = np.flatnonzero(raw.outcome_who >= 0)
    first = np.full(size, len(frame), np.int64)
    np.minimum.at(first, raw.outcome_who[known], known)
    rows = np.sort(first[first < len(frame)])
    who = raw.outcome_who[rows]
    row_of = np.full(size, -1, np.int32)
    row_of[who] = np.arange(len(rows), dtype=np.int32)
    statuses = read_texts(frame["status"]).take(rows)
    status = statuses.number(STATUSES, NO_STATUS)
    status_of = np.full(size, LOST, np.int32)
    status_of[who] = status
    return Outcomes(
        who=who,
        status=status,
        status_texts=statuses,
        batch=read_texts(frame["batch_id"]).take(rows),
        day=read_days(frame["service_date"], scenario.first_date)[rows],
        mode=read_texts(frame["mode"]).take(rows),
        arrive_min=read_whole(frame["arrive_min"])[rows],
        lateness=read_whole(frame["lateness_days"])[rows],
        reason=read_texts(frame["reason"]).take(rows),
        row_of=row_of,
        count_of=np.bincount(raw.outcome_who[known], minlength=size),
        status_of=status_of,
        rows=rows,
    )


def read_rides(plan: Plan, people: People, raw: RawRows, trips: Mapping[str, int]) -> Rides:
    """All rides, by worker and leg."""
    frame = plan.rides
    trip = read_texts(frame["trip_id"]).number(trips)
    leg = read_whole(frame["leg"])
    known = np.flatnonzero((raw.ride_who >= 0) & (trip >= 0))
    rows = known[np.lexsort((leg[known], raw.ride_who[known]))]
    who = raw.ride_who[rows]
    return Rides(
        who=who,
        leg=leg[rows],
        trip=trip[rows],
        board=read_whole(frame["board_stop"])[rows].astype(np.int32),
        alight=read_whole(frame["alight_stop"])[rows].astype(np.int32),
        carriage=read_whole(frame["carriage"])[rows].astype(np.int32),
        seat=read_texts(frame["seat"]).take(rows),
        row=rows,
        start_of=bound_slices(who, len(people.ids)),
    )


def split_words(text: str) -> frozenset[str]:
    """Words of a cell joined by ``|``."""
    return frozenset(part.strip() for part in text.split("|") if part.strip())


def _day(days: Ints, number: int) -> int | None:
    day = int(days[number])
    return None if day == NO_DAY else day
