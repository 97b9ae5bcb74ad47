"""Tiny worlds that fit in the head, with a lawful plan for each, worked out by hand.

``four_villages``: one coach gathers three people in two villages of two counties and brings them to one gate; one worker
is not cleared, one buys an own ticket, one stays for want of a coach.
``night_train``: a committed train, a feeder coach with two trips, a last-mile coach.

Times are planning minutes: 1440 is midnight at the end of the first date.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pandas as pd

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

FIRST = date(2020, 3, 1)
LAST = date(2020, 3, 5)
SOURCE = "a tiny world of the tests"


@dataclass(frozen=True)
class World:
    """A scenario and a lawful plan of it."""

    scenario: Scenario
    plan: Plan


# --- rows and small values ---------------------------------------------------------------------------------------------------


def worker(worker_id: str, home: str, **changes: object) -> dict[str, object]:
    """Roster row: adult, window 1 to 4 March, coach or train, party of one."""
    row: dict[str, object] = {
        "worker_id": worker_id,
        "name": f"Name of {worker_id}",
        "birth_year": 1985,
        "home_place_id": home,
        "boarding_place_id": home,
        "site_id": "S1",
        "earliest_date": "2020-03-01",
        "preferred_date": "2020-03-02",
        "latest_date": "2020-03-04",
        "party_id": worker_id,
        "modes": "bus|train",
        "payer_id": "county",
    }
    return row | changes


def certificate_of(worker_id: str) -> dict[str, object]:
    """Certificate of 1 March; the rule gives it three days: 1, 2 and 3 March."""
    return {
        "worker_id": worker_id,
        "kind": "certificate",
        "date": "2020-03-01",
        "result": "ok",
        "verified": True,
    }


def outcome(worker_id: str, status: str, **changes: object) -> dict[str, object]:
    """Outcome row of a party of one."""
    return {"worker_id": worker_id, "party_key": worker_id, "status": status} | changes


def ride(
    worker_id: str, leg: int, trip_id: str, board: int, alight: int, seat: str, carriage: int = 0
) -> dict[str, object]:
    """Ride row."""
    return {
        "worker_id": worker_id,
        "leg": leg,
        "trip_id": trip_id,
        "board_stop": board,
        "alight_stop": alight,
        "carriage": carriage,
        "seat": seat,
    }


def road(from_id: str, to_id: str, km_tenths: int, minutes: int) -> dict[str, object]:
    """Travel table row."""
    return {"from_id": from_id, "to_id": to_id, "km_tenths": km_tenths, "minutes": minutes}


def place(place_id: str, lat: float, lon: float, region_id: str, kind: PlaceKind) -> Place:
    """Place known to the village, boarding from 06:00 to 22:00."""
    return Place(
        id=place_id,
        name=place_id,
        lat=lat,
        lon=lon,
        region_id=region_id,
        kind=kind,
        precision=Precision.VILLAGE,
    )


def table_leg(from_id: str, to_id: str, km_tenths: int, minutes: int, *, loaded: bool) -> DutyLeg:
    """Leg frozen from the travel table."""
    return DutyLeg(
        from_id=from_id, to_id=to_id, km_tenths=km_tenths, minutes=minutes, source="table", loaded=loaded
    )


def stand(kind: EventKind, start_min: int, end_min: int, place_id: str = "") -> DutyEvent:
    """Stretch in which the coach stands."""
    return DutyEvent(kind=kind, start_min=start_min, end_min=end_min, place_id=place_id)


def drive(leg: int, driver: int, start_min: int, end_min: int, *, empty: bool = False) -> DutyEvent:
    """Driving stretch."""
    kind = EventKind.DEADHEAD if empty else EventKind.DRIVE
    return DutyEvent(kind=kind, start_min=start_min, end_min=end_min, leg=leg, driver=driver)


def rule(key: str, value: RuleScalar, mode: str = "bus") -> RuleValue:
    """Rule in force since the first of January."""
    return RuleValue(key=key, value=value, effective_from=date(2020, 1, 1), mode=mode, source=SOURCE)


def change_frame(frame: pd.DataFrame, worker_id: str, column: str, value: object) -> pd.DataFrame:
    """Same frame with one value of one worker changed."""
    changed = frame.copy()
    if isinstance(changed[column].dtype, pd.CategoricalDtype) and value not in changed[column].cat.categories:
        changed[column] = changed[column].cat.add_categories([value])
    changed.loc[changed["worker_id"] == worker_id, column] = value
    return changed


def change_trip(plan: Plan, trip: Trip) -> Plan:
    """Same plan with the trip of that id put in place of the old one."""
    return replace(plan, trips=tuple(trip if old.id == trip.id else old for old in plan.trips))


def change_duty(plan: Plan, duty: CoachDuty) -> Plan:
    """Same plan with the duty of that id put in place of the old one."""
    return replace(plan, duties=tuple(duty if old.id == duty.id else old for old in plan.duties))


def change_terms(plan: Plan, terms: dict[str, int]) -> Plan:
    """Same plan with some cost terms changed, nothing proven (so that no gap has to be repaired)."""
    return replace(plan, costs=CostTerms(terms={**plan.costs.terms, **terms}), certificate=NOTHING_PROVEN)


def change_worker(scenario: Scenario, worker_id: str, column: str, value: object) -> Scenario:
    """Same scenario with one value of one roster row changed; dates as Timestamps."""
    return scenario.replace(workers=change_frame(scenario.workers, worker_id, column, value))


def change_site(scenario: Scenario, site: Site) -> Scenario:
    """Same scenario with the site of that id put in place of the old one."""
    geography = scenario.geography
    return scenario.replace(geography=replace(geography, sites={**geography.sites, site.id: site}))


def change_region(scenario: Scenario, region: Region) -> Scenario:
    """Same scenario with the region of that id put in place of the old one."""
    geography = scenario.geography
    return scenario.replace(geography=replace(geography, regions={**geography.regions, region.id: region}))


def change_place(scenario: Scenario, spot: Place) -> Scenario:
    """Same scenario with the place of that id put in place of the old one."""
    geography = scenario.geography
    return scenario.replace(geography=replace(geography, places={**geography.places, spot.id: spot}))


def add_rule(scenario: Scenario, value: RuleValue) -> Scenario:
    """Same scenario with one more rule value; the last one wins."""
    return scenario.replace(policy=replace(scenario.policy, values=(*scenario.policy.values, value)))


NOTHING_PROVEN = Certificate(
    bound_minor=None, gap_ratio=None, gap_without_unserved_ratio=None, method="stopped before any proof"
)

# --- what both worlds share --------------------------------------------------------------------------------------------------

REGIONS = {
    region.id: region
    for region in (
        Region(id="CH", name="Home province", level="province"),
        Region(id="CH1", name="Home prefecture", level="prefecture", parent_id="CH"),
        Region(id="CH1A", name="County A", level="county", parent_id="CH1", pickup_group="AB"),
        Region(id="CH1B", name="County B", level="county", parent_id="CH1", pickup_group="AB"),
        Region(id="CD", name="Delta province", level="province"),
        Region(id="CD1", name="Delta prefecture", level="prefecture", parent_id="CD"),
        Region(id="CD1A", name="Delta county", level="county", parent_id="CD1"),
        Region(id="CD2", name="Other delta prefecture", level="prefecture", parent_id="CD"),
        Region(id="CD2A", name="Other delta county", level="county", parent_id="CD2"),
    )
}

#: On the equator one degree of longitude is 6378.137 km x pi / 180 = 111.3195 km.
PLACES = {
    spot.id: spot
    for spot in (
        place("DEPOT", 0.0, 30.0, "CH1A", PlaceKind.DEPOT),
        place("V1", 0.0, 30.2, "CH1A", PlaceKind.VILLAGE),
        place("V2", 0.0, 30.3, "CH1B", PlaceKind.VILLAGE),
        place("STA", 0.0, 30.5, "CH1A", PlaceKind.TERMINAL),
        place("STB", 0.0, 33.3, "CD1A", PlaceKind.TERMINAL),
        place("DEPOT2", 0.0, 33.2, "CD1A", PlaceKind.DEPOT),
        place("GATE", 0.0, 33.5, "CD1A", PlaceKind.SITE),
        place("FAR", 0.0, 33.6, "CD2A", PlaceKind.SITE),
    )
}

SITE = Site(
    id="S1",
    name="Plant",
    employer="Works",
    place_id="GATE",
    opens_on=date(2020, 3, 2),
    receives_from_min=480,
    receives_until_min=1080,
    arrivals_per_day=3,
)

#: Every leg but DEPOT - V1, which is estimated.
TRAVEL_ROWS = [
    road("V1", "V2", 120, 20),
    road("V2", "V1", 120, 20),
    road("V1", "GATE", 4100, 310),
    road("V2", "GATE", 4000, 300),
    road("GATE", "DEPOT", 4300, 320),
    road("V1", "STA", 600, 70),
    road("V2", "STA", 250, 30),
    road("STA", "V2", 250, 30),
    road("STA", "DEPOT", 450, 50),
    road("DEPOT2", "STB", 100, 15),
    road("STB", "GATE", 250, 40),
    road("GATE", "DEPOT2", 220, 35),
]

POLICY = Policy(
    profile_names=("tiny",),
    values=(
        rule("load_cap_ratio", Decimal("0.5")),
        rule("count_crew_in_cap", True),
        rule("blocked_rows", 1),
        rule("max_origin_counties", 2),
        rule("registered_end_required", True),
    ),
    drivers=DriverRules(
        continuous_day_max_min=240,
        continuous_night_max_min=120,
        break_min=20,
        night_from_min=1320,
        night_until_min=360,
        rolling_24h_max_min=480,
        weekly_max_min=2640,
        halt_from_min=120,
        halt_until_min=300,
        halt_exempt_km=100,
        drivers_by_km=((400, 2),),
    ),
    entry_rules={
        "paper": EntryRule(
            name="paper", requirements=(EvidenceRequirement(kind="certificate", valid_days=3),)
        )
    },
    default_entry_rule="paper",
)

#: Twelve persons on the licence. Cap: half of 12 less two drivers = 4; seats: 12 less a rear row of 4 less two drivers = 6.
COACH = VehicleType(id="coach12", name="Small coach", approved=12, row_seats=(4, 4, 4))
TARIFF = CoachTariff(day_minor=100_000, km_minor=450, driver_day_minor=30_000)
LINE = FleetLine(
    id="FL1",
    type_id="coach12",
    depot_place_id="DEPOT",
    tariff=TARIFF,
    counts=(CountOnDates(from_date=FIRST, to_date=LAST, count=1),),
    registered_region_id="CH1",
)
RATES = Rates(
    lateness_day_minor=4_000,
    ride_h_minor=600,
    exposure_h_minor=1_200,
    allowance_day_minor=6_000,
    unserved_minor={"": 500_000},
    own_ticket=OwnTicketTariff(fixed_minor=5_000, km_minor=40),
)
LIMITS = Limits(max_pickups=2, max_drop_offs=1, max_detour_min=60, max_ride_min=360, max_trips_per_duty=2)

# --- four villages -----------------------------------------------------------------------------------------------------------


def make_four_villages() -> World:
    """One coach duty on 2 March, three riders, one own ticket, two unserved."""
    scenario = Scenario(
        name="four_villages",
        title="Four villages",
        first_date=FIRST,
        last_date=LAST,
        time_zone="Asia/Shanghai",
        currency="CNY",
        geography=Geography(places=PLACES, regions=REGIONS, sites={"S1": SITE}),
        policy=POLICY,
        rates=RATES,
        limits=LIMITS,
        workers=make_frame(
            WORKERS,
            [
                worker("W1", "V1", party_id="family"),
                worker("W2", "V1", party_id="family", birth_year=2010),
                worker("W3", "V2", preferred_date="2020-03-01"),
                worker("W4", "V2"),
                worker("W5", "V2"),
                worker("W6", "V2", modes="bus"),
            ],
        ),
        health=make_frame(HEALTH, [certificate_of(name) for name in ("W1", "W2", "W3", "W5", "W6")]),
        travel=make_frame(TRAVEL, TRAVEL_ROWS),
        vehicle_types={"coach12": COACH},
        fleet=(LINE,),
        payers=(Payer(id="county", name="Home county", group_id="county", budget_minor=1_000_000),),
        locks=(Lock(kind=LockKind.DATE, worker_id="W3", value="2020-03-02"),),
    )
    return World(scenario, _plan_four_villages())


def _plan_four_villages() -> Plan:
    # DEPOT - V1: 0.2 degrees = 22.264 km, under 50 km: x 1.40 = 31.17, 31.2 km; at 45 km/h 41.6, 42 min.
    # Pull-out 05:00 of 2 March (1740) would reach V1 at 05:42, 18 min before boarding opens: 1758, V1 at 1800 (06:00).
    # Driven so far 42; board 15 (no rest); V1 - V2 20 (62 driven); board 15; 178 more to 240 at 2028; break to 2048;
    # the last 122 of the 300 to 2170 (12:10). Alight 15. Back: 118 more to 240 at 2303; break to 2323; 202 to 2525 (18:05).
    legs = (
        DutyLeg(from_id="DEPOT", to_id="V1", km_tenths=312, minutes=42, source="estimate", loaded=False),
        table_leg("V1", "V2", 120, 20, loaded=True),
        table_leg("V2", "GATE", 4000, 300, loaded=True),
        table_leg("GATE", "DEPOT", 4300, 320, loaded=False),
    )
    # 42 + 20 + 300 + 320 = 682 driving minutes on one day: two drivers (480 each): 362 and 320.
    events = (
        drive(0, 0, 1758, 1800, empty=True),
        stand(EventKind.BOARD, 1800, 1815, "V1"),
        drive(1, 0, 1815, 1835),
        stand(EventKind.BOARD, 1835, 1850, "V2"),
        drive(2, 0, 1850, 2028),
        stand(EventKind.BREAK, 2028, 2048),
        drive(2, 0, 2048, 2170),
        stand(EventKind.ALIGHT, 2170, 2185, "GATE"),
        drive(3, 1, 2185, 2303, empty=True),
        stand(EventKind.BREAK, 2303, 2323),
        drive(3, 1, 2323, 2525, empty=True),
    )
    duty = CoachDuty(
        id="D1",
        fleet_id="FL1",
        trip_ids=("T1",),
        legs=legs,
        events=events,
        pull_out_min=1758,
        pull_in_min=2525,
        days=1,
        drivers=2,
        # one day 1,000.00; 31.2 + 12.0 + 400.0 + 430.0 = 873.2 km x 4.50 = 3,929.40; two drivers 600.00
        costs={"vehicle_days": 100_000, "km": 392_940, "driver_days": 60_000},
    )
    trip = Trip(
        id="T1",
        mode=Mode.BUS,
        role=Role.DIRECT,
        batch_ids=("A", "B"),
        service_date_min=1440,
        stops=(
            TripStop(place_id="V1", arrive_min=1800, depart_min=1815, board=2, alight=0),
            TripStop(place_id="V2", arrive_min=1835, depart_min=1850, board=1, alight=0),
            TripStop(place_id="GATE", arrive_min=2170, depart_min=2185, board=0, alight=3, site_ids=("S1",)),
        ),
        load=3,
        capacity=4,
        duty_id="D1",
        km_tenths=4120,
    )
    ridden = {"service_date": "2020-03-02", "mode": "bus", "arrive_min": 2170}
    return Plan(
        scenario_name="four_villages",
        scenario_hash="",
        seed=1,
        effort="quick",
        version="0",
        trips=(trip,),
        duties=(duty,),
        service_runs=(),
        batches=(
            Batch(
                id="A",
                origin_region_id="CH1A",
                destination_area="CD1",
                mode=Mode.BUS,
                service_date_min=1440,
                workers=2,
                trip_ids=("T1",),
            ),
            Batch(
                id="B",
                origin_region_id="CH1B",
                destination_area="CD1",
                mode=Mode.BUS,
                service_date_min=1440,
                workers=1,
                trip_ids=("T1",),
            ),
        ),
        outcomes=make_frame(
            OUTCOMES,
            [
                outcome("W1", "itinerary", party_key="family", batch_id="A", **ridden),
                outcome("W2", "itinerary", party_key="family", batch_id="A", **ridden),
                outcome("W3", "itinerary", batch_id="B", lateness_days=1, **ridden),
                outcome("W4", "unserved", reason="not_cleared"),
                outcome("W5", "own_ticket"),
                outcome("W6", "unserved", reason="no_supply"),
            ],
        ),
        rides=make_frame(
            RIDES,
            [
                ride("W1", 1, "T1", 0, 2, "1A"),
                ride("W2", 1, "T1", 0, 2, "1B"),
                ride("W3", 1, "T1", 1, 2, "1C"),
            ],
        ),
        costs=CostTerms(
            terms={
                "vehicle_days": 100_000,
                "km": 392_940,
                "driver_days": 60_000,
                "own_tickets": 21_000,  # W5: 50.00 + 400.0 km x 0.40
                "allowances": 18_000,  # three people, one date
                "lateness": 4_000,  # W3 one day
                "ride_time": 10_300,  # 355 + 355 + 320 min at 6.00 an hour
                "exposure": 12_800,  # two pairs (W1, W2 with W3) x 320 min at 12.00 an hour
                "unserved": 500_000,  # W6; W4 cannot be helped
            }
        ),  # 1,119,040 in all, 619,040 without the unserved penalty
        certificate=Certificate(
            bound_minor=559_520,
            gap_ratio=0.5,  # (1,119,040 - 559,520) / 1,119,040
            gap_without_unserved_ratio=0.09615,  # (619,040 - 559,520) / 619,040 = 59,520 / 619,040
            method="by hand",
        ),
        unserved_penalty_minor={"": 500_000},
    )


# --- night train -------------------------------------------------------------------------------------------------------------

TRAIN = Service(
    id="K1",
    name="K1",
    mode=Mode.TRAIN,
    kind=ServiceKind.CHARTERED,
    status=ServiceStatus.CONFIRMED,
    committed=True,
    stops=(
        ServiceStop(place_id="STA", arrive_min=2640, depart_min=2640, boards=True, alights=False),
        ServiceStop(place_id="STB", arrive_min=3360, depart_min=3360, boards=False, alights=True),
    ),
    carriage_seats=10,
    max_carriages=2,
    isolation_seats=1,
    min_load=3,
    fixed_minor=200_000,
    carriage_minor=50_000,
    seat_minor=1_000,
)


def make_night_train() -> World:
    """Train on 2 March 20:00 to 3 March 08:00; one feeder coach twice to the station, one last-mile coach."""
    scenario = Scenario(
        name="night_train",
        title="Night train",
        first_date=FIRST,
        last_date=LAST,
        time_zone="Asia/Shanghai",
        currency="CNY",
        geography=Geography(places=PLACES, regions=REGIONS, sites={"S1": SITE}),
        policy=POLICY,
        rates=replace(RATES, exposure_h_minor=0, own_ticket=None),
        limits=LIMITS,
        workers=make_frame(
            WORKERS,
            [worker("N1", "V1", party_id="pair"), worker("N2", "V1", party_id="pair"), worker("N3", "V2")],
        ),
        health=make_frame(HEALTH, [certificate_of(name) for name in ("N1", "N2", "N3")]),
        travel=make_frame(TRAVEL, TRAVEL_ROWS),
        vehicle_types={"coach12": COACH},
        fleet=(LINE, replace(LINE, id="FL2", depot_place_id="DEPOT2", registered_region_id="CD1A")),
        terminals={
            name: Terminal(
                place_id=name, modes=frozenset({Mode.TRAIN}), buffer_min=60, bays=1, trains_per_day=1
            )
            for name in ("STA", "STB")
        },
        services=(TRAIN,),
    )
    return World(scenario, _plan_night_train())


def make_fetched_train() -> World:
    """The night train, but the receiving side fetches people at STB with its own coaches."""
    # Gate arrival: 3360 + buffer 60 + 40 min road = 3460 (09:40). Aboard: 70 + 720 = 790 min twice, 30 + 720 = 750 once:
    # 7,900 + 7,900 + 7,500. The cost of the last-mile coach is gone.
    world = make_night_train()
    plan = world.plan
    terms = {"vehicle_days": 100_000, "km": 83_790, "driver_days": 30_000, "ride_time": 23_300}
    return World(
        world.scenario.replace(
            geography=replace(
                world.scenario.geography, sites={"S1": replace(SITE, last_mile_by_receiver=True)}
            )
        ),
        replace(
            plan,
            trips=plan.trips[:3],
            duties=plan.duties[:1],
            rides=plan.rides[plan.rides["leg"] < 3].reset_index(drop=True),
            outcomes=plan.outcomes.assign(arrive_min=3460),
            costs=CostTerms(terms={**plan.costs.terms, **terms}),
        ),
    )


def _plan_night_train() -> Plan:
    ridden = {"service_date": "2020-03-02", "mode": "train", "arrive_min": 3475}
    return Plan(
        scenario_name="night_train",
        scenario_hash="",
        seed=1,
        effort="quick",
        version="0",
        trips=_night_train_trips(),
        duties=(_feeder_duty(), _last_mile_duty()),
        service_runs=(
            ServiceRun(
                service_id="K1",
                trip_id="R1",
                carriages=1,
                load=3,
                costs={"service_fixed": 200_000, "carriages": 50_000, "seats": 3_000},
            ),
        ),
        batches=(
            Batch(
                id="A",
                origin_region_id="CH1A",
                destination_area="CD1",
                mode=Mode.TRAIN,
                service_date_min=1440,
                workers=2,
                trip_ids=("R1",),
            ),
            Batch(
                id="B",
                origin_region_id="CH1B",
                destination_area="CD1",
                mode=Mode.TRAIN,
                service_date_min=1440,
                workers=1,
                trip_ids=("R1",),
            ),
        ),
        outcomes=make_frame(
            OUTCOMES,
            [
                outcome("N1", "itinerary", party_key="pair", batch_id="A", **ridden),
                outcome("N2", "itinerary", party_key="pair", batch_id="A", **ridden),
                outcome("N3", "itinerary", batch_id="B", **ridden),
            ],
        ),
        rides=make_frame(
            RIDES,
            [
                row
                for name, feeder, seat in (("N1", "F1", "1A"), ("N2", "F1", "1B"), ("N3", "F2", "1C"))
                for row in (
                    ride(name, 1, feeder, 0, 1, seat),
                    ride(name, 2, "R1", 0, 1, seat, carriage=1),
                    ride(name, 3, "L1", 0, 1, seat),
                )
            ],
        ),
        costs=CostTerms(
            terms={
                "vehicle_days": 200_000,
                "km": 109_440,  # 83,790 + 25,650
                "driver_days": 60_000,
                "service_fixed": 200_000,
                "carriages": 50_000,
                "seats": 3_000,
                "allowances": 36_000,  # three people, 2 and 3 March
                # N1, N2: 70 + 720 + 40 = 830 min, 8,300 each; N3: 30 + 720 + 40 = 790 min, 7,900
                "ride_time": 24_500,
            }
        ),
        certificate=NOTHING_PROVEN,
        unserved_penalty_minor={"": 500_000},
    )


def _night_train_trips() -> tuple[Trip, ...]:
    coach = {"mode": Mode.BUS, "service_date_min": 1440, "capacity": 5}  # half of 12 less one driver
    return (
        Trip(
            id="F1", role=Role.FEEDER, batch_ids=("A",), load=2, duty_id="DF", km_tenths=600,
            stops=(
                TripStop(place_id="V1", arrive_min=2322, depart_min=2337, board=2, alight=0),
                TripStop(place_id="STA", arrive_min=2407, depart_min=2422, board=0, alight=2),
            ), **coach,
        ),
        Trip(
            id="F2", role=Role.FEEDER, batch_ids=("B",), load=1, duty_id="DF", km_tenths=250,
            stops=(
                TripStop(place_id="V2", arrive_min=2460, depart_min=2475, board=1, alight=0),
                TripStop(place_id="STA", arrive_min=2505, depart_min=2520, board=0, alight=1),
            ), **coach,
        ),
        Trip(
            id="R1", mode=Mode.TRAIN, role=Role.LINE_HAUL, batch_ids=("A", "B"), service_date_min=1440, load=3,
            capacity=9, service_id="K1", carriages=1,
            stops=(
                TripStop(place_id="STA", arrive_min=2640, depart_min=2640, board=3, alight=0),
                TripStop(place_id="STB", arrive_min=3360, depart_min=3360, board=0, alight=3),
            ),
        ),
        Trip(
            id="L1", role=Role.LAST_MILE, batch_ids=("A", "B"), load=3, duty_id="DL", km_tenths=250,
            stops=(
                TripStop(place_id="STB", arrive_min=3420, depart_min=3435, board=3, alight=0),
                TripStop(place_id="GATE", arrive_min=3475, depart_min=3490, board=0, alight=3, site_ids=("S1",)),
            ), **(coach | {"service_date_min": 2880}),
        ),
    )  # fmt: skip


def _feeder_duty() -> CoachDuty:
    # Out 2280 (14:00), 42 min to V1 2322, board to 2337, 70 min to STA 2407, alight to 2422, 30 min empty to V2 2452,
    # wait until 2460 (17:00), board to 2475, 30 min to STA 2505, alight to 2520, 50 min home 2570 (18:50).
    # 31.2 + 60.0 + 25.0 + 25.0 + 45.0 = 186.2 km x 4.50 = 837.90; driven 222 min by one driver.
    return CoachDuty(
        id="DF",
        fleet_id="FL1",
        trip_ids=("F1", "F2"),
        legs=(
            DutyLeg(from_id="DEPOT", to_id="V1", km_tenths=312, minutes=42, source="estimate", loaded=False),
            table_leg("V1", "STA", 600, 70, loaded=True),
            table_leg("STA", "V2", 250, 30, loaded=False),
            table_leg("V2", "STA", 250, 30, loaded=True),
            table_leg("STA", "DEPOT", 450, 50, loaded=False),
        ),
        events=(
            drive(0, 0, 2280, 2322, empty=True),
            stand(EventKind.BOARD, 2322, 2337, "V1"),
            drive(1, 0, 2337, 2407),
            stand(EventKind.ALIGHT, 2407, 2422, "STA"),
            drive(2, 0, 2422, 2452, empty=True),
            stand(EventKind.WAIT, 2452, 2460, "V2"),
            stand(EventKind.BOARD, 2460, 2475, "V2"),
            drive(3, 0, 2475, 2505),
            stand(EventKind.ALIGHT, 2505, 2520, "STA"),
            drive(4, 0, 2520, 2570, empty=True),
        ),
        pull_out_min=2280,
        pull_in_min=2570,
        days=1,
        drivers=1,
        costs={"vehicle_days": 100_000, "km": 83_790, "driver_days": 30_000},
    )


def _last_mile_duty() -> CoachDuty:
    # Service arrives 3360 (08:00 of 3 March); board at 3420. Out 3400, 15 min to STB 3415, wait, board 3420 to 3435,
    # 40 min to the gate 3475 (09:55), alight to 3490, 35 min home 3525. 10.0 + 25.0 + 22.0 = 57.0 km x 4.50 = 256.50.
    return CoachDuty(
        id="DL",
        fleet_id="FL2",
        trip_ids=("L1",),
        legs=(
            table_leg("DEPOT2", "STB", 100, 15, loaded=False),
            table_leg("STB", "GATE", 250, 40, loaded=True),
            table_leg("GATE", "DEPOT2", 220, 35, loaded=False),
        ),
        events=(
            drive(0, 0, 3400, 3415, empty=True),
            stand(EventKind.WAIT, 3415, 3420, "STB"),
            stand(EventKind.BOARD, 3420, 3435, "STB"),
            drive(1, 0, 3435, 3475),
            stand(EventKind.ALIGHT, 3475, 3490, "GATE"),
            drive(2, 0, 3490, 3525, empty=True),
        ),
        pull_out_min=3400,
        pull_in_min=3525,
        days=1,
        drivers=1,
        costs={"vehicle_days": 100_000, "km": 25_650, "driver_days": 30_000},
    )
