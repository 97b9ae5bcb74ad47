"""Scenario: everything known before planning, one frozen value."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import pandas as pd

from dispatch.model.geography import Geography
from dispatch.model.policy import Policy
from dispatch.model.supply import CrewMember, FleetLine, Service, Terminal, VehicleType


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTicketTariff:
    """Price of one worker's own ticket: fixed + per km of frozen road travel boarding place -> site."""

    fixed_minor: int = 0
    km_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Rates of the objective, minor units. ``unserved_minor`` by priority class; a class not named
    takes ``""``; without ``""`` the planner derives the default penalty and prints it.

    ``allowance_day_minor``: per worker and calendar date touched from first boarding to arrival.
    ``own_ticket`` None = not offered. ``ride_h_minor``: per worker-hour aboard. ``exposure_h_minor``: per
    hour and pair from different origin counties on one vehicle (for trains: one train).
    """

    lateness_day_minor: int = 4000
    ride_h_minor: int = 0
    exposure_h_minor: int = 0
    allowance_day_minor: int = 0
    unserved_minor: dict[str, int] = field(default_factory=dict)
    own_ticket: OwnTicketTariff | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Shape of trips (C8) and minutes at stops. None = no limit.

    ``max_detour_min``: driving minutes aboard one coach minus the direct driving minutes between the two stops.
    ``max_ride_min``: minutes aboard one coach, rests included. ``dwell_pickup_min``/``dwell_drop_min``: minutes
    at each stop. ``pull_out_from_min``: earliest minute of the day at which a coach leaves its depot on the service
    date of its first trip. ``max_wait_h``: most hours between a feeder's first boarding and the line-haul's
    departure, and between a service's arrival and a last-mile coach's departure.
    """

    max_pickups: int | None = 4
    max_drop_offs: int | None = 4
    max_detour_min: int | None = 180
    max_ride_min: int | None = None
    max_wait_h: int = 12
    dwell_pickup_min: int = 15
    dwell_drop_min: int = 15
    pull_out_from_min: int = 300
    escorts_per_coach: int = 0
    max_trips_per_duty: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Who pays. ``shares`` lists (cost term or ``*``, ratio in thousandths) of the workers whose
    ``payer_id`` is this payer's group; ``budget_minor`` None = no limit (C15)."""

    id: str
    name: str
    group_id: str
    shares: tuple[tuple[str, int], ...] = (("*", 1000),)
    budget_minor: int | None = None


class LockKind(StrEnum):
    """What a lock binds (C17)."""

    DATE = "date"
    SERVICE = "service"
    MODE = "mode"
    FLEET = "fleet"
    TOGETHER = "together"
    APART = "apart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A wish that binds the party of ``worker_id``.

    ``value``: an ISO date (line-haul service date), a service id, a mode, a fleet line id, or the id of a
    worker whose party must ride / must not ride on the same line-haul vehicle. A lock never forces a party
    to be served; if served, it must hold.
    """

    kind: LockKind
    worker_id: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """A value that was defaulted: what, for which table and row or key, how many workers it touches."""

    subject: str
    what: str
    value: str
    people: int
    table: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFigure:
    """A figure that was reported about the real campaign, to be shown beside the plan's."""

    key: str
    label: str
    value: str
    source: str
    confidence: str = ""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Everything known before planning.

    ``workers``, ``health`` and ``travel`` are frames under the contracts of ``model.contracts``. ``content_hash``
    is the SHA-256 of all input files. ``facts`` are reported figures with their sources. ``propose_modes`` names the modes
    (train, charter) for which the planner may invent candidate services.
    """

    name: str
    title: str
    first_date: date
    last_date: date
    time_zone: str
    currency: str
    geography: Geography
    policy: Policy
    rates: Rates
    limits: Limits
    workers: pd.DataFrame
    health: pd.DataFrame
    travel: pd.DataFrame
    vehicle_types: dict[str, VehicleType] = field(default_factory=dict)
    fleet: tuple[FleetLine, ...] = ()
    terminals: dict[str, Terminal] = field(default_factory=dict)
    services: tuple[Service, ...] = ()
    crew: tuple[CrewMember, ...] = ()
    payers: tuple[Payer, ...] = ()
    locks: tuple[Lock, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    facts: tuple[ReportedFigure, ...] = ()
    propose_modes: tuple[str, ...] = ()
    notes: str = ""
    content_hash: str = ""

    def replace(self, **changes: Any) -> Scenario:
        """Variant of this scenario with some fields changed."""
        return dataclasses.replace(self, **changes)
