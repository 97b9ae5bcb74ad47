"""Rule profiles: dated values with sources; expected numbers are those of the sources named in each test."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dispatch.files.codes import CODES
from dispatch.files.profiles import (
    list_profiles,
    parse_profile,
    read_policy,
    read_profile,
)
from dispatch.model.geography import Tier
from dispatch.model.policy import DriverRules, Policy
from dispatch.model.supply import Mode


def policy_of(*names: str, day: date = date(2020, 2, 20), **overrides: object) -> Policy:
    policy, findings = read_policy(
        names, {key.replace("__", "."): v for key, v in overrides.items()}, day, day
    )
    assert findings == ()
    return policy


def test_the_shipped_profiles_are_the_six_of_the_issue() -> None:
    assert list_profiles() == (
        "cn-2020-covid",
        "cn-normal",
        "eu-561",
        "none",
        "relief-generic",
        "us-motorcoach",
    )


@pytest.mark.parametrize("name", list_profiles())
def test_every_value_has_a_source_a_confidence_and_dates_in_order(name: str) -> None:
    profile = read_profile(name)
    assert profile.name == name
    for value in profile.values:
        assert value.source
        assert value.confidence in {"A", "B", "C", "D"}
        assert isinstance(value.effective_from, date)
        assert value.effective_to is None or value.effective_to >= value.effective_from
    for rule in profile.entry_rules:
        assert rule.source
        assert rule.confidence in {"A", "B", "C", "D"}


@pytest.mark.parametrize("name", list_profiles())
def test_every_profile_makes_a_policy_without_findings(name: str) -> None:
    assert policy_of(name).profile_names == (name,)


def test_the_coach_cap_began_on_11_february_and_was_lifted_for_low_risk_on_28_february() -> None:
    policy = policy_of("cn-2020-covid")

    def cap(day: date, tier: Tier = Tier.LOW, intercity: bool = True) -> Decimal:
        return policy.get_cap_ratio(Mode.BUS, tier, day, intercity=intercity)

    assert cap(date(2020, 2, 10)) == 1
    assert cap(date(2020, 2, 11)) == Decimal("0.5")
    assert cap(date(2020, 2, 12)) == Decimal("0.5")
    assert cap(date(2020, 2, 27)) == Decimal("0.5")
    assert cap(date(2020, 2, 28)) == 1
    assert cap(date(2020, 3, 1)) == 1
    assert cap(date(2020, 3, 1), Tier.MEDIUM) == cap(date(2020, 3, 1), Tier.HIGH) == Decimal("0.5")
    assert cap(date(2020, 2, 12), intercity=False) == 1


def test_53_seats_under_the_cap_carry_24_with_two_drivers_counted_and_26_without() -> None:
    # domain 2.3: floor(53 x 0.5) = 26; minus two drivers = 24
    policy = policy_of("cn-2020-covid")
    day = date(2020, 2, 12)
    capped = int(53 * policy.get_cap_ratio(Mode.BUS, Tier.LOW, day, intercity=True))
    crew = 2 if policy.get_flag("count_crew_in_cap", day) else 0
    assert (capped, capped - crew) == (26, 24)


def test_the_2021_spring_guide_caps_50_70_90_percent() -> None:
    policy = policy_of("cn-2020-covid", day=date(2021, 2, 1))
    caps = [policy.get_cap_ratio(Mode.BUS, tier, date(2021, 2, 1), intercity=True) for tier in Tier]
    assert caps == [Decimal("0.9"), Decimal("0.7"), Decimal("0.5")]


def test_trains_are_half_full_and_flights_full_in_february_2020() -> None:
    policy = policy_of("cn-2020-covid")
    day = date(2020, 2, 20)
    assert policy.get_cap_ratio(Mode.TRAIN, Tier.LOW, day, intercity=True) == Decimal("0.5")
    assert policy.get_cap_ratio(Mode.CHARTER, Tier.LOW, day, intercity=True) == 1


def test_two_rear_rows_are_blocked_from_7_february() -> None:
    policy = policy_of("cn-2020-covid")
    assert policy.get_count("blocked_rows", date(2020, 2, 6), Mode.BUS, 0) == 0
    assert policy.get_count("blocked_rows", date(2020, 2, 7), Mode.BUS, 0) == 2


def test_high_risk_is_apart_and_closed_to_boarding_from_28_february() -> None:
    policy = policy_of("cn-2020-covid")
    for key in ("separated_tiers", "no_boarding_tiers"):
        assert policy.get_tiers(key, date(2020, 2, 27)) == frozenset()
        assert policy.get_tiers(key, date(2020, 2, 28)) == {Tier.HIGH}


def test_chinese_drivers_keep_4_hours_by_day_2_by_night_8_in_24_and_44_in_a_week() -> None:
    assert policy_of("cn-2020-covid").drivers == DriverRules(
        continuous_day_max_min=4 * 60,
        continuous_night_max_min=2 * 60,
        break_min=20,
        night_from_min=22 * 60,
        night_until_min=6 * 60,
        rolling_24h_max_min=8 * 60,
        weekly_max_min=44 * 60,
        halt_from_min=2 * 60,
        halt_until_min=5 * 60,
        halt_exempt_km=100,
        drivers_by_km=((600, 2),),
    )


def test_the_halt_exemption_grew_from_100_to_200_km_in_2023() -> None:
    assert policy_of("cn-normal", day=date(2022, 12, 31)).drivers.halt_exempt_km == 100
    assert policy_of("cn-normal", day=date(2023, 1, 1)).drivers.halt_exempt_km == 200


def test_european_american_and_relief_limits_are_those_of_their_texts() -> None:
    eu = policy_of("eu-561").drivers
    assert (eu.continuous_day_max_min, eu.break_min, eu.rolling_24h_max_min, eu.weekly_max_min) == (
        270,
        45,
        540,
        3360,
    )
    us = policy_of("us-motorcoach").drivers
    assert (us.continuous_day_max_min, us.rolling_24h_max_min, us.weekly_max_min) == (None, 600, 3600)
    relief = policy_of("relief-generic").drivers
    assert (relief.halt_from_min, relief.halt_until_min) == (20 * 60, 5 * 60)


def test_the_profile_none_has_no_rule_at_all() -> None:
    policy = policy_of("none")
    assert policy.drivers == DriverRules()
    assert (policy.values, policy.entry_rules, policy.default_entry_rule) == ((), {}, "")


def test_driver_values_keep_their_source_in_the_policy() -> None:
    rule = policy_of("cn-2020-covid").find_value(
        "drivers.rolling_24h_max_min", day=date(2020, 2, 20), mode=Mode.BUS
    )
    assert rule is not None
    assert "55号" in rule.source
    assert rule.effective_from.year == 2018


def test_a_later_profile_overrides_an_earlier_one() -> None:
    assert policy_of("cn-normal", "eu-561").drivers.continuous_day_max_min == 270
    assert policy_of("eu-561", "cn-normal").drivers.continuous_day_max_min == 240


def test_an_override_wins_over_every_profile_and_names_itself_as_the_source() -> None:
    policy = policy_of(
        "cn-2020-covid", load_cap_ratio__bus=0.7, count_crew_in_cap=False, drivers__halt_exempt_km=150
    )
    rule = policy.find_value("load_cap_ratio", day=date(2020, 2, 12), mode=Mode.BUS, tier=Tier.LOW)
    assert rule is not None
    assert (rule.value, rule.source, rule.effective_from) == (Decimal("0.7"), "scenario override", date.min)
    assert policy.get_cap_ratio(Mode.TRAIN, Tier.LOW, date(2020, 2, 20), intercity=True) == Decimal("0.5")
    assert policy.get_flag("count_crew_in_cap", date(2020, 2, 12)) is False
    assert policy.drivers.halt_exempt_km == 150


def test_an_override_may_name_mode_and_tier() -> None:
    policy = policy_of("none", load_cap_ratio__bus__high=0.25)
    day = date(2020, 2, 12)
    assert policy.get_cap_ratio(Mode.BUS, Tier.HIGH, day, intercity=True) == Decimal("0.25")
    assert policy.get_cap_ratio(Mode.BUS, Tier.LOW, day, intercity=True) == 1


def test_a_driver_limit_can_be_lifted_by_an_override() -> None:
    assert policy_of("cn-normal", drivers__weekly_max_min=None).drivers.weekly_max_min is None
    assert policy_of("cn-normal", drivers__weekly_max_min="none").drivers.weekly_max_min is None


def test_a_scenario_may_define_its_own_entry_rule() -> None:
    own = {"my-rule": {"requirements": [{"kind": "nucleic_test", "valid_days": 2}]}}
    policy = policy_of("cn-2020-covid", entry_rules=own, default_entry_rule="my-rule")
    assert policy.default_entry_rule == "my-rule"
    assert policy.entry_rules["my-rule"].requirements[0].valid_days == 2
    assert policy.entry_rules["my-rule"].source == "scenario override"


def test_sichuan_certificates_are_valid_3_and_from_26_february_14_days_from_the_day_after_signing() -> None:
    rules = policy_of("cn-2020-covid").entry_rules
    three, fourteen = (
        rules["cn-sichuan-certificate-3d"].requirements + rules["cn-sichuan-certificate-14d"].requirements
    )
    assert (three.valid_days, three.from_day_after) == (3, True)
    assert (fourteen.valid_days, fourteen.from_day_after) == (14, True)


@pytest.mark.parametrize(
    ("names", "overrides", "code", "hint"),
    [
        (("cn-2020-covd",), {}, "E301", "cn-2020-covid"),
        (("none",), {"load_cap_rato": 0.5}, "E302", "load_cap_ratio"),
        (("none",), {"load_cap_ratio.tram": 0.5}, "E302", "load_cap_ratio"),
        (("none",), {"load_cap_ratio": 50}, "E303", "at most 1"),
        (("none",), {"count_crew_in_cap": "maybe"}, "E303", "yes or no"),
        (("none",), {"blocked_rows": -1}, "E303", "whole number"),
        (("none",), {"separated_tiers": ["purple"]}, "E303", "purple"),
        (("none",), {"drivers.drivers_by_km": ["600"]}, "E303", "600:2"),
        (("none",), {"entry_rules": {"x": {"requirements": [{"valid": 3}]}}}, "E303", "x"),
        (("cn-2020-covid",), {"default_entry_rule": "cn-nanyang"}, "E305", "cn-nanyang-2020"),
    ],
)
def test_a_wrong_word_is_a_finding_with_what_to_do(
    names: tuple[str, ...], overrides: dict[str, object], code: str, hint: str
) -> None:
    _, findings = read_policy(names, overrides, date(2020, 2, 20), date(2020, 2, 20))
    assert [finding.code for finding in findings] == [code]
    assert hint in findings[0].action + findings[0].message
    assert findings[0].severity is CODES[code].severity


def test_a_driver_limit_that_changes_inside_the_horizon_is_warned_of() -> None:
    policy, findings = read_policy(("cn-normal",), {}, date(2022, 12, 30), date(2023, 1, 2))
    assert [finding.code for finding in findings] == ["W304"]
    assert policy.drivers.halt_exempt_km == 100


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("source", "''"),
        ("confidence", "E"),
        ("effective_from", "'2020-02-30'"),
        ("value", "2"),
        ("mode", "ship"),
    ],
)
def test_a_damaged_profile_is_refused(field: str, bad: str) -> None:
    good = {
        "key": "load_cap_ratio",
        "value": "0.5",
        "effective_from": "2020-02-11",
        "source": "a text",
        "confidence": "A",
    }

    def text(items: dict[str, str]) -> str:
        lines = "\n    ".join(f"{key}: {value}" for key, value in items.items())
        return f"name: x\ntitle: x\nentry_rules: []\nvalues:\n  - {lines}\n"

    assert parse_profile(text(good)).values[0].value == Decimal("0.5")
    with pytest.raises(ValueError):
        parse_profile(text(good | {field: bad}))
