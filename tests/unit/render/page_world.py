"""A small realistic world built by hand: three direct coaches, one train with a feeder and a last-mile coach.

58 workers of 洋县: 53 ride (20 + 18 + 5 by direct coach, 10 by train), 2 buy their own tickets, 3 are unserved.
Every name is hostile: it must appear literally and inert wherever it may appear at all.
"""

from __future__ import annotations

import dataclasses
import random
from datetime import date

from dispatch.model.contracts import HEALTH, OUTCOMES, RIDES, TRAVEL, WORKERS, make_frame
from dispatch.model.geography import Geography, Place, PlaceKind, Precision, Region, Site
from dispatch.model.plan import (
    Batch,
    BoundPart,
    CarrierRequest,
    Certificate,
    CoachDuty,
    CostTerms,
    DutyEvent,
    DutyLeg,
    EventKind,
    GatePoint,
    ModePrice,
    Plan,
    Reason,
    Remedy,
    Role,
    RuleInForce,
    ServiceRun,
    Trip,
    TripStop,
)  # fmt: skip
from dispatch.model.policy import Policy
from dispatch.model.scenario import Assumption, Limits, Payer, Rates, ReportedFigure, Scenario
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
)  # fmt: skip

FIRST = date(2020, 2, 28)  # a leap year: 29 Feb exists
DAY = 1440
HOSTILE = "{{7*7}}<script>window.hacked=1</script>=cmd()"
HOSTILE_TAIL = "</script><img src=x onerror=window.hacked=1>{% raw %}"
PHONE = "13812345678"
DOCUMENT = "612323199001011234"

#: (id, name, lat, lon, region, kind, precision)
PLACES = (
    ("p_xie", "谢村镇", 33.190, 107.430, "610723", PlaceKind.ASSEMBLY, Precision.TOWNSHIP),
    ("p_long", "龙亭镇", 33.200, 107.650, "610723", PlaceKind.ASSEMBLY, Precision.TOWNSHIP),
    ("p_huang", "黄金峡镇" + HOSTILE, 33.260, 107.830, "610723", PlaceKind.ASSEMBLY, Precision.COUNTY),
    ("p_home", "张三家门口", 33.123456, 107.567891, "610723", PlaceKind.VILLAGE, Precision.GATE),
    ("d_yang", "洋县汽车站", 33.222, 107.545, "610723", PlaceKind.DEPOT, Precision.TOWNSHIP),
    ("t_yang", "洋县西站", 33.215, 107.470, "610723", PlaceKind.TERMINAL, Precision.GATE),
    ("t_nan", "南京南站", 31.968, 118.798, "320100", PlaceKind.TERMINAL, Precision.GATE),
    ("s_kun", "昆山电子厂", 31.385, 120.980, "320583", PlaceKind.SITE, Precision.GATE),
    ("s_su", "苏州工业园", 31.320, 120.710, "320571", PlaceKind.SITE, Precision.GATE),
    ("s_dong", "东莞长安厂" + HOSTILE_TAIL, 22.810, 113.800, "441900", PlaceKind.SITE, Precision.COUNTY),
    ("s_nan", "江宁汽车厂", 31.860, 118.830, "320115", PlaceKind.SITE, Precision.GATE),
)  # fmt: skip
REGIONS = (
    Region(id="610000", name="陕西省", level="province"),
    Region(id="610700", name="汉中市", level="prefecture", parent_id="610000"),
    Region(id="610723", name="洋县", level="county", parent_id="610700"),
    Region(id="320000", name="江苏省", level="province"),
    Region(id="320100", name="南京市", level="prefecture", parent_id="320000"),
    Region(id="320115", name="江宁区", level="county", parent_id="320100"),
    Region(id="320500", name="苏州市", level="prefecture", parent_id="320000"),
    Region(id="320571", name="苏州工业园区", level="county", parent_id="320500"),
    Region(id="320583", name="昆山市", level="county", parent_id="320500"),
    Region(id="440000", name="广东省", level="province"),
    Region(id="441900", name="东莞市", level="prefecture", parent_id="440000"),
)
SERVED = (20, 18, 5, 10)  # T-001, T-002, T-003 and the train T-004
OWN, UNSERVED = 2, 3
ROSTER = sum(SERVED) + OWN + UNSERVED  # 20 + 18 + 5 + 10 + 2 + 3 = 58


def at(day: int, hour: int, minute: int = 0) -> int:
    """Planning minute of a clock time on day 0, 1, …"""
    return day * DAY + hour * 60 + minute


def make_scenario() -> Scenario:
    """The scenario of the small world."""
    places = {
        pid: Place(id=pid, name=name, lat=lat, lon=lon, region_id=region, kind=kind, precision=precision)
        for pid, name, lat, lon, region, kind, precision in PLACES
    }
    sites = {
        pid: Site(
            id=pid,
            name=name,
            employer=name,
            place_id=pid,
            opens_on=FIRST,
            contact_name="王五",
            contact_phone=PHONE,
        )
        for pid, name, *_ in PLACES
        if pid.startswith("s_")
    }
    return Scenario(
        name="small",
        title="洋县返岗 " + HOSTILE,
        first_date=FIRST,
        last_date=date(2020, 3, 3),
        time_zone="Asia/Shanghai",
        currency="CNY",
        geography=Geography(places=places, regions={region.id: region for region in REGIONS}, sites=sites),
        policy=Policy(profile_names=("cn-2020-covid",)),
        rates=Rates(),
        limits=Limits(),
        workers=_make_workers(),
        health=make_frame(HEALTH),
        travel=make_frame(TRAVEL),
        vehicle_types={
            "c53": VehicleType(id="c53", name="53座大巴", approved=53, row_seats=(4,) * 12 + (5,))
        },
        fleet=(_make_fleet_line(),),
        terminals={pid: Terminal(place_id=pid, modes=frozenset({Mode.TRAIN})) for pid in ("t_yang", "t_nan")},
        services=(_make_service(),),
        payers=(
            Payer(id="county", name="洋县人社局", group_id="poor", budget_minor=5_000_000),
            Payer(
                id="firm", name="昆山电子厂<b>", group_id="firm", shares=(("*", 500),), budget_minor=100_000
            ),
        ),
        facts=_make_facts(),
        content_hash="ab" * 32,
    )


def _make_workers():  # type: ignore[no-untyped-def]
    rows = [
        {
            "worker_id": f"W{n:03d}",
            "name": f"张{n}" + HOSTILE,
            "document": DOCUMENT,
            "phone": PHONE,
            "boarding_place_id": "p_xie",
            "site_id": "s_kun",
            "payer_id": "poor" if n < 10 else "firm" if n < 20 else "",
            "party_id": f"W{n:03d}",
        }
        for n in range(ROSTER)
    ]
    return make_frame(WORKERS, rows)


def _make_fleet_line() -> FleetLine:
    tariff = CoachTariff(day_minor=80_000, km_minor=400, driver_day_minor=30_000)
    counts = (CountOnDates(from_date=FIRST, to_date=date(2020, 3, 3), count=6),)
    return FleetLine(id="f_yang", type_id="c53", depot_place_id="d_yang", tariff=tariff, counts=counts, operator="洋县客运")  # fmt: skip


def _make_service() -> Service:
    stops = (
        ServiceStop(
            place_id="t_yang", arrive_min=at(1, 9, 50), depart_min=at(1, 10), boards=True, alights=False
        ),
        ServiceStop(
            place_id="t_nan", arrive_min=at(1, 16, 30), depart_min=at(1, 16, 40), boards=False, alights=True
        ),
    )
    return Service(
        id="G1",
        name="D1946",
        mode=Mode.TRAIN,
        kind=ServiceKind.BLOCK,
        status=ServiceStatus.CANDIDATE,
        committed=False,
        stops=stops,
        carriage_seats=90,
        max_carriages=2,
        seat_minor=28_000,
        operator="西安铁路局",
    )


def _make_facts() -> tuple[ReportedFigure, ...]:
    return (
        ReportedFigure(key="workers", label="点对点输送人数", value="3666", source="洋县人民政府 2020-04", confidence="B"),
        ReportedFigure(key="batches", label="批次", value="47", source="洋县人民政府 2020-04", confidence="B"),
        ReportedFigure(key="rumour", label="坊间说法 <i>", value="很多", source="口述", confidence="D"),
    )  # fmt: skip


def stop(place: str, arrive: int, depart: int, board: int = 0, alight: int = 0) -> TripStop:
    """Stop of a trip; gates are named by their place."""
    sites = (place,) if place.startswith("s_") else ()
    return TripStop(
        place_id=place, arrive_min=arrive, depart_min=depart, board=board, alight=alight, site_ids=sites
    )


def make_trips() -> tuple[Trip, ...]:
    """T-001…T-003 direct, T-004 the train, F-001 its feeder (the day before), L-001 its last mile."""
    return (
        Trip(id="T-001", mode=Mode.BUS, role=Role.DIRECT, batch_ids=("B1",), service_date_min=0, load=20, capacity=24, duty_id="D1", km_tenths=13_456, capacity_rule="50 % cap, crew counted",
             stops=(stop("p_xie", at(0, 7), at(0, 7, 15), 12), stop("p_long", at(0, 8), at(0, 8, 15), 8), stop("s_su", at(1, 6), at(1, 6, 15), 0, 5), stop("s_kun", at(1, 7), at(1, 7, 15), 0, 15))),
        Trip(id="T-002", mode=Mode.BUS, role=Role.DIRECT, batch_ids=("B1",), service_date_min=0, load=18, capacity=24, duty_id="D2", km_tenths=13_400,
             stops=(stop("p_xie", at(0, 7), at(0, 7, 15), 18), stop("s_kun", at(1, 6, 50), at(1, 7, 5), 0, 18))),
        Trip(id="T-003/..", mode=Mode.BUS, role=Role.DIRECT, batch_ids=("B2",), service_date_min=at(1, 0), load=5, capacity=24, duty_id="D3", km_tenths=15_020,
             stops=(stop("p_huang", at(1, 7), at(1, 7, 15), 3), stop("p_home", at(1, 8), at(1, 8, 15), 2), stop("s_dong", at(2, 9), at(2, 9, 15), 0, 5))),
        Trip(id="T-004", mode=Mode.TRAIN, role=Role.LINE_HAUL, batch_ids=("B3",), service_date_min=at(1, 0), load=10, capacity=60, service_id="G1", carriages=1,
             stops=(stop("t_yang", at(1, 9, 50), at(1, 10), 10), stop("t_nan", at(1, 16, 30), at(1, 16, 40), 0, 10))),
        Trip(id="F-001", mode=Mode.BUS, role=Role.FEEDER, batch_ids=("B3",), service_date_min=0, load=10, capacity=24, duty_id="D4", km_tenths=120,
             stops=(stop("p_long", at(0, 22, 30), at(0, 22, 45), 10), stop("t_yang", at(0, 23, 20), at(0, 23, 35), 0, 10))),
        Trip(id="L-001", mode=Mode.BUS, role=Role.LAST_MILE, batch_ids=("B3",), service_date_min=at(1, 0), load=10, capacity=24, duty_id="D5", km_tenths=181,
             stops=(stop("t_nan", at(1, 17, 30), at(1, 17, 45), 10), stop("s_nan", at(1, 18, 20), at(1, 18, 35), 0, 10))),
    )  # fmt: skip


def make_duties(trips: tuple[Trip, ...]) -> tuple[CoachDuty, ...]:
    """One duty per coach trip; 1,000.00 of vehicle-days and 2,000.00 of km each."""
    duties = []
    for trip in trips:
        if not trip.duty_id:
            continue
        first, last = trip.stops[0], trip.stops[-1]
        legs = (
            DutyLeg(
                from_id="d_yang",
                to_id=first.place_id,
                km_tenths=100,
                minutes=20,
                source="estimate",
                loaded=False,
            ),
            DutyLeg(
                from_id=first.place_id,
                to_id=last.place_id,
                km_tenths=trip.km_tenths,
                minutes=900,
                source="table",
                loaded=True,
            ),
        )
        event = DutyEvent(
            kind=EventKind.DRIVE, start_min=first.depart_min, end_min=last.arrive_min, leg=1, driver=0
        )
        duties.append(
            CoachDuty(
                id=trip.duty_id,
                fleet_id="f_yang",
                trip_ids=(trip.id,),
                legs=legs,
                events=(event,),
                pull_out_min=first.arrive_min - 20,
                pull_in_min=last.depart_min,
                days=2,
                drivers=2,
                costs={"vehicle_days": 100_000, "km": 200_000},
                driver_names=("李司机",),
            )
        )
    return tuple(duties)


def _make_outcomes():  # type: ignore[no-untyped-def]
    rows, number = [], 0
    batches = ("B1", "B1", "B2", "B3")
    for count, batch in zip(SERVED, batches, strict=True):
        for _ in range(count):
            rows.append({"worker_id": f"W{number:03d}", "status": "itinerary", "batch_id": batch, "mode": "train" if batch == "B3" else "bus", "arrive_min": at(1, 18, 20), "service_date": FIRST})  # fmt: skip
            number += 1
    for _ in range(OWN):
        rows.append({"worker_id": f"W{number:03d}", "status": "own_ticket"})
        number += 1
    for detail in ("体检证明 2020-02-20 过期 " + HOSTILE, "电话 " + PHONE, "体检证明缺"):
        rows.append({"worker_id": f"W{number:03d}", "status": "unserved", "reason": "not_cleared" if "证明" in detail else "no_supply", "detail": detail, "next_step": "补办 <b>证明</b>"})  # fmt: skip
        number += 1
    return make_frame(OUTCOMES, rows)


def _make_rides():  # type: ignore[no-untyped-def]
    rows, number = [], 0
    for count, trips in zip(
        SERVED, (("T-001",), ("T-002",), ("T-003/..",), ("F-001", "T-004", "L-001")), strict=True
    ):
        for _ in range(count):
            rows += [
                {"worker_id": f"W{number:03d}", "leg": leg + 1, "trip_id": trip, "seat": "1A"}
                for leg, trip in enumerate(trips)
            ]
            number += 1
    return make_frame(RIDES, rows)


def make_points(scenario: Scenario) -> dict[str, GatePoint]:
    """Frozen coordinates of every place of a scenario."""
    geography = scenario.geography
    return {
        place.id: GatePoint(place_id=place.id, name=place.name, lat=place.lat, lon=place.lon, precision=place.precision.value,
                            region_name=geography.regions[place.region_id].name, assumed=place.precision is Precision.COUNTY)
        for place in geography.places.values()
    }  # fmt: skip


def make_plan(scenario: Scenario) -> Plan:
    """The plan of the small world.

    Cash: five duties of 1,000.00 + 2,000.00 = 15,000.00; train seats 10 × 280.00 = 2,800.00; own tickets
    2 × 300.00 = 600.00: 18,400.00. Penalties: lateness 400.00, unserved 1 × 3,000.00 = 3,400.00. Total 21,800.00.
    Bound 21,000.00, so cash plus penalties could fall by at most 800.00.
    """
    trips = make_trips()
    terms = {
        "vehicle_days": 500_000,
        "km": 1_000_000,
        "seats": 280_000,
        "own_tickets": 60_000,
        "lateness": 40_000,
        "unserved": 300_000,
    }
    return Plan(
        scenario_name=scenario.name, scenario_hash=scenario.content_hash, seed=1, effort="quick", version="0.1.0",
        trips=trips, duties=make_duties(trips),
        service_runs=(ServiceRun(service_id="G1", trip_id="T-004", carriages=1, load=10, costs={"seats": 280_000}),),
        batches=(
            Batch(id="B1", origin_region_id="610723", destination_area="320500", mode=Mode.BUS, service_date_min=0, workers=38, trip_ids=("T-001", "T-002")),
            Batch(id="B2", origin_region_id="610723", destination_area="441900", mode=Mode.BUS, service_date_min=at(1, 0), workers=5, trip_ids=("T-003/..",)),
            Batch(id="B3", origin_region_id="610723", destination_area="320100", mode=Mode.TRAIN, service_date_min=at(1, 0), workers=10, trip_ids=("F-001", "T-004", "L-001")),
        ),
        outcomes=_make_outcomes(), rides=_make_rides(), costs=CostTerms(terms=terms),
        certificate=Certificate(bound_minor=2_100_000, gap_ratio=800 / 21_800, gap_without_unserved_ratio=800 / 18_800, method="column generation <over> corridors",
                                parts=(BoundPart(label="洋县 → 苏州市", cost_minor=700_000, bound_minor=640_000, workers=38, note="integrality"),
                                       BoundPart(label="feeders", cost_minor=300_000, bound_minor=280_000, workers=10))),
        unserved_penalty_minor={"": 300_000},
        remedies=(Remedy(worker_ids=("W056",), reason=Reason.NO_SUPPLY, change="one more 53-seat coach at 洋县 on 2020-02-29", extra_minor=81_400, confirmed=True),),
        requests=(CarrierRequest(carrier="西安铁路局", what="D1946 洋县西 → 南京南", date_min=at(1, 0), quantity=1, unit="carriage", note="45 seats"),),
        mode_prices=(ModePrice(origin_region_id="610723", destination_area="320100", workers=10, chosen=Mode.TRAIN, chosen_minor_per_head=88_000, alternative=Mode.BUS, switch_above_minor_per_head=120_000),),
        rules=(RuleInForce(key="load_cap_ratio", value="0.5", since="2020-02-14", applies_to="bus, intercity", source="交通运输部 明电", confidence="A"),),
        assumptions=(Assumption(subject="黄金峡镇", what="coordinates", value="county seat", people=3, table="places"), Assumption(subject="f_yang", what="km rate", value="4.00", people=53, table="fleet")),
        points=make_points(scenario), variants=(("crew not counted in the cap", "2 coaches instead of 3"),),
    )  # fmt: skip


def make_large_plan(scenario: Scenario, plan: Plan, count: int) -> tuple[Scenario, Plan]:
    """Same plan blown up to ``count`` direct coach trips with six stops each between random places (seeded)."""
    rng = random.Random(7)
    origins = [_make_place(rng, f"o{n}", f"第{n}镇", 32.9, 107.3, "610723") for n in range(200)]
    sites = [_make_place(rng, f"g{n}", f"第{n}厂", *rng.choice(((31.3, 120.6), (22.8, 113.8), (30.2, 120.2))), "320583") for n in range(400)]  # fmt: skip
    places = {place.id: place for place in origins + sites}
    scenario = scenario.replace(
        geography=dataclasses.replace(scenario.geography, places=scenario.geography.places | places)
    )
    trips, batches, rides, outcomes = [], [], [], []
    for n in range(count):
        day, picks = n % 5, rng.sample(origins, 3) + rng.sample(sites, 3)
        stops = tuple(stop(place.id, at(day, 7 + k), at(day, 7 + k, 15), 8 if k < 3 else 0, 8 if k > 2 else 0) for k, place in enumerate(picks))  # fmt: skip
        trips.append(Trip(id=f"X-{n:05d}", mode=(Mode.BUS, Mode.BUS, Mode.TRAIN, Mode.CHARTER)[n % 4], role=Role.DIRECT, batch_ids=(f"XB{n}",), service_date_min=at(day, 0), stops=stops, load=24, capacity=24, km_tenths=13_000))  # fmt: skip
        batches.append(Batch(id=f"XB{n}", origin_region_id="610723", destination_area=("320500", "441900", "320100")[n % 3], mode=Mode.BUS, service_date_min=at(day, 0), workers=24, trip_ids=(f"X-{n:05d}",)))  # fmt: skip
        rides += [{"worker_id": f"X{n}-{k}", "leg": 1, "trip_id": f"X-{n:05d}"} for k in range(24)]
        outcomes += [
            {"worker_id": f"X{n}-{k}", "status": "itinerary", "batch_id": f"XB{n}"} for k in range(24)
        ]
    workers = make_frame(WORKERS, [{"worker_id": row["worker_id"]} for row in outcomes])
    scenario = scenario.replace(workers=workers)
    return scenario, dataclasses.replace(
        plan, trips=tuple(trips), duties=(), service_runs=(), batches=tuple(batches), rides=make_frame(RIDES, rides),
        outcomes=make_frame(OUTCOMES, outcomes), points=make_points(scenario),
    )  # fmt: skip


def _make_place(
    rng: random.Random, place_id: str, name: str, lat: float, lon: float, region_id: str
) -> Place:
    return Place(id=place_id, name=name, lat=lat + rng.uniform(-0.4, 0.4), lon=lon + rng.uniform(-0.4, 0.4), region_id=region_id, kind=PlaceKind.SITE if place_id[0] == "g" else PlaceKind.ASSEMBLY, precision=Precision.TOWNSHIP)  # fmt: skip
