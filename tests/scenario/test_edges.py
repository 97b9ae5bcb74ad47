"""What is rare and must not surprise: one worker or none, leap day, midnight, closed gates, empty fleets, contradictory wishes."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from small_world import FIRST, GATE, TYPES, VAN, make_small_world, plan_small, with_site, worker

from dispatch.checker import check_plan
from dispatch.files.runs import hash_plan
from dispatch.model.contracts import WORKERS, make_frame
from dispatch.model.plan import Plan, Reason
from dispatch.model.policy import EntryRule, EvidenceRequirement, Policy
from dispatch.model.scenario import Lock, LockKind, Payer, Scenario
from dispatch.model.supply import (
    CoachTariff,
    CountOnDates,
    Mode,
    Service,
    ServiceKind,
    ServiceStatus,
    ServiceStop,
    Terminal,
)
from dispatch.planning.proposals import extend_scenario


def plan_lawfully(scenario: Scenario) -> Plan:
    """Plan that the checker accepts and that forgets nobody."""
    plan = plan_small(scenario)
    assert [str(finding) for finding in check_plan(scenario, plan)] == []
    assert sorted(plan.outcomes["worker_id"]) == sorted(scenario.workers["worker_id"])
    return plan


def get_reasons(plan: Plan) -> dict[str, str]:
    """Reason of everyone unserved; each has words and a next step."""
    unserved = plan.outcomes[plan.outcomes["status"] == "unserved"]
    assert (unserved[["detail", "next_step"]] != "").all(axis=None)
    return dict(zip(unserved["worker_id"], unserved["reason"], strict=True))


def get_trip(plan: Plan) -> dict[str, str]:
    """Line-haul trip of everyone with an itinerary of one ride."""
    return dict(zip(plan.rides["worker_id"], plan.rides["trip_id"], strict=True))


# --- who ---------------------------------------------------------------------------------------------------------------------


def test_an_empty_roster_gives_an_empty_plan_that_costs_nothing() -> None:
    plan = plan_lawfully(make_small_world([]))
    assert (len(plan.trips), len(plan.outcomes), plan.costs.total_minor) == (0, 0, 0)
    assert (plan.certificate.bound_minor, plan.certificate.gap_ratio) == (0, 0.0)


def test_one_worker_rides_alone_and_the_plan_is_proven_optimal() -> None:
    # v1 is the depot: 100 + 720 km x 1.00 + 50 = 870.00, less than the 5,000 of leaving them
    plan = plan_lawfully(make_small_world([worker("A")]))
    assert plan.costs.total_minor == 87_000
    assert plan.certificate.bound_minor == 87_000
    assert list(plan.outcomes["arrive_min"]) == [6 * 60 + 15 + 360]


def test_two_people_of_one_name_are_two_people() -> None:
    rows = [worker("A", name="Li Wei"), worker("B", name="Li Wei")]
    plan = plan_lawfully(make_small_world(rows))
    assert Counter(plan.outcomes["status"]) == {"itinerary": 2}
    assert plan.rides["seat"].nunique() == 2


def test_a_name_that_is_a_template_a_script_and_a_formula_is_only_a_name() -> None:
    name = "{{7*7}}<script>=cmd()"
    scenario = make_small_world([worker("A", name=name), worker("=B", name=name)])
    assert Counter(plan_lawfully(scenario).outcomes["status"]) == {"itinerary": 2}


def test_nobody_cleared_means_nobody_travels_and_nothing_is_paid() -> None:
    rule = EntryRule(name="paper", requirements=(EvidenceRequirement(kind="certificate"),))
    policy = Policy(profile_names=("none",), entry_rules={"paper": rule}, default_entry_rule="paper")
    plan = plan_lawfully(make_small_world([worker("A"), worker("B")], policy=policy))
    assert get_reasons(plan) == {"A": Reason.NOT_CLEARED, "B": Reason.NOT_CLEARED}
    assert plan.costs.total_minor == 0


def test_a_party_larger_than_any_vehicle_stays_and_the_reason_says_so() -> None:
    # the van takes five passengers and its driver
    rows = [worker(f"A{i}", party_id="A") for i in range(6)] + [worker("B")]
    plan = plan_lawfully(make_small_world(rows))
    assert get_reasons(plan) == {f"A{i}": Reason.PARTY_TOO_LARGE for i in range(6)}
    # 870.00 for the one who travels; the large party is outside cost and bound
    assert plan.costs.total_minor == 87_000


# --- when --------------------------------------------------------------------------------------------------------------------


def test_leap_day_is_a_day_like_any_other() -> None:
    leap = date(2020, 2, 29)
    row = worker("A", earliest_date=leap, preferred_date=leap, latest_date=leap, required_on_post_date=leap)
    scenario = make_small_world([row], first_date=date(2020, 2, 28), last_date=date(2020, 3, 1))
    plan = plan_lawfully(with_site(scenario, replace(GATE, opens_on=leap)))
    # one day after the horizon's first: 1,440 + 12:15
    assert list(plan.outcomes["arrive_min"]) == [1440 + 735]
    assert [day.date() for day in plan.outcomes["service_date"]] == [leap]


def test_a_coach_that_arrives_after_midnight_arrives_on_the_next_date() -> None:
    # boarding from 20:00: 20:15 + 6 h = 02:15 on 3 March
    scenario = make_small_world([worker("A")])
    late = replace(scenario.geography.places["v1"], boards_from_min=1200, boards_until_min=1260)
    geography = replace(scenario.geography, places={**scenario.geography.places, "v1": late})
    plan = plan_lawfully(scenario.replace(geography=geography))
    assert list(plan.outcomes["arrive_min"]) == [1440 + 135]
    assert [day.date() for day in plan.outcomes["service_date"]] == [FIRST]


def test_a_worker_required_on_post_before_that_arrival_is_not_put_on_that_coach() -> None:
    scenario = make_small_world([worker("A", required_on_post_date=FIRST)])
    late = replace(scenario.geography.places["v1"], boards_from_min=1200, boards_until_min=1260)
    geography = replace(scenario.geography, places={**scenario.geography.places, "v1": late})
    plan = plan_lawfully(scenario.replace(geography=geography))
    assert get_reasons(plan) == {"A": Reason.NO_LAWFUL_TRIP}


# --- the gate ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closed", [{"accepted": False}, {"opens_on": FIRST + timedelta(days=60)}])
def test_a_closed_employer_is_the_reason_with_a_next_step(closed: dict[str, object]) -> None:
    scenario = with_site(make_small_world([worker("A")]), replace(GATE, **closed))  # type: ignore[arg-type]
    plan = plan_lawfully(scenario)
    assert get_reasons(plan) == {"A": Reason.SITE_CLOSED}
    assert plan.costs.total_minor == 0


def test_a_gate_that_takes_two_a_day_takes_two_a_day() -> None:
    # four people, one date, two arrivals a day: two travel, two stay because the gate is full
    scenario = with_site(make_small_world([worker(w) for w in "ABCD"]), replace(GATE, arrivals_per_day=2))
    plan = plan_lawfully(scenario)
    assert Counter(plan.outcomes["status"]) == {"itinerary": 2, "unserved": 2}
    assert set(get_reasons(plan).values()) == {Reason.SITE_FULL}


def test_with_a_second_date_the_rest_arrive_a_day_later() -> None:
    rows = [worker(w, latest_date=FIRST + timedelta(days=1)) for w in "ABCD"]
    plan = plan_lawfully(with_site(make_small_world(rows), replace(GATE, arrivals_per_day=2)))
    assert Counter(plan.outcomes["service_date"].dt.date) == {FIRST: 2, FIRST + timedelta(days=1): 2}


# --- supply and money --------------------------------------------------------------------------------------------------------


def test_without_any_fleet_or_service_everybody_stays() -> None:
    plan = plan_lawfully(make_small_world([worker("A"), worker("B")], fleet=()))
    assert set(get_reasons(plan)) == {"A", "B"}
    assert len(plan.trips) == 0


def test_a_fleet_of_no_coaches_is_no_supply() -> None:
    none = replace(VAN, counts=(CountOnDates(from_date=FIRST, to_date=FIRST, count=0),))
    plan = plan_lawfully(make_small_world([worker("A")], fleet=(none,)))
    assert get_reasons(plan) == {"A": Reason.NO_SUPPLY}
    assert plan.costs.terms["unserved"] == 500_000


def test_one_coach_for_two_parties_of_four_serves_one_of_them() -> None:
    one = replace(VAN, counts=(CountOnDates(from_date=FIRST, to_date=FIRST + timedelta(days=9), count=1),))
    rows = [worker(f"{p}{i}", party_id=p) for p in "AB" for i in range(4)]
    plan = plan_lawfully(make_small_world(rows, fleet=(one,)))
    assert Counter(plan.outcomes["status"]) == {"itinerary": 4, "unserved": 4}
    assert set(get_reasons(plan).values()) == {Reason.NO_SUPPLY}
    # 870.00 for the coach and 4 x 5,000.00
    assert plan.costs.total_minor == 87_000 + 4 * 500_000
    assert plan.certificate.bound_minor is not None


def test_a_budget_too_small_is_the_reason() -> None:
    # the run costs 870.00; the county has 800.00
    payer = Payer(id="county", name="County", group_id="county", budget_minor=80_000)
    plan = plan_lawfully(make_small_world([worker("A", payer_id="county")], payers=(payer,)))
    assert get_reasons(plan) == {"A": Reason.BUDGET}


def test_a_budget_that_just_suffices_is_spent() -> None:
    payer = Payer(id="county", name="County", group_id="county", budget_minor=87_000)
    plan = plan_lawfully(make_small_world([worker("A", payer_id="county")], payers=(payer,)))
    assert plan.costs.cash_minor == 87_000


def make_train(status: ServiceStatus) -> Service:
    """Train from v1 at 09:00 to the gate at 14:00, ten seats at 10.00."""
    return Service(
        id="train", name="train", mode=Mode.TRAIN, kind=ServiceKind.SEATS, status=status, committed=False,
        stops=(
            ServiceStop(place_id="v1", arrive_min=540, depart_min=540, boards=True, alights=False),
            ServiceStop(place_id="gate", arrive_min=840, depart_min=840, boards=False, alights=True),
        ),
        carriage_seats=10, seat_minor=1_000,
    )  # fmt: skip


TERMINALS = {name: Terminal(place_id=name, modes=frozenset({Mode.TRAIN})) for name in ("v1", "gate")}


def test_a_train_that_is_cheaper_than_a_coach_is_taken() -> None:
    scenario = make_small_world(
        [worker("A")], services=(make_train(ServiceStatus.CONFIRMED),), terminals=TERMINALS
    )
    plan = plan_lawfully(scenario)
    assert (list(plan.outcomes["mode"]), plan.costs.total_minor) == (["train"], 1_000)


def test_a_refused_train_does_not_run_and_the_coach_goes() -> None:
    scenario = make_small_world(
        [worker("A")], services=(make_train(ServiceStatus.REFUSED),), terminals=TERMINALS
    )
    plan = plan_lawfully(scenario)
    assert (list(plan.outcomes["mode"]), len(plan.service_runs)) == (["bus"], 0)


def test_with_every_service_refused_and_no_coach_nobody_travels() -> None:
    scenario = make_small_world(
        [worker("A")], services=(make_train(ServiceStatus.REFUSED),), terminals=TERMINALS, fleet=()
    )
    assert set(get_reasons(plan_lawfully(scenario))) == {"A"}


def test_two_coaches_do_not_stand_at_the_one_bay_of_a_gate_that_is_a_station() -> None:
    # both vans would reach the gate at 12:15 and stand there for 15 minutes: one slot, one bay
    bay = Terminal(place_id="gate", modes=frozenset({Mode.TRAIN}), bays=1, slot_min=30)
    rows = [worker(f"{p}{i}", party_id=p) for p in "AB" for i in range(4)]
    plan_lawfully(make_small_world(rows, terminals={"gate": bay}))


# --- wishes ------------------------------------------------------------------------------------------------------------------


def test_people_bound_together_share_a_coach_although_two_would_do() -> None:
    # parties of 3, 3, 2 and 2 fill two vans of five as 3 + 2 and 3 + 2; the two threes together need six seats: the minibus
    rows = [
        worker(f"{p}{i}", party_id=p) for p, n in (("A", 3), ("B", 3), ("C", 2), ("D", 2)) for i in range(n)
    ]
    minibus = replace(VAN, id="minibus", type_id="minibus")
    lock = Lock(kind=LockKind.TOGETHER, worker_id="A0", value="B0")
    plan = plan_lawfully(make_small_world(rows, fleet=(VAN, minibus), vehicle_types=TYPES, locks=(lock,)))
    trip = get_trip(plan)
    assert trip["A0"] == trip["B0"]
    assert Counter(plan.outcomes["status"]) == {"itinerary": 10}


def test_people_bound_apart_take_two_coaches_although_one_has_room() -> None:
    lock = Lock(kind=LockKind.APART, worker_id="A", value="B")
    plan = plan_lawfully(make_small_world([worker("A"), worker("B")], locks=(lock,)))
    trip = get_trip(plan)
    assert trip["A"] != trip["B"]
    assert plan.costs.total_minor == 2 * 87_000


def test_a_party_bound_apart_from_itself_stays_because_of_the_lock() -> None:
    rows = [worker("A", party_id="P"), worker("B", party_id="P"), worker("C")]
    lock = Lock(kind=LockKind.APART, worker_id="A", value="B")
    plan = plan_lawfully(make_small_world(rows, locks=(lock,)))
    assert get_reasons(plan) == {"A": Reason.LOCK, "B": Reason.LOCK}


def test_a_date_lock_outside_the_window_is_the_reason() -> None:
    lock = Lock(kind=LockKind.DATE, worker_id="A", value=str(FIRST + timedelta(days=1)))
    plan = plan_lawfully(make_small_world([worker("A"), worker("B")], locks=(lock,)))
    assert get_reasons(plan) == {"A": Reason.LOCK}


def test_two_members_who_lock_one_party_to_two_dates_keep_it_at_home() -> None:
    rows = [worker(w, party_id="P", latest_date=FIRST + timedelta(days=1)) for w in "AB"]
    locks = tuple(
        Lock(kind=LockKind.DATE, worker_id=w, value=str(FIRST + timedelta(days=i)))
        for i, w in enumerate("AB")
    )
    plan = plan_lawfully(make_small_world(rows, locks=locks))
    assert get_reasons(plan) == {"A": Reason.LOCK, "B": Reason.LOCK}


def test_who_must_ride_with_somebody_who_may_not_travel_stays_too() -> None:
    # B seeks work; A is to ride with B or not at all
    lock = Lock(kind=LockKind.TOGETHER, worker_id="A", value="B")
    plan = plan_lawfully(make_small_world([worker("A"), worker("B", site_id="")], locks=(lock,)))
    assert get_reasons(plan) == {"A": Reason.LOCK, "B": Reason.SEEKING}


def test_a_lock_of_a_member_left_behind_still_binds_the_party() -> None:
    # B seeks work and stays; A of the same party is bound to the train by B's lock
    rows = [worker("A", party_id="P"), worker("B", party_id="P", site_id="")]
    dear = replace(make_train(ServiceStatus.CONFIRMED), seat_minor=300_000)
    lock = Lock(kind=LockKind.SERVICE, worker_id="B", value="train")
    plan = plan_lawfully(make_small_world(rows, services=(dear,), terminals=TERMINALS, locks=(lock,)))
    assert dict(zip(plan.outcomes["worker_id"], plan.outcomes["mode"], strict=True))["A"] == "train"


# --- services nobody has offered -------------------------------------------------------------------------------------------


def test_proposed_services_make_a_lawful_plan_without_any_service_in_the_scenario() -> None:
    # Mian county and Nanjing: both have stations in the table of terminals; 320 people in parties of four are above the least load of 300
    rows = [worker(f"W{i}", party_id=f"P{i // 4}") for i in range(320)]
    scenario = make_small_world(rows, propose_modes=("train", "charter"))
    places = dict(scenario.geography.places)
    places["v1"] = replace(places["v1"], lat=33.15, lon=106.67)
    places["v2"] = replace(places["v2"], lat=33.20, lon=106.80)
    places["gate"] = replace(places["gate"], lat=32.00, lon=118.80)
    scenario = with_site(
        scenario.replace(geography=replace(scenario.geography, places=places)),
        replace(GATE, last_mile_by_receiver=True),
    )
    scenario = scenario.replace(
        travel=scenario.travel.iloc[:0],
        # 1,400 km there and back at 10.00 a km with eleven aboard: above 1,000 a head, dearer than any train
        fleet=(
            replace(
                VAN, id="minibus", type_id="minibus", tariff=CoachTariff(day_minor=10_000, km_minor=1_000)
            ),
        ),
    )
    scenario = extend_scenario(scenario)
    plan = plan_small(scenario)
    assert check_plan(scenario, plan) == ()
    assert sorted(plan.outcomes["worker_id"]) == sorted(scenario.workers["worker_id"])
    used = {run.service_id for run in plan.service_runs}
    assert used
    assert used <= {service.id for service in plan.proposed_services}
    assert "unserved" not in set(plan.outcomes["status"])


# --- the same plan on any number of processes ------------------------------------------------------------------------------


def make_busy_world() -> Scenario:
    """Twelve parties, two lines with few coaches, a train: enough for several searches to differ if they could."""
    rows = [
        worker(
            f"{p}{i}",
            home="v1" if p % 3 else "v2",
            party_id=str(p),
            latest_date=FIRST + timedelta(days=p % 2),
        )
        for p in range(12)
        for i in range(1 + p % 4)
    ]
    few = CountOnDates(from_date=FIRST, to_date=FIRST + timedelta(days=9), count=2)
    lines = (replace(VAN, counts=(few,)), replace(VAN, id="minibus", type_id="minibus", counts=(few,)))
    train = replace(make_train(ServiceStatus.CONFIRMED), seat_minor=20_000)
    return make_small_world(rows, fleet=lines, services=(train,), terminals=TERMINALS)


def test_the_plan_is_the_same_in_this_process_and_in_one_or_two_others() -> None:
    scenario = make_busy_world()
    here = hash_plan(plan_small(scenario, "standard"))
    for processes in (1, 2):
        with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
            assert hash_plan(plan_small(scenario, "standard", executor=pool)) == here


def test_the_order_of_the_roster_changes_neither_cost_nor_bound() -> None:
    scenario = make_busy_world()
    rows = scenario.workers.iloc[::-1].to_dict("records")
    turned = scenario.replace(workers=make_frame(WORKERS, rows))  # type: ignore[arg-type]
    one, two = plan_small(scenario), plan_small(turned)
    assert one.costs.total_minor == two.costs.total_minor
    assert one.certificate.bound_minor == two.certificate.bound_minor


# --- the certificate -----------------------------------------------------------------------------------------------------------


def test_a_bound_raised_above_the_cost_is_caught() -> None:
    scenario = make_busy_world()
    plan = plan_lawfully(scenario)
    cost = plan.costs.total_minor
    for raised in (cost + 1, 2 * cost):
        gap = (cost - raised) / cost
        forged = replace(plan.certificate, bound_minor=raised, gap_ratio=gap)
        findings = check_plan(scenario, replace(plan, certificate=forged))
        assert {finding.code for finding in findings} == {"P4"}


def test_a_gap_that_is_one_percent_off_is_caught() -> None:
    scenario = make_busy_world()
    plan = plan_lawfully(scenario)
    forged = replace(plan.certificate, gap_ratio=(plan.certificate.gap_ratio or 0.0) + 0.01)
    findings = check_plan(scenario, replace(plan, certificate=forged))
    assert {finding.code for finding in findings} == {"P4"}
