"""Rows of the roster, the outcomes and the rides as plain values with days counted from the horizon's first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

import pandas as pd

from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario

ADULT_AGE = 14


@dataclass(frozen=True, slots=True)
class Person:
    """One worker of the roster. Dates are days after the horizon's first date, None where not given."""

    id: str
    boarding: str
    site: str
    earliest: int | None
    preferred: int | None
    latest: int | None
    required: int | None
    party: str
    all_or_none: bool
    priority: str
    modes: frozenset[str]
    needs: frozenset[str]
    payer: str
    is_minor: bool


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """What the plan says about one worker."""

    worker: str
    party_key: str
    status: str
    batch: str
    service_day: int | None
    mode: str
    arrive_min: int
    lateness: int
    reason: str


@dataclass(frozen=True, slots=True)
class Ride:
    """One worker aboard one trip, from stop ``board`` to stop ``alight``."""

    worker: str
    leg: int
    trip: str
    board: int
    alight: int
    carriage: int
    seat: str


def read_people(scenario: Scenario) -> dict[str, Person]:
    """Workers by id, in the roster's order."""
    frame, first = scenario.workers, scenario.first_date
    columns = zip(
        frame["worker_id"].tolist(),
        frame["boarding_place_id"].tolist(),
        frame["site_id"].tolist(),
        list_days(frame["earliest_date"], first),
        list_days(frame["preferred_date"], first),
        list_days(frame["latest_date"], first),
        list_days(frame["required_on_post_date"], first),
        frame["party_id"].tolist(),
        frame["all_or_none"].tolist(),
        frame["priority_class"].tolist(),
        [_split(text) for text in frame["modes"].tolist()],
        [_split(text) for text in frame["needs"].tolist()],
        frame["payer_id"].tolist(),
        [year > 0 and first.year - year < ADULT_AGE for year in frame["birth_year"].tolist()],
        strict=True,
    )
    return {row[0]: Person(*row) for row in columns}


def read_outcomes(scenario: Scenario, plan: Plan) -> tuple[dict[str, OutcomeRow], Counter[str]]:
    """First outcome of each worker by id, and how many each worker has."""
    frame = plan.outcomes
    columns = zip(
        frame["worker_id"].tolist(),
        frame["party_key"].tolist(),
        frame["status"].tolist(),
        frame["batch_id"].tolist(),
        list_days(frame["service_date"], scenario.first_date),
        frame["mode"].tolist(),
        frame["arrive_min"].tolist(),
        frame["lateness_days"].tolist(),
        frame["reason"].tolist(),
        strict=True,
    )
    outcomes: dict[str, OutcomeRow] = {}
    for row in columns:
        outcomes.setdefault(row[0], OutcomeRow(*row))
    return outcomes, Counter(frame["worker_id"].tolist())


def read_rides(plan: Plan) -> list[Ride]:
    """All rides in the plan's order."""
    frame = plan.rides
    names = ("worker_id", "leg", "trip_id", "board_stop", "alight_stop", "carriage", "seat")
    return [Ride(*row) for row in zip(*(frame[name].tolist() for name in names), strict=True)]


def list_days(values: pd.Series, first_date: date) -> list[int | None]:
    """Days after ``first_date`` of a date column, None for empty."""
    days = (pd.to_datetime(values) - pd.Timestamp(first_date)).dt.days
    return [None if pd.isna(day) else int(day) for day in days.tolist()]


def _split(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split("|") if part.strip())
