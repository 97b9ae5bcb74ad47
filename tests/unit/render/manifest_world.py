"""A world small enough to know by heart, for everything that is printed.

Two trips on 1 March 2020. Coach ``B-001`` (53 approved, half load, last two rows blocked) takes six people from two
villages of Yang county overnight to two factories in Kunshan, standing from 02:00 to 05:00. Train ``R-001`` takes five
people in two carriages; one of them changes to a last-mile coach ``M-001``. Everybody has a document of 18 digits and
a phone of 11; some have hostile names, two share one.

Minutes count from 00:00 on 1 March 2020.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from dispatch.model.contracts import HEALTH, OUTCOMES, RIDES, TRAVEL, WORKERS, make_frame
from dispatch.model.geography import Geography, Place, PlaceKind, Precision, Region, Site
from dispatch.model.plan import (
    Batch,
    Certificate,
    CoachDuty,
    CostTerms,
    DutyEvent,
    DutyLeg,
    EventKind,
    Plan,
    Role,
    ServiceRun,
    Trip,
    TripStop,
)
from dispatch.model.policy import Policy, RuleValue
from dispatch.model.scenario import Limits, Rates, Scenario
from dispatch.model.supply import (
    CoachTariff,
    FleetLine,
    Mode,
    Service,
    ServiceKind,
    ServiceStatus,
    ServiceStop,
    VehicleType,
)
from dispatch.render.run_info import RunInfo

HOSTILE = "#panic(1) *x* $y$ {{7*7}}<script>=cmd()"
FORMULA = "=cmd()|'/C calc'!A0"
RARE = "李䶮㛃𬭎𠅤𬱖"
PHONE_IN_NAME = "张三13911112222"
TWIN = "王伟"

RUN_INFO = RunInfo(
    plan_hash="0123456789abcdef" * 4, version="0.1.0", printed_at=datetime(2020, 2, 29, 17, 5, tzinfo=UTC)
)

#: worker id -> (name, sex, birth year, home, site, party)
PEOPLE = {
    "W1": (HOSTILE, "M", 1985, "V1", "S1", "W1"),
    "W2": (FORMULA, "F", 1988, "V1", "S1", "W2"),
    "W3": (TWIN, "M", 1990, "V1", "S2", "W3"),
    "W4": (TWIN, "F", 1991, "V2", "S1", "W4"),
    "W5": (RARE, "F", 1992, "V2", "S2", "H5"),
    "W6": ("李小宝", "M", 2010, "V2", "S2", "H5"),
    "W7": (PHONE_IN_NAME, "M", 1979, "V1", "S3", "W7"),
    "W8": ("陈秀英", "F", 1980, "V1", "S3", "W8"),
    "W9": ("-2+3", "M", 1981, "V2", "S3", "W9"),
    "W10": ("@SUM(A1)", "F", 1982, "V2", "S3", "W10"),
    "W11": ("赵{% raw %}", "M", 1983, "V2", "S1", "W11"),
}
EMPLOYERS = {"S1": "昆山甲电子有限公司", "S2": "昆山乙纺织 <b>& Co", "S3": "苏州丙机械"}


def document_of(worker_id: str) -> str:
    """18-digit document of a worker, e.g. 610723199001010001."""
    return f"6107231990010100{int(worker_id[1:]):02d}"


def phone_of(worker_id: str) -> str:
    """11-digit phone of a worker, e.g. 13800000001."""
    return f"138000000{int(worker_id[1:]):02d}"


@dataclass(frozen=True, slots=True)
class World:
    """The scenario and its plan."""

    scenario: Scenario
    plan: Plan


def make_world() -> World:
    """Scenario and plan of this world."""
    return World(_scenario(), _plan())


def _place(place_id: str, name: str, lat: float, lon: float, region: str, kind: PlaceKind) -> Place:
    return Place(
        id=place_id, name=name, lat=lat, lon=lon, region_id=region, kind=kind, precision=Precision.VILLAGE
    )


def _geography() -> Geography:
    places = (
        _place("D", "洋县客运站", 33.22, 107.55, "610723", PlaceKind.DEPOT),
        _place("V1", "谢村镇", 33.20, 107.60, "610723", PlaceKind.ASSEMBLY),
        _place("V2", "龙亭镇", 33.21, 107.65, "610723", PlaceKind.ASSEMBLY),
        _place("P1", "昆山开发区", 31.38, 120.98, "320583", PlaceKind.SITE),
        _place("P2", "昆山千灯镇", 31.27, 121.00, "320583", PlaceKind.SITE),
        _place("T1", "汉中站", 33.07, 107.02, "610702", PlaceKind.TERMINAL),
        _place("T2", "苏州站", 31.33, 120.61, "320508", PlaceKind.TERMINAL),
    )
    regions = (
        Region(id="610723", name="洋县", level="county", parent_id="6107"),
        Region(id="610702", name="汉台区", level="county", parent_id="6107"),
        Region(id="6107", name="汉中市", level="prefecture"),
        Region(id="320583", name="昆山市", level="county", parent_id="3205"),
        Region(id="320508", name="姑苏区", level="county", parent_id="3205"),
        Region(id="3205", name="苏州市", level="prefecture"),
    )
    opens = date(2020, 2, 20)
    sites = (
        Site(
            id="S1",
            name="甲电子一厂",
            employer=EMPLOYERS["S1"],
            place_id="P1",
            opens_on=opens,
            contact_phone="13700000000",
        ),
        Site(id="S2", name="乙纺织千灯厂", employer=EMPLOYERS["S2"], place_id="P2", opens_on=opens),
        Site(id="S3", name="苏州丙机械", employer=EMPLOYERS["S3"], place_id="T2", opens_on=opens),
    )
    return Geography(
        places={one.id: one for one in places},
        regions={one.id: one for one in regions},
        sites={one.id: one for one in sites},
    )


def _scenario() -> Scenario:
    first = date(2020, 3, 1)
    workers = make_frame(
        WORKERS,
        [
            {
                "worker_id": worker_id, "name": name, "document": document_of(worker_id), "phone": phone_of(worker_id),
                "sex": sex, "birth_year": born, "home_place_id": home, "boarding_place_id": home, "site_id": site,
                "earliest_date": first, "preferred_date": first, "latest_date": first, "party_id": party,
                "modes": "bus|train", "needs": "front_seat" if worker_id == "W3" else "", "source_row": row,
                "emergency_contact": f"家属 {phone_of(worker_id)}",
            }
            for row, (worker_id, (name, sex, born, home, site, party)) in enumerate(PEOPLE.items(), start=2)
        ],
    )  # fmt: skip
    cap = RuleValue(
        key="load_cap_ratio", value="0.5", effective_from=date(2020, 2, 11), mode="bus", scope="intercity",
        source="交运明电〔2020〕56号", confidence="A",
    )  # fmt: skip
    blocked = RuleValue(
        key="blocked_rows", value=2, effective_from=date(2020, 2, 7), mode="bus", source="MoT", confidence="B"
    )
    rows = (*(4,) * 12, 5)
    return Scenario(
        name="manifest_world",
        title="manifest world",
        first_date=first,
        last_date=date(2020, 3, 3),
        time_zone="Asia/Shanghai",
        currency="CNY",
        geography=_geography(),
        policy=Policy(profile_names=("cn-2020-covid",), values=(cap, blocked)),
        rates=Rates(),
        limits=Limits(),
        workers=workers,
        health=make_frame(HEALTH),
        travel=make_frame(TRAVEL),
        vehicle_types={"coach53": VehicleType(id="coach53", name="53座大客车", approved=53, row_seats=rows)},
        fleet=(
            FleetLine(
                id="F1",
                type_id="coach53",
                depot_place_id="D",
                tariff=CoachTariff(),
                registered_region_id="610723",
                operator="洋县客运公司",
            ),
        ),
        services=(_service(),),
    )


def _service() -> Service:
    return Service(
        id="K4558", name="K4558次", mode=Mode.TRAIN, kind=ServiceKind.CHARTERED, status=ServiceStatus.CONFIRMED, committed=True,
        stops=(
            ServiceStop(place_id="T1", arrive_min=600, depart_min=610, boards=True, alights=False),
            ServiceStop(place_id="T2", arrive_min=1870, depart_min=1880, boards=False, alights=True),
        ),
        carriage_seats=118, min_carriages=1, max_carriages=2, operator="西安局集团公司",
    )  # fmt: skip


def _plan() -> Plan:
    coach = Trip(
        id="B-001", mode=Mode.BUS, role=Role.DIRECT, batch_ids=("610723-3205-bus-0301",), service_date_min=0,
        stops=(
            TripStop(place_id="V1", arrive_min=400, depart_min=415, board=3, alight=0),
            TripStop(place_id="V2", arrive_min=435, depart_min=450, board=3, alight=0),
            TripStop(place_id="P1", arrive_min=1960, depart_min=1975, board=0, alight=3, site_ids=("S1",)),
            TripStop(place_id="P2", arrive_min=2005, depart_min=2020, board=0, alight=3, site_ids=("S2",)),
        ),
        load=6, capacity=24, capacity_rule="load_cap_ratio 0.5 自 since 2020-02-11 交运明电〔2020〕56号, 53×50% 减 2 名驾驶员",
        duty_id="C-001", km_tenths=14130,
    )  # fmt: skip
    train = Trip(
        id="R-001", mode=Mode.TRAIN, role=Role.LINE_HAUL, batch_ids=("610723-3205-train-0301",), service_date_min=0,
        stops=(
            TripStop(place_id="T1", arrive_min=600, depart_min=610, board=5, alight=0),
            TripStop(place_id="T2", arrive_min=1870, depart_min=1880, board=0, alight=5, site_ids=("S3",)),
        ),
        load=5, capacity=118, capacity_rule="50% of 118 × 2", service_id="K4558", carriages=2,
    )  # fmt: skip
    last_mile = Trip(
        id="M-001", mode=Mode.BUS, role=Role.LAST_MILE, batch_ids=("610723-3205-train-0301",), service_date_min=1440,
        stops=(
            TripStop(place_id="T2", arrive_min=1940, depart_min=1955, board=1, alight=0),
            TripStop(place_id="P1", arrive_min=2000, depart_min=2015, board=0, alight=1, site_ids=("S1",)),
        ),
        load=1, capacity=24, duty_id="C-002", km_tenths=400,
    )  # fmt: skip
    return Plan(
        scenario_name="manifest_world", scenario_hash="", seed=1, effort="quick", version="0.1.0",
        trips=(coach, train, last_mile),
        duties=(_night_duty(), _short_duty()),
        service_runs=(ServiceRun(service_id="K4558", trip_id="R-001", carriages=2, load=5, costs={}),),
        batches=tuple(
            Batch(id=f"610723-3205-{mode}-0301", origin_region_id="610723", destination_area="3205", mode=mode,
                  service_date_min=0, workers=count, trip_ids=trips)
            for mode, count, trips in ((Mode.BUS, 6, ("B-001",)), (Mode.TRAIN, 5, ("R-001", "M-001")))
        ),
        outcomes=make_frame(OUTCOMES), rides=_rides(), costs=CostTerms(terms={}),
        certificate=Certificate(bound_minor=None, gap_ratio=None, gap_without_unserved_ratio=None, method=""),
        unserved_penalty_minor={},
    )  # fmt: skip


def _rides():  # type: ignore[no-untyped-def]
    rows = [
        ("W1", 1, "B-001", 0, 2, 0, "10A"), ("W2", 1, "B-001", 0, 2, 0, "9D"), ("W3", 1, "B-001", 0, 3, 0, "1A"),
        ("W4", 1, "B-001", 1, 2, 0, "2A"), ("W5", 1, "B-001", 1, 3, 0, "3A"), ("W6", 1, "B-001", 1, 3, 0, "3B"),
        ("W7", 1, "R-001", 0, 1, 1, "1A"), ("W8", 1, "R-001", 0, 1, 1, "1C"), ("W9", 1, "R-001", 0, 1, 2, "1A"),
        ("W10", 1, "R-001", 0, 1, 2, "1C"), ("W11", 1, "R-001", 0, 1, 2, "2A"), ("W11", 2, "M-001", 0, 1, 0, "1A"),
    ]  # fmt: skip
    columns = ("worker_id", "leg", "trip_id", "board_stop", "alight_stop", "carriage", "seat")
    return make_frame(RIDES, [dict(zip(columns, row, strict=True)) for row in rows])


def _drive(start: int, end: int, leg: int, driver: int, kind: EventKind = EventKind.DRIVE) -> DutyEvent:
    return DutyEvent(kind=kind, start_min=start, end_min=end, leg=leg, driver=driver)


def _halt(kind: EventKind, start: int, end: int, name: str) -> DutyEvent:
    return DutyEvent(kind=kind, start_min=start, end_min=end, place_name=name, approximate=True)


def _at(kind: EventKind, start: int, end: int, place_id: str) -> DutyEvent:
    return DutyEvent(kind=kind, start_min=start, end_min=end, place_id=place_id)


def _night_duty() -> CoachDuty:
    """Depot 06:20 → V1 06:40 → V2 07:15 → … night halt 02:00–05:00 … → P1 08:40 → P2 09:25. Two drivers.

    The long leg V2 → P1 of 1390.0 km takes 1270 min (wheels turn 450–690, 710–950, 970–1210, 1230–1440 + 1440–1470,
    1490–1560, then 1740–1960: 240 + 240 + 240 + 240 + 70 + 220 = 1250; the leg's minutes are 1250).
    """
    events = (
        _drive(380, 400, 0, 0, EventKind.DEADHEAD),
        _at(EventKind.BOARD, 400, 415, "V1"),
        _drive(415, 435, 1, 0),
        _at(EventKind.BOARD, 435, 450, "V2"),
        _drive(450, 690, 2, 0),
        _halt(EventKind.BREAK, 690, 710, "襄阳服务区"),
        _drive(710, 950, 2, 1),
        _halt(EventKind.BREAK, 950, 970, "信阳服务区"),
        _drive(970, 1210, 2, 0),
        _halt(EventKind.BREAK, 1210, 1230, "六安服务区"),
        _drive(1230, 1320, 2, 1),
        _drive(1320, 1440, 2, 1),
        _drive(1440, 1470, 2, 1),
        _halt(EventKind.BREAK, 1470, 1490, "滁州服务区"),
        _drive(1490, 1560, 2, 0),
        _halt(EventKind.NIGHT_HALT, 1560, 1740, "南京服务区"),
        _drive(1740, 1960, 2, 1),
        _at(EventKind.ALIGHT, 1960, 1975, "P1"),
        _drive(1975, 2005, 3, 1),
        _at(EventKind.ALIGHT, 2005, 2020, "P2"),
    )
    legs = (
        DutyLeg(from_id="D", to_id="V1", km_tenths=80, minutes=20, source="estimate", loaded=False),
        DutyLeg(from_id="V1", to_id="V2", km_tenths=60, minutes=20, source="table", loaded=True),
        DutyLeg(from_id="V2", to_id="P1", km_tenths=13900, minutes=1250, source="estimate", loaded=True),
        DutyLeg(from_id="P1", to_id="P2", km_tenths=170, minutes=30, source="estimate", loaded=True),
    )
    return CoachDuty(
        id="C-001", fleet_id="F1", trip_ids=("B-001",), legs=legs, events=events, pull_out_min=380, pull_in_min=2020,
        days=2, drivers=2, costs={}, driver_reason="单程 1413.0 km ≥ 600 km:2 人 two from 600 km one way",
    )  # fmt: skip


def _short_duty() -> CoachDuty:
    events = (
        _at(EventKind.BOARD, 1940, 1955, "T2"),
        _drive(1955, 2000, 0, 0),
        _at(EventKind.ALIGHT, 2000, 2015, "P1"),
    )
    legs = (DutyLeg(from_id="T2", to_id="P1", km_tenths=400, minutes=45, source="estimate", loaded=True),)
    return CoachDuty(
        id="C-002", fleet_id="F1", trip_ids=("M-001",), legs=legs, events=events, pull_out_min=1940, pull_in_min=2015,
        days=1, drivers=1, costs={}, driver_names=("周师傅",),
    )  # fmt: skip
