"""Plan: what was decided, self-describing. All times are planning minutes, all money minor units."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

import pandas as pd

from dispatch.model.contracts import OUTCOMES, RIDES
from dispatch.model.events import DutyEvent as DutyEvent
from dispatch.model.events import EventKind as EventKind
from dispatch.model.events import pack_events
from dispatch.model.packing import pack_frame, unpack_frame
from dispatch.model.scenario import Assumption
from dispatch.model.supply import Mode, Service

CASH_TERMS = (
    "vehicle_days", "km", "driver_days", "lump_sums",
    "service_fixed", "carriages", "seats", "own_tickets", "exams", "allowances",
)  # fmt: skip
PENALTY_TERMS = ("lateness", "ride_time", "exposure", "unserved", "changes")
#: Fields of a plan that are big tables, with their contracts.
PLAN_TABLES = {"outcomes": OUTCOMES, "rides": RIDES}
#: Longer tables than this no spreadsheet opens (1,048,576 rows with the heading); they are written as Parquet.
LONGEST_SHEET_ROWS = 1_000_000


class Role(StrEnum):
    """What a trip does. DIRECT: a coach from the pickups to the gates. LINE_HAUL: a train or aircraft."""

    DIRECT = "direct"
    LINE_HAUL = "line_haul"
    FEEDER = "feeder"
    LAST_MILE = "last_mile"


class Reason(StrEnum):
    """Why a worker is unserved (problem §6)."""

    NOT_CLEARED = "not_cleared"
    SITE_CLOSED = "site_closed"
    SITE_FULL = "site_full"
    NO_MODE = "no_mode"
    NO_SUPPLY = "no_supply"
    WINDOW_EMPTY = "window_empty"
    UNKNOWN_PLACE = "unknown_place"
    SEEKING = "seeking"
    BUDGET = "budget"
    PARTY_TOO_LARGE = "party_too_large"
    PARTY_INCOMPLETE = "party_incomplete"
    LOCK = "lock"
    TIER_FORBIDS = "tier_forbids"
    NO_LAWFUL_TRIP = "no_lawful_trip"


#: Reasons that hold even with unlimited vehicles, seats and budget: outside cost and bound.
HOPELESS = frozenset(
    {
        Reason.NOT_CLEARED, Reason.SITE_CLOSED, Reason.NO_MODE, Reason.WINDOW_EMPTY, Reason.UNKNOWN_PLACE,
        Reason.SEEKING, Reason.PARTY_TOO_LARGE, Reason.PARTY_INCOMPLETE, Reason.TIER_FORBIDS, Reason.NO_LAWFUL_TRIP,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TripStop:
    """A halt of a trip: who boards and alights there. ``site_ids``: gates served at this stop."""

    place_id: str
    arrive_min: int
    depart_min: int
    board: int
    alight: int
    site_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """One vehicle's journey with people aboard. ``duty_id`` for coaches, ``service_id`` for services.

    ``km_tenths``: frozen km from first to last stop (0 for services). ``capacity``: effective capacity in
    force, ``capacity_rule`` says in words which rule set it. ``carriages``: used on a train, else 0.
    """

    id: str
    mode: Mode
    role: Role
    batch_ids: tuple[str, ...]
    service_date_min: int
    stops: tuple[TripStop, ...]
    load: int
    capacity: int
    capacity_rule: str = ""
    duty_id: str = ""
    service_id: str = ""
    carriages: int = 0
    km_tenths: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyLeg:
    """Movement between two stops, frozen: distance, driving minutes and where they come from."""

    from_id: str
    to_id: str
    km_tenths: int
    minutes: int
    source: str
    loaded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachDuty:
    """One coach from pull-out to pull-in.

    ``events``: a tuple or ``PackedEvents``. ``costs``: money of this duty by cash term. ``days``: calendar dates touched.
    ``driver_reason`` says which rule set the number of drivers. ``driver_names`` is filled from the scenario's crew, else
    empty.
    """

    id: str
    fleet_id: str
    trip_ids: tuple[str, ...]
    legs: tuple[DutyLeg, ...]
    events: Sequence[DutyEvent]
    pull_out_min: int
    pull_in_min: int
    days: int
    drivers: int
    costs: Mapping[str, int]
    driver_reason: str = ""
    driver_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRun:
    """A service that runs: carriages, passengers, money by cash term."""

    service_id: str
    trip_id: str
    carriages: int
    load: int
    costs: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Workers sent together: one origin county, one destination area, one mode, one service date."""

    id: str
    origin_region_id: str
    destination_area: str
    mode: Mode
    service_date_min: int
    workers: int
    trip_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostTerms:
    """The objective, every term apart."""

    terms: Mapping[str, int]

    @property
    def cash_minor(self) -> int:
        """Money really paid."""
        return sum(self.terms.get(term, 0) for term in CASH_TERMS)

    @property
    def penalties_minor(self) -> int:
        """Planning penalties, never paid."""
        return sum(self.terms.get(term, 0) for term in PENALTY_TERMS)

    @property
    def total_minor(self) -> int:
        """The objective."""
        return self.cash_minor + self.penalties_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundPart:
    """Share of the gap that has one cause (e.g. one corridor or the feeders): cost and bound of that part."""

    label: str
    cost_minor: int
    bound_minor: int
    workers: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeClass:
    """Corridors of about one size: how many people at most in one (None = no limit), and what they cost and are proven to cost.

    ``closed``: corridors whose proof found nothing better at the end, None where that is not known.
    """

    most_workers: int | None
    corridors: int
    closed: int | None
    workers: int
    cost_minor: int
    bound_minor: int


class GapCause(StrEnum):
    """Where the difference between cost and bound comes from (see ``planning.gap_causes``)."""

    FLEET = "fleet"
    NOT_CLOSED = "not_closed"
    UNSERVED = "unserved"
    ROUTING = "routing"


class Standing(StrEnum):
    """How an amount is known: computed from both plan and proof, an estimate, a most, or what is left."""

    MEASURED = "measured"
    ESTIMATED = "estimated"
    AT_MOST = "at_most"
    REST = "rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class GapShare:
    """Share of the gap with one cause; the shares of a certificate add up to its gap."""

    cause: GapCause
    amount_minor: int
    standing: Standing


class Scarce(StrEnum):
    """What a shadow price is the price of."""

    COACH = "coach"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowPrice:
    """What one more of a scarce thing would save, by the prices of the proof.

    ``subject_id``: fleet line or service. ``date_min``: midnight of the date of a coach; the departure's date of a service.
    """

    scarce: Scarce
    subject_id: str
    date_min: int
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Proven lower bound on the objective of every lawful plan; None when stopped before any proof.

    ``gap_ratio`` = (cost - bound) / cost; ``gap_without_unserved_ratio`` leaves the unserved penalty out of the cost.
    """

    bound_minor: int | None
    gap_ratio: float | None
    gap_without_unserved_ratio: float | None
    method: str
    parts: tuple[BoundPart, ...] = ()
    sizes: tuple[SizeClass, ...] = ()
    causes: tuple[GapShare, ...] = ()
    prices: tuple[ShadowPrice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """Cheapest change that would mend a group's lack of service, confirmed by re-solving (or not)."""

    worker_ids: tuple[str, ...]
    reason: Reason
    change: str
    extra_minor: int | None
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierRequest:
    """What to ask from which carrier: a service to request, a fleet to order."""

    carrier: str
    what: str
    date_min: int
    quantity: int
    unit: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModePrice:
    """For a corridor: what a head costs now by the chosen mode, and above which price per head another wins."""

    origin_region_id: str
    destination_area: str
    workers: int
    chosen: Mode
    chosen_minor_per_head: int
    alternative: Mode
    switch_above_minor_per_head: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleInForce:
    """A rule that bound this plan: key, value, since when, for what, and its source."""

    key: str
    value: str
    since: str
    applies_to: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GatePoint:
    """Frozen coordinates of a place named by the plan, so that drawing needs nothing else."""

    place_id: str
    name: str
    lat: float
    lon: float
    precision: str
    region_name: str
    assumed: bool


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What was decided for every worker of a scenario, with money, proof and reasons.

    ``outcomes`` and ``rides`` are frames under ``model.contracts``. ``unserved_penalty_minor`` by priority class, as used.
    ``proposed_services``: candidate services the planner invented (they are not in the scenario). ``variants``: alternative answers
    printed in the book, e.g. coaches needed with crew counted in the cap.
    """

    scenario_name: str
    scenario_hash: str
    seed: int
    effort: str
    version: str
    trips: tuple[Trip, ...]
    duties: tuple[CoachDuty, ...]
    service_runs: tuple[ServiceRun, ...]
    batches: tuple[Batch, ...]
    outcomes: pd.DataFrame
    rides: pd.DataFrame
    costs: CostTerms
    certificate: Certificate
    unserved_penalty_minor: Mapping[str, int]
    proposed_services: tuple[Service, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    requests: tuple[CarrierRequest, ...] = ()
    mode_prices: tuple[ModePrice, ...] = ()
    rules: tuple[RuleInForce, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    points: Mapping[str, GatePoint] = field(default_factory=dict)
    variants: tuple[tuple[str, str], ...] = ()
    interrupted: bool = False

    @property
    def table_files(self) -> dict[str, str]:
        """File of each big table in a run folder: CSV as long as a spreadsheet can open it, else Parquet."""
        return {
            name: f"{name}.{'csv' if len(getattr(self, name)) <= LONGEST_SHEET_ROWS else 'parquet'}"
            for name in PLAN_TABLES
        }

    def __reduce__(self) -> tuple[Callable[..., Plan], tuple[dict[str, Any], bytes, bytes]]:
        """Pickles with its two tables as columns and the events of its duties as bytes: small, and in milliseconds."""
        others = {
            item.name: getattr(self, item.name) for item in fields(self) if item.name not in PLAN_TABLES
        }
        others["duties"] = tuple(replace(duty, events=pack_events(duty.events)) for duty in self.duties)
        return _unpack_plan, (others, pack_frame(self.outcomes, OUTCOMES), pack_frame(self.rides, RIDES))


def _unpack_plan(others: dict[str, Any], outcomes: bytes, rides: bytes) -> Plan:
    return Plan(**others, outcomes=unpack_frame(outcomes, OUTCOMES), rides=unpack_frame(rides, RIDES))
