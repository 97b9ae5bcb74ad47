"""Random small scenarios for the whole planner: every rule may appear, most plans still serve somebody.

Two counties of one pickup group and one beside them send people to up to three gates in two areas, 200 to 900 km away. All
quantities are small, so that a plan takes a fraction of a second and a failing one can be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from dispatch.model.contracts import HEALTH, TRAVEL, WORKERS, make_frame
from dispatch.model.geography import DatedTier, Geography, Place, PlaceKind, Precision, Region, Site, Tier
from dispatch.model.policy import DriverRules, EntryRule, EvidenceRequirement, Policy, RuleScalar, RuleValue
from dispatch.model.scenario import Limits, Lock, LockKind, OwnTicketTariff, Payer, Rates, Scenario
from dispatch.model.supply import (
    CoachTariff,
    CountOnDates,
    FleetLine,
    Mode,
    Service,
    ServiceKind,
    ServiceStatus,
    ServiceStop,
    Terminal,
    VehicleType,
)

FIRST = date(2020, 2, 28)
#: Chinese coach rules as in domain.md 2.1: 4 h by day, 2 h by night, 20 min, 8 h / 24 h, 44 h / week, 02:00-05:00.
CN_RULES = DriverRules(
    continuous_day_max_min=240,
    continuous_night_max_min=120,
    break_min=20,
    night_from_min=1320,
    night_until_min=360,
    rolling_24h_max_min=480,
    weekly_max_min=2640,
    halt_from_min=120,
    halt_until_min=300,
    halt_exempt_km=200,
    drivers_by_km=((600, 2),),
)
#: Place: (latitude, longitude, region).
SPOTS = {
    "v1": (33.00, 107.00, "A"),
    "v2": (33.10, 107.15, "A"),
    "v3": (33.05, 107.40, "B"),
    "v4": (32.90, 107.60, "C"),
    "depot": (33.02, 107.10, "A"),
    "depot2": (31.02, 111.90, "X"),
    "station": (33.06, 107.20, "A"),
    "halt": (32.00, 109.50, "M"),
    "arrival": (31.00, 112.00, "X"),
    "g1": (31.05, 112.10, "X"),
    "g2": (30.90, 112.20, "X"),
    "g3": (31.40, 113.10, "Y"),
}
REGIONS = {
    region.id: region
    for region in (
        Region(id="P", name="Home prefecture", level="prefecture"),
        Region(id="A", name="A county", level="county", parent_id="P", pickup_group="AB"),
        Region(id="B", name="B county", level="county", parent_id="P", pickup_group="AB"),
        Region(id="C", name="C county", level="county", parent_id="P"),
        Region(id="M", name="Middle county", level="county"),
        Region(id="Q", name="Delta prefecture", level="prefecture"),
        Region(id="X", name="X county", level="county", parent_id="Q"),
        Region(id="R", name="Other prefecture", level="prefecture"),
        Region(id="Y", name="Y county", level="county", parent_id="R"),
    )
}
KINDS = {
    "depot": PlaceKind.DEPOT,
    "depot2": PlaceKind.DEPOT,
    "station": PlaceKind.TERMINAL,
    "arrival": PlaceKind.TERMINAL,
}


@dataclass(frozen=True)
class Draws:
    """Short names for what is drawn again and again."""

    draw: Any

    def number(self, least: int, most: int) -> int:
        """Whole number."""
        return int(self.draw(st.integers(least, most)))

    def one_of(self, *values: Any) -> Any:
        """One of the values; shrinks to the first."""
        return self.draw(st.sampled_from(values))

    def rarely(self, tenths: int) -> bool:
        """True in so many of ten cases; shrinks to False."""
        return bool(self.draw(st.integers(0, 9)) > 9 - tenths)


@st.composite
def scenarios(draw: Any) -> Scenario:
    """Scenario in which any rule of the problem statement may bind."""
    return make_scenario(Draws(draw))


def make_scenario(d: Draws) -> Scenario:
    """Scenario from a source of draws."""
    days = d.number(1, 3)
    places, sites = _draw_places(d, days), _draw_sites(d, days)
    rows, health = _draw_people(d, days, sites)
    services = tuple(_draw_service(d, i, days) for i in range(d.one_of(1, 0, 0, 2, 3)))
    fleet, types = _draw_fleet(d, days)
    return Scenario(
        name="random",
        title="random",
        first_date=FIRST,
        last_date=FIRST + timedelta(days=days - 1 + d.one_of(2, 0, 1)),
        time_zone="Asia/Shanghai",
        currency="CNY",
        geography=Geography(places=places, regions=_draw_regions(d, days), sites=sites),
        policy=_draw_policy(d),
        rates=_draw_rates(d),
        limits=_draw_limits(d),
        workers=make_frame(WORKERS, rows),
        health=make_frame(HEALTH, health),
        travel=make_frame(TRAVEL, _draw_table(d)),
        vehicle_types=types,
        fleet=fleet,
        terminals={name: _draw_terminal(d, name) for name in ("station", "halt", "arrival")},
        services=_keep_slots(services),
        payers=_draw_payers(d),
        locks=_draw_locks(d, rows, services, fleet),
    )


def _keep_slots(services: tuple[Service, ...]) -> tuple[Service, ...]:
    """At most one committed service, so that committed ones never ask for more slots than there are."""
    committed = [service for service in services if service.committed]
    return tuple(service for service in services if not service.committed or service is committed[0])


def _draw_places(d: Draws, days: int) -> dict[str, Place]:
    hours = {}
    if d.rarely(2):
        hours["v1"] = d.one_of((480, 600), (0, 1440), (1200, 1300))
    return {
        name: Place(
            id=name, name=name, lat=lat, lon=lon, region_id=region,
            kind=KINDS.get(name, PlaceKind.VILLAGE), precision=Precision.VILLAGE,
            boards_from_min=hours.get(name, (360, 1320))[0], boards_until_min=hours.get(name, (360, 1320))[1],
        )
        for name, (lat, lon, region) in SPOTS.items()
    }  # fmt: skip


def _draw_regions(d: Draws, days: int) -> dict[str, Region]:
    regions = dict(REGIONS)
    if d.rarely(2):
        changes = (DatedTier(from_date=FIRST - timedelta(days=9), tier=Tier(d.one_of("medium", "high"))),)
        if d.rarely(3):
            changes += (DatedTier(from_date=FIRST + timedelta(days=d.number(0, days)), tier=Tier.LOW),)
        home = regions[d.one_of("B", "A")]
        regions[home.id] = Region(
            id=home.id, name=home.name, level=home.level, parent_id=home.parent_id,
            pickup_group=home.pickup_group, tiers=changes,
        )  # fmt: skip
    if d.rarely(3):
        regions["R"] = Region(id="R", name="Other prefecture", level="prefecture", destination_area="Q")
    return regions


def _draw_sites(d: Draws, days: int) -> dict[str, Site]:
    spots = ["g1", "g2", "g3"][: d.number(1, 3)]
    if d.rarely(2):
        spots[-1] = d.one_of("arrival", "g1")
    sites = {}
    for number, spot in enumerate(spots, 1):
        receives = d.one_of((0, 1440), (0, 1440), (480, 1080), (360, 1320))
        sites[f"s{number}"] = Site(
            id=f"s{number}", name=f"Plant {number}", employer=f"Works {number}", place_id=spot,
            opens_on=FIRST + timedelta(days=d.one_of(0, 0, 0, 0, 1) if not d.rarely(1) else days),
            accepted=not (d.rarely(1) and d.rarely(5)),
            receives_from_min=receives[0], receives_until_min=receives[1],
            arrivals_per_day=d.one_of(None, None, None, 2, 5, 9),
            last_mile_by_receiver=d.rarely(3),
        )  # fmt: skip
    return sites


def _draw_people(
    d: Draws, days: int, sites: dict[str, Site]
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    rows: list[dict[str, object]] = []
    health: list[dict[str, object]] = []
    homes = ["v1", "v2", "v3", "v4"][: d.number(1, 4)]
    for party in range(d.number(1, 8)):
        common = _draw_party(d, party, days, homes, sorted(sites))
        for member in range(d.one_of(1, 1, 1, 2, 3, 4)):
            worker = f"w{party}{member}"
            rows.append(
                common | {"worker_id": worker, "name": f"Name {worker}"} | _draw_member(d, member, days)
            )
            if not d.rarely(1):
                dated = FIRST - timedelta(days=d.one_of(1, 1, 1, 1, 5, 10))
                health.append(
                    {
                        "worker_id": worker,
                        "kind": "certificate",
                        "date": dated,
                        "result": "ok",
                        "verified": True,
                    }
                )
    return rows, health


def _draw_party(d: Draws, party: int, days: int, homes: list[str], sites: list[str]) -> dict[str, object]:
    earliest = d.one_of(0, 0, 0, d.number(0, days - 1))
    latest = d.one_of(days - 1, d.number(earliest, days - 1))
    home = d.one_of(*homes)
    common: dict[str, object] = {
        "home_place_id": home,
        "boarding_place_id": home,
        "site_id": d.one_of(*sites),
        "earliest_date": FIRST + timedelta(days=earliest),
        "preferred_date": FIRST + timedelta(days=d.number(earliest, latest)),
        "latest_date": FIRST + timedelta(days=latest),
        "party_id": f"p{party}",
        "birth_year": 1985,
        "all_or_none": d.rarely(1),
        "modes": "bus|train|charter",
        "payer_id": d.one_of("county", "county", "firm", ""),
    }
    if d.rarely(1):
        common["required_on_post_date"] = FIRST + timedelta(days=d.number(earliest, latest + 2))
    if d.rarely(2):
        common["modes"] = d.one_of("bus", "train", "train|charter", "bus|train")
    if d.rarely(1):
        common["priority_class"] = "poor"
    return common


def _draw_member(d: Draws, member: int, days: int) -> dict[str, object]:
    changes: dict[str, object] = {}
    if member and d.rarely(2):
        changes["birth_year"] = 2012
    if d.rarely(1):
        changes["needs"] = d.one_of("front_seat", "no_bus", "no_train", "no_charter|front_seat")
    if member and d.rarely(1):
        changes["preferred_date"] = FIRST + timedelta(days=d.number(0, days - 1))
    if d.rarely(1) and d.rarely(3):
        changes["site_id"] = ""
    return changes


def _draw_fleet(d: Draws, days: int) -> tuple[tuple[FleetLine, ...], dict[str, VehicleType]]:
    types = {
        "van": VehicleType(id="van", name="Van", approved=6, row_seats=(2, 4)),
        "mini": VehicleType(id="mini", name="Minibus", approved=13, row_seats=(3, 3, 3, 4)),
    }
    lines = []
    for number in range(d.one_of(1, 2, 1, 3, 2) if not d.rarely(1) else 0):
        lump = 150_000 if d.rarely(1) else None
        tariff = CoachTariff(
            day_minor=d.one_of(30_000, 0, 100_000), km_minor=d.one_of(100, 300),
            driver_day_minor=d.one_of(10_000, 0, 30_000), lump_trip_minor=lump,
        )  # fmt: skip
        counts: tuple[CountOnDates, ...] = ()
        if d.rarely(4):
            last = FIRST + timedelta(days=days + d.one_of(6, 0, 1))
            counts = (
                CountOnDates(from_date=FIRST - timedelta(days=1), to_date=last, count=d.one_of(2, 1, 3, 4)),
            )
        lines.append(
            FleetLine(
                id=f"line{number}", type_id=d.one_of("van", "mini"),
                depot_place_id=d.one_of("depot", "depot2") if number else "depot",
                tariff=tariff, counts=counts, returns=not d.rarely(3),
                registered_region_id=d.one_of("P", "P", "", "R"),
                standby_ratio=d.one_of(0.0, 0.0, 0.0, 0.2),
                local_only=number > 0 and d.rarely(2),
            )
        )  # fmt: skip
    return tuple(lines), types


def _draw_service(d: Draws, number: int, days: int) -> Service:
    mode = Mode(d.one_of("train", "train", "charter"))
    kind = ServiceKind(d.one_of("chartered", "block", "seats"))
    depart = d.number(0, days - 1) * 1440 + d.one_of(600, 900, 1140, 480, 1380)
    minutes = d.one_of(180, 400, 900)
    stops = [
        ("station", depart, depart, True, False),
        ("arrival", depart + minutes, depart + minutes, False, True),
    ]
    if d.rarely(3):
        at = depart + minutes // 2
        stops.insert(1, ("halt", at, at + 5, d.rarely(3), d.rarely(3)))
    status = ServiceStatus(
        d.one_of("confirmed", "candidate", "requested", "confirmed") if not d.rarely(1) else "refused"
    )
    return Service(
        id=f"service{number}", name=f"Service {number}", mode=mode, kind=kind, status=status,
        committed=status is ServiceStatus.CONFIRMED and d.rarely(3),
        stops=tuple(
            ServiceStop(place_id=p, arrive_min=a, depart_min=b, boards=up, alights=down) for p, a, b, up, down in stops
        ),
        carriage_seats=d.one_of(6, 10, 4),
        min_carriages=1,
        max_carriages=1 if kind is ServiceKind.SEATS or mode is Mode.CHARTER else d.one_of(1, 2, 3),
        isolation_seats=d.one_of(None, 0, 1),
        min_load=d.one_of(0, 0, 3, 6) if kind is not ServiceKind.SEATS else 0,
        fixed_minor=0 if kind is ServiceKind.SEATS else d.one_of(50_000, 0, 150_000),
        carriage_minor=0 if kind is ServiceKind.SEATS else d.one_of(0, 100_000),
        seat_minor=d.one_of(30_000, 0, 70_000),
    )  # fmt: skip


def _draw_terminal(d: Draws, name: str) -> Terminal:
    return Terminal(
        place_id=name, modes=frozenset(Mode), buffer_min=d.one_of(30, 60, 0),
        bays=d.one_of(None, None, 1, 2), slot_min=d.one_of(30, 15),
        trains_per_day=d.one_of(None, None, None, 1), aircraft_per_day=d.one_of(None, None, None, 1),
    )  # fmt: skip


def _draw_policy(d: Draws) -> Policy:
    values: list[RuleValue] = []

    def put(
        key: str, value: RuleScalar, mode: str = "", tier: Tier | None = None, scope: str = "all"
    ) -> None:
        values.append(
            RuleValue(
                key=key,
                value=value,
                effective_from=date(2020, 1, 1),
                mode=mode,
                tier=tier,
                scope=scope,
                source="drawn",
            )
        )

    if d.rarely(4):
        put("load_cap_ratio", Decimal(d.one_of("0.5", "0.8")), mode="bus", scope=d.one_of("all", "intercity"))
        put("count_crew_in_cap", d.rarely(5), mode="bus")
    if d.rarely(2):
        put("load_cap_ratio", Decimal("0.5"), mode=d.one_of("train", "charter"))
    if d.rarely(2):
        put("load_cap_ratio", Decimal("0.4"), tier=Tier.MEDIUM)
    if d.rarely(3):
        put("blocked_rows", 1, mode="bus")
    if d.rarely(2):
        put("isolation_seats", 1)
    if d.rarely(5):
        put("max_origin_counties", 2, mode="bus")
    if d.rarely(2):
        put("registered_end_required", True, mode="bus")
    if d.rarely(4):
        put("separated_tiers", ("high", "medium"))
    if d.rarely(3):
        put("no_boarding_tiers", ("high",))
    rules = d.one_of(DriverRules(), CN_RULES)
    needs = (EvidenceRequirement(kind="certificate", valid_days=d.one_of(14, 14, 7)),) if d.rarely(3) else ()
    return Policy(
        profile_names=("drawn",), values=tuple(values), drivers=rules,
        entry_rules={"paper": EntryRule(name="paper", requirements=needs)}, default_entry_rule="paper",
    )  # fmt: skip


def _draw_rates(d: Draws) -> Rates:
    unserved = d.one_of({"": 1_000_000}, {}, {"": 100_000, "poor": 300_000})
    own = (
        OwnTicketTariff(fixed_minor=d.one_of(20_000, 90_000), km_minor=d.one_of(0, 40))
        if d.rarely(3)
        else None
    )
    return Rates(
        lateness_day_minor=d.one_of(4_000, 0), ride_h_minor=d.one_of(0, 0, 800), exposure_h_minor=d.one_of(0, 0, 300),
        allowance_day_minor=d.one_of(0, 0, 6_000), unserved_minor=unserved, own_ticket=own,
    )  # fmt: skip


def _draw_limits(d: Draws) -> Limits:
    return Limits(
        max_pickups=d.one_of(4, 2, 1, None), max_drop_offs=d.one_of(4, 1, 2, None),
        max_detour_min=d.one_of(180, 30, None), max_ride_min=d.one_of(None, None, None, 900),
        max_wait_h=d.one_of(12, 12, 3), dwell_pickup_min=d.one_of(15, 0, 20), dwell_drop_min=d.one_of(15, 25),
        pull_out_from_min=d.one_of(300, 600), escorts_per_coach=d.one_of(0, 0, 1), max_trips_per_duty=d.one_of(6, 1, 2),
    )  # fmt: skip


def _draw_table(d: Draws) -> list[dict[str, object]]:
    """A few table legs, one way only, some of them longer than the way round."""
    rows = []
    for start, end in (("v1", "v2"), ("v2", "g1"), ("g1", "depot"), ("station", "v1")):
        if d.rarely(2):
            minutes = d.one_of(40, 200, 700)
            rows.append({"from_id": start, "to_id": end, "km_tenths": minutes * 11, "minutes": minutes})
    return rows


def _draw_payers(d: Draws) -> tuple[Payer, ...]:
    if not d.rarely(3):
        return ()
    shares = d.one_of((("*", 1000),), (("*", 500),), (("km", 1000), ("*", 0)))
    budget = d.one_of(None, 100_000, 400_000, 0)
    return (
        Payer(id="pays", name="County", group_id="county", shares=shares, budget_minor=budget),
        Payer(id="firm", name="Firm", group_id="firm"),
    )


def _draw_locks(
    d: Draws, rows: list[dict[str, object]], services: tuple[Service, ...], fleet: tuple[FleetLine, ...]
) -> tuple[Lock, ...]:
    locks = []
    for _ in range(d.one_of(0, 0, 0, 1, 2)):
        worker = str(d.one_of(*(row["worker_id"] for row in rows)))
        kind = d.one_of(*LockKind)
        values: dict[LockKind, list[str]] = {
            LockKind.DATE: [str(FIRST), str(FIRST + timedelta(days=1))],
            LockKind.MODE: ["bus", "train"],
            LockKind.SERVICE: [service.id for service in services],
            LockKind.FLEET: [line.id for line in fleet],
        }
        offered = values.get(kind, [str(row["worker_id"]) for row in rows if row["worker_id"] != worker])
        if offered:
            locks.append(Lock(kind=kind, worker_id=worker, value=d.one_of(*offered)))
    return tuple(locks)
