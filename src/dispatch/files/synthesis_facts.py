"""The small facts file of a campaign: reported totals with sources, and assumed shapes marked so.

Everything under ``facts`` was reported by somebody and is shown beside the plan; everything else only
shapes an invented roster, and ``assumed`` says in words what nobody reported.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from dispatch.errors import ScenarioRefused, UsageError
from dispatch.files.codes import CODES
from dispatch.files.yaml_text import Document, YamlBroken, parse_yaml
from dispatch.findings import Finding, Severity, Where

Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=0)]
Money = Annotated[float, Field(ge=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(_Strict):
    """One reported figure with its source and confidence letter (A to D)."""

    key: str
    label: str
    value: str
    source: str
    confidence: Literal["A", "B", "C", "D"]


class Assumed(_Strict):
    """Something no source states, and why the number was chosen; ``people`` 0 = it touches everybody."""

    what: str
    value: str
    why: str = ""
    subject: str = ""
    table: str = ""
    people: Count = 0


class County(_Strict):
    """A county whose townships are invented: seat, relative number of workers, number of townships."""

    region: str
    name: str
    lat: float
    lon: float
    weight: Weight = 1.0
    townships: Annotated[int, Field(ge=1)] = 10
    spread_km: Weight = 25.0


class Origins(_Strict):
    """Where the workers live: weights of places of the hand-written table, or counties to invent."""

    weights: dict[str, Weight] = {}
    counties: tuple[County, ...] = ()
    villages_per_township: Count = 0
    lat: float = 0.0
    lon: float = 0.0

    @model_validator(mode="after")
    def _has_one_kind(self) -> Origins:
        if bool(self.weights) == bool(self.counties):
            raise ValueError("give either weights (places of places.csv) or counties, not both or neither")
        return self


class Phase(_Strict):
    """Share of invented sites that reopen on a date."""

    opens_on: date
    share: Weight


class Area(_Strict):
    """A destination city.

    ``workers`` is an exact total; without it the area takes its gravity share of what is left (or of what goes to its
    ``group``): ``attraction`` / distance ** exponent. ``sites`` employers are invented, standing at ``places`` of the
    hand-written table (industrial parks, in turn) or, without any, scattered around the city. ``receiver_share`` of
    the employers fetch people at the station, but none that stands at a place of ``own_last_mile``.
    """

    name: str
    region: str = ""
    lat: float
    lon: float
    workers: Count | None = None
    group: str = ""
    attraction: Weight = 1.0
    sites: Annotated[int, Field(ge=1)]
    places: tuple[str, ...] = ()
    id_prefix: str = ""
    spread_km: Weight = 12.0
    industries: tuple[str, ...] = ("电子", "服装", "机械", "食品", "家具", "塑胶")
    receiver_share: Share = 0.0
    own_last_mile: tuple[str, ...] = ()
    receives: tuple[str, str] = ("00:00", "24:00")
    phases: tuple[Phase, ...] = ()


class Destinations(_Strict):
    """Areas, how unequal employers are (sigma of the log-normal), and the sites' reopening phases.

    ``shares``: share of all workers who go to the areas of each group; without any, gravity alone decides.
    """

    areas: Annotated[tuple[Area, ...], Field(min_length=1)]
    shares: dict[str, Weight] = {}
    gravity_exponent: Annotated[float, Field(ge=0)] = 1.0
    employer_sigma: Annotated[float, Field(ge=0)] = 0.9
    least_workers_per_site: Count = 1
    phases: tuple[Phase, ...] = ()


class Roster(_Strict):
    """Shape of the invented people. Shares are of parties (windows, sizes) or of workers (the rest).

    ``recruits_from``: townships (fewest, most) from which a site recruits, ``recruits_from_counties``: counties in which
    they lie. ``people_per_wave``: parties of one township and site share their dates in waves of about this many people; None = each
    party has its own.
    """

    total: Annotated[int, Field(ge=0)]
    id_prefix: str = "W"
    first_service_date: date
    last_service_date: date
    party_sizes: dict[int, Weight] = {1: 0.45, 2: 0.24, 3: 0.13, 4: 0.09, 5: 0.055, 6: 0.035}
    window_days: dict[int, Weight] = {1: 0.10, 2: 0.18, 3: 0.24, 4: 0.20, 5: 0.14, 6: 0.08, 7: 0.06}
    start_after_opening: dict[int, Weight] = {0: 0.50, 1: 0.25, 2: 0.15, 3: 0.07, 4: 0.03}
    later_preference_share: Share = 0.2
    required_on_post_share: Share = 0.05
    women_share: Share = 0.43
    minors: Count = 0
    priority: dict[str, Count] = {}
    modes: dict[str, Weight] = {"": 1.0}
    needs: dict[str, Share] = {}
    document_missing_share: Share = 0.0
    recruits_from: tuple[int, int] = (3, 9)
    recruits_from_counties: tuple[int, int] | None = None
    people_per_wave: Annotated[int, Field(ge=1)] | None = None
    payer: str = ""

    @model_validator(mode="after")
    def _fits(self) -> Roster:
        if self.last_service_date < self.first_service_date:
            raise ValueError("last_service_date lies before first_service_date")
        if sum(self.priority.values()) > self.total:
            raise ValueError("priority classes hold more people than total")
        if any(size < 1 for size in self.party_sizes) or any(days < 1 for days in self.window_days):
            raise ValueError("party sizes and window days start at 1")
        return self


class Evidence(_Strict):
    """One kind of health evidence every cleared worker holds.

    Dated ``days_before`` (least, most) the worker's first possible date; ``valid_days`` None prints no
    expiry; ``readings`` rows on consecutive dates, the last on that date; shares and counts as in the table.
    """

    kind: str
    days_before: tuple[int, int] = (1, 3)
    valid_days: Annotated[int, Field(ge=1)] | None = None
    readings: Annotated[int, Field(ge=1)] = 1
    signatures: Count = 0
    seals: Count = 0
    verified_share: Share = 1.0
    issuer: str = "乡镇卫生院"


class Health(_Strict):
    """Evidence of the cleared, and how many people lack it altogether or hold incomplete papers."""

    evidence: tuple[Evidence, ...] = ()
    not_cleared: Count = 0
    incomplete: Count = 0


class CoachKind(_Strict):
    """One kind of coach of every county: share of its coaches, seats in use, and its prices.

    ``seats`` are those left for passengers under the campaign's rules; they size the fleet and nothing else.
    """

    type: str
    share: Weight
    seats: Annotated[int, Field(ge=1)]
    day_rate: Money
    km_rate: Money
    driver_day_rate: Money


class FleetFact(_Strict):
    """Coaches invented for every county of ``origins.counties``, standing at its seat.

    ``tightness``: coaches per coach needed on an average day (see ``synthesis_fleet``), 1 = just enough if every day
    were average. ``variants``: other values by name. ``circuity``: road km per straight km. ``km_per_h``: mean speed of
    a coach on its way, rests and halts included. ``operator`` may hold ``{county}``.
    """

    tightness: Weight
    variants: dict[str, Weight] = {}
    circuity: Weight = 1.3
    km_per_h: Weight = 60.0
    operator: str = ""
    types: Annotated[tuple[CoachKind, ...], Field(min_length=1)]

    def get_tightness(self, variant: str) -> float:
        """Tightness of a variant; an empty name means the default. Raises KeyError."""
        return self.variants[variant] if variant else self.tightness


class Facts(_Strict):
    """A campaign's facts file, read and checked."""

    name: str
    headings: Literal["en", "zh"] = "en"
    facts: tuple[Figure, ...] = ()
    assumed: tuple[Assumed, ...] = ()
    roster: Roster
    origins: Origins
    destinations: Destinations
    health: Health = Health()
    fleet: FleetFact | None = None

    @model_validator(mode="after")
    def _areas_fit(self) -> Facts:
        exact = [area.workers for area in self.destinations.areas if area.workers is not None]
        all_exact = len(exact) == len(self.destinations.areas)
        if sum(exact) > self.roster.total or (all_exact and sum(exact) != self.roster.total):
            raise ValueError(
                f"areas with exact workers hold {sum(exact)} people, the roster {self.roster.total}"
            )
        if self.fleet and not self.origins.counties:
            raise ValueError("a fleet is invented for the counties of origins, and there are none")
        self._check_groups()
        for area in self.destinations.areas:
            if not area.places and not area.region:
                raise ValueError(f"area {area.name} needs places of the places table, or a region")
            if not set(area.own_last_mile) <= set(area.places):
                raise ValueError(
                    f"own_last_mile of area {area.name} names a place that is none of its places"
                )
        return self

    def _check_groups(self) -> None:
        shares = self.destinations.shares
        if not shares:
            return
        if abs(sum(shares.values()) - 1) > 1e-9:
            raise ValueError(f"the shares of the groups add up to {sum(shares.values()):g}, not to 1")
        if {area.group for area in self.destinations.areas} != set(shares):
            raise ValueError("every area needs a group with a share, and every share an area")
        if any(area.workers is not None for area in self.destinations.areas):
            raise ValueError("give areas exact workers or groups shares, not both")


def read_facts(path: Path) -> Facts:
    """Facts of a campaign.

    Raises UsageError when the file cannot be read, ScenarioRefused with one finding (code ``E401``) per
    wrong value.
    """
    try:
        document = parse_yaml(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The facts file {path} cannot be read: {error}.") from error
    except YamlBroken as error:
        where = Where(file=path.name, line=error.line, column=error.column)
        raise ScenarioRefused((_make_finding(str(error), where),)) from error
    try:
        return Facts.model_validate(document.data)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        raise ScenarioRefused(tuple(_report_problem(document, problem) for problem in problems)) from error


def _report_problem(document: Document, problem: Any) -> Finding:
    seen = "" if isinstance(problem["input"], dict) else f", seen: {str(problem['input'])[:80]!r}"
    return _make_finding(f"{problem['msg']}{seen}", document.find_where(tuple(problem["loc"])))


def _make_finding(message: str, where: Where) -> Finding:
    return Finding(
        code="E401",
        severity=Severity.ERROR,
        message=message,
        action=CODES["E401"].action,
        where=where,
    )
