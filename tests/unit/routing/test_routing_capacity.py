"""Effective capacity and the rule that sets it."""

from datetime import date
from decimal import Decimal

import pytest
from routing_world import COACH_53

from dispatch.model.geography import Tier
from dispatch.model.policy import Policy, RuleValue
from dispatch.model.supply import Mode, Service, ServiceKind, ServiceStatus
from dispatch.routing.capacity import carriage_capacity, coach_capacity

DAY = date(2020, 2, 20)
CAP = RuleValue(
    key="load_cap_ratio", value=Decimal("0.5"), effective_from=date(2020, 2, 11), scope="intercity", source="notice 56",
    confidence="A",
)  # fmt: skip
CREW_COUNTS = RuleValue(key="count_crew_in_cap", value=True, effective_from=date(2020, 1, 1))
TWO_ROWS = RuleValue(
    key="blocked_rows", value=2, effective_from=date(2020, 2, 7), mode="bus", source="notice of 7 Feb"
)
ISOLATION = RuleValue(key="isolation_seats", value=4, effective_from=date(2020, 2, 1), mode="train")


def coach(*rules, day=DAY, tier=Tier.LOW, intercity=True, drivers=2, escorts=0):
    policy = Policy(profile_names=("test",), values=rules)
    return coach_capacity(
        COACH_53, policy, service_date=day, tier=tier, intercity=intercity, drivers=drivers, escorts=escorts
    )


def train(policy, *, kind=ServiceKind.CHARTERED, isolation_seats=None):
    service = Service(
        id="k", name="K", mode=Mode.TRAIN, kind=kind, status=ServiceStatus.CONFIRMED, committed=False, stops=(),
        carriage_seats=118, isolation_seats=isolation_seats,
    )  # fmt: skip
    return carriage_capacity(service, policy, Tier.LOW, DAY)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ((CAP, CREW_COUNTS), 24),  # floor(26.5) - 2
        ((CAP,), 26),  # floor(26.5)
        ((TWO_ROWS,), 42),  # 53 - (4 + 5) - 2
        ((CAP, CREW_COUNTS, TWO_ROWS), 24),  # min(24, 42)
        ((), 51),  # 53 - 2
    ],
)
def test_a_53_seat_coach_with_two_drivers(rules, expected):
    assert coach(*rules)[0] == expected


def test_the_words_name_the_rule_its_date_and_its_source():
    words = coach(CAP, CREW_COUNTS)[1]
    assert "50 %" in words
    assert "2020-02-11" in words
    assert "notice 56" in words


def test_the_cap_begins_on_its_date_and_spares_trips_within_a_prefecture():
    assert coach(CAP, day=date(2020, 2, 10))[0] == 51
    assert coach(CAP, intercity=False)[0] == 51


def test_escorts_take_seats_but_do_not_count_in_the_cap():
    assert coach(escorts=1)[0] == 50
    assert coach(CAP, CREW_COUNTS, escorts=1)[0] == 24


def test_a_carriage_at_half_load_takes_59_and_without_a_cap_114():
    # floor(118 x 0.5) = 59 < 118 - 4; without a cap 118 - 4 = 114
    assert train(Policy(profile_names=(), values=(CAP, ISOLATION)))[0] == 59
    assert train(Policy(profile_names=(), values=(ISOLATION,)))[0] == 114


def test_a_services_own_isolation_seats_win_and_scheduled_seats_know_neither_rule():
    policy = Policy(profile_names=(), values=(CAP, ISOLATION))
    assert train(Policy(profile_names=(), values=(ISOLATION,)), isolation_seats=10)[0] == 108
    assert train(policy, kind=ServiceKind.SEATS) == (118, "seats on sale: 118")
