"""Pydantic mirror of ``scenario.yaml``: the shape of the document and the meaning of every key."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from dispatch.files.values import parse_clock, parse_date

Money = Annotated[Decimal, Field(ge=0)]
Table = str | list[str] | list[dict[str, Any]]
Clock = Annotated[str, Field(pattern=r"^\d{1,2}:\d{2}$")]


def _read_date(value: object) -> object:
    return parse_date(value) if isinstance(value, str) else value


DateText = Annotated[date, BeforeValidator(_read_date)]


class Mirror(BaseModel):
    """Base of the mirrors: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False, frozen=True)


class HorizonMirror(Mirror):
    """First and last date, both included."""

    from_: DateText = Field(alias="from", description="first date, e.g. 2020-02-29")
    to: DateText = Field(description="last date")


class OwnTicketMirror(Mirror):
    """Price of an own ticket, a last resort on public transport."""

    fixed: Money = Field(default=Decimal(0), description="money per worker")
    per_km: Money = Field(default=Decimal(0), description="money per worker and road km")


class RatesMirror(Mirror):
    """Rates of the objective, in units of the currency."""

    lateness_per_worker_day: Money = Field(
        default=Decimal(40), description="penalty per worker and day after the preferred date"
    )
    ride_per_worker_h: Money = Field(default=Decimal(0), description="penalty per worker and hour aboard")
    exposure_per_pair_h: Money = Field(
        default=Decimal(0),
        description="penalty per hour and pair of passengers from different counties on one vehicle",
    )
    allowance_per_worker_day: Money = Field(
        default=Decimal(0), description="cash per worker and date under way"
    )
    unserved: dict[str, Money] = Field(
        default_factory=dict, description="penalty per unserved worker by class; `default` for all others"
    )
    own_ticket: OwnTicketMirror | None = Field(default=None, description="leave out: not offered")


class LimitsMirror(Mirror):
    """Shape of trips and minutes at stops; null = no limit."""

    max_pickups: Annotated[int, Field(ge=1)] | None = 4
    max_drop_offs: Annotated[int, Field(ge=1)] | None = 4
    max_detour_min: Annotated[int, Field(ge=0)] | None = Field(
        default=180, description="ride minutes minus direct minutes"
    )
    max_ride_min: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="minutes aboard one coach"
    )
    max_wait_h: Annotated[int, Field(ge=0, le=72)] = Field(
        default=12, description="hours between feeder and departure"
    )
    dwell_pickup_min: Annotated[int, Field(ge=0)] = 15
    dwell_drop_min: Annotated[int, Field(ge=0)] = 15
    pull_out_from: Clock = Field(default="05:00", description="earliest time a coach leaves its depot")
    escorts_per_coach: Annotated[int, Field(ge=0)] = 0
    max_trips_per_duty: Annotated[int, Field(ge=1)] = 6

    def get_pull_out_min(self) -> int:
        """Minute of the day of ``pull_out_from``. Raises ``Unreadable``."""
        return parse_clock(self.pull_out_from)


class GeneratedMirror(Mirror):
    """Tables that are absent are made by the generator from a facts file."""

    facts: str = Field(description="facts file, e.g. facts.yaml")
    seed: int = Field(default=1, description="seed of the generator")


_TABLE = "a file name (CSV, XLSX, Parquet, YAML), a list of them, or rows inline"


class ScenarioMirror(Mirror):
    """One campaign: horizon, rules, rates, limits and its tables."""

    format: Literal[1] = Field(description="version of this format")
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")] = Field(
        description="short name, used for folders"
    )
    title: str = Field(default="", description="title of the papers")
    notes: str = Field(default="", description="free text")
    horizon: HorizonMirror
    time_zone: str = Field(default="Asia/Shanghai", description="IANA name; all times are local to it")
    currency: str = Field(default="CNY", description="name of the money unit")
    origin: str = Field(
        default="", description="region in which names of homes and boarding places are looked up"
    )
    profiles: list[str] = Field(default_factory=lambda: ["none"], description="rule profiles, later ones win")
    overrides: dict[str, Any] = Field(
        default_factory=dict, description="rule key, `key.mode` or `key.mode.tier` -> value"
    )
    rates: RatesMirror = Field(default_factory=RatesMirror)
    limits: LimitsMirror = Field(default_factory=LimitsMirror)
    propose_services: list[Literal["train", "charter"]] = Field(
        default_factory=list, description="modes for which the planner invents candidate services"
    )
    generated: GeneratedMirror | None = None
    workers: Table | None = Field(default=None, description=f"roster: {_TABLE}")
    places: Table | None = Field(default=None, description=_TABLE)
    regions: Table | None = Field(default=None, description=_TABLE)
    sites: Table | None = Field(default=None, description=_TABLE)
    health: Table | None = Field(default=None, description=_TABLE)
    vehicle_types: Table | None = Field(default=None, description=_TABLE)
    fleet: Table | None = Field(
        default=None, description=f"{_TABLE}; left out: unlimited coaches at default prices; []: none"
    )
    terminals: Table | None = Field(default=None, description=_TABLE)
    services: Table | None = Field(default=None, description=_TABLE)
    service_stops: Table | None = Field(default=None, description=_TABLE)
    travel: Table | None = Field(default=None, description=_TABLE)
    crew: Table | None = Field(default=None, description=_TABLE)
    payers: Table | None = Field(default=None, description=_TABLE)
    locks: Table | None = Field(default=None, description=_TABLE)
    facts: Table | None = Field(default=None, description=f"reported figures: {_TABLE}")
    assumed: Table | None = Field(default=None, description=f"values nobody reported: {_TABLE}")
