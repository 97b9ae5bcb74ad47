"""Clearance windows: every requirement fires and does not fire; dates are counted by hand from 1 March 2020."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from clearance_world import FIRST, day, make_world, paper, worker

from dispatch.clearance.windows import make_clearance
from dispatch.model.contracts import CLEARANCE, PANDAS_DTYPES
from dispatch.model.geography import DatedEntryRule
from dispatch.model.policy import EvidenceRequirement

Requirement = EvidenceRequirement


def clear_one(
    papers: list[dict[str, object]], rule: tuple[EvidenceRequirement, ...], **wanted: object
) -> tuple[str, date | None, date | None, str]:
    """Status, valid_from, valid_until and missing of one worker ``A``."""
    row = make_clearance(make_world([worker("A", **wanted)], papers, rule)).iloc[0]
    dates = [None if pd.isna(row[name]) else row[name].date() for name in ("valid_from", "valid_until")]
    return row["status"], dates[0], dates[1], row["missing"]


def test_the_result_keeps_its_contract_and_the_roster_order() -> None:
    frame = make_clearance(make_world([worker("B"), worker("A")]))
    assert [(name, str(dtype)) for name, dtype in frame.dtypes.items()] == [
        (column.name, PANDAS_DTYPES[column.dtype]) for column in CLEARANCE
    ]
    assert list(frame["worker_id"]) == ["B", "A"]


def test_an_empty_roster_has_an_empty_clearance() -> None:
    assert len(make_clearance(make_world([]))) == 0


def test_without_a_requirement_everybody_is_cleared_without_limit() -> None:
    assert clear_one([], ()) == ("cleared", None, None, "")


def test_a_certificate_on_record_clears_and_none_does_not() -> None:
    rule = (Requirement(kind="certificate"),)
    assert clear_one([paper("A", "certificate", day(20, 2))], rule) == ("cleared", day(20, 2), None, "")
    assert clear_one([], rule) == ("not_cleared", None, None, "health certificate: none on record")


def test_the_evidence_of_others_clears_nobody() -> None:
    assert (
        clear_one([paper("B", "certificate", day(1))], (Requirement(kind="certificate"),))[0] == "not_cleared"
    )


def test_three_days_from_1_march_are_1_2_and_3_march() -> None:
    rule = (Requirement(kind="certificate", valid_days=3),)
    assert clear_one([paper("A", "certificate", day(1))], rule) == ("cleared", day(1), day(3), "")


def test_three_days_from_the_day_after_signing_are_2_3_and_4_march() -> None:
    rule = (Requirement(kind="certificate", valid_days=3, from_day_after=True),)
    assert clear_one([paper("A", "certificate", day(1))], rule) == ("cleared", day(2), day(4), "")


def test_an_expired_certificate_says_until_when_it_was_valid() -> None:
    # 26 February + 3 days: 26, 27, 28 February
    rule = (Requirement(kind="certificate", valid_days=3),)
    status, _, _, missing = clear_one([paper("A", "certificate", day(26, 2))], rule)
    assert (status, missing) == (
        "not_cleared",
        "health certificate: valid only until 2020-02-28, travel wanted from 2020-03-01",
    )


def test_a_certificate_of_leap_day_counts_29_february() -> None:
    # 29 February, 1 and 2 March
    rule = (Requirement(kind="certificate", valid_days=3),)
    assert clear_one([paper("A", "certificate", day(29, 2))], rule)[1:3] == (day(29, 2), day(2))


def test_a_certificate_dated_after_the_wanted_days_says_from_when() -> None:
    rule = (Requirement(kind="certificate", valid_days=3),)
    missing = clear_one([paper("A", "certificate", day(9))], rule, latest_date=day(5))[3]
    assert missing == "health certificate: valid only from 2020-03-09, travel wanted until 2020-03-05"


def test_a_printed_end_date_binds() -> None:
    papers = [paper("A", "certificate", day(1), valid_until=day(2))]
    assert clear_one(papers, (Requirement(kind="certificate", valid_days=14),))[2] == day(2)
    assert clear_one(papers, (Requirement(kind="certificate"),))[2] == day(2)
    late = [paper("A", "certificate", day(1), valid_until=day(30))]
    assert clear_one(late, (Requirement(kind="certificate", valid_days=3),))[2] == day(3)


def test_three_signatures_are_demanded_of_one_paper() -> None:
    rule = (Requirement(kind="certificate", signatures=3),)
    assert clear_one([paper("A", "certificate", day(1), signatures=3)], rule)[0] == "cleared"
    missing = clear_one([paper("A", "certificate", day(1), signatures=2)], rule)[3]
    assert missing == "health certificate: 2 of 3 signatures"
    two_papers = [
        paper("A", "certificate", day(1), signatures=2),
        paper("A", "certificate", day(1), signatures=1),
    ]
    assert clear_one(two_papers, rule)[0] == "not_cleared"


def test_two_seals_are_demanded() -> None:
    rule = (Requirement(kind="certificate", signatures=3, seals=2),)
    assert clear_one([paper("A", "certificate", day(1), signatures=3, seals=2)], rule)[0] == "cleared"
    missing = clear_one([paper("A", "certificate", day(1), signatures=1, seals=1)], rule)[3]
    assert missing == "health certificate: 1 of 3 signatures, 1 of 2 seals"


def test_a_declaration_is_not_enough_where_verification_is_demanded() -> None:
    papers = [paper("A", "certificate", day(1), verified=False)]
    assert clear_one(papers, (Requirement(kind="certificate"),))[0] == "cleared"
    status, _, _, missing = clear_one(papers, (Requirement(kind="certificate", verified_only=True),))
    assert (status, missing) == ("not_cleared", "health certificate: declared only, not verified")


def test_an_undated_paper_counts_for_nothing() -> None:
    missing = clear_one([paper("A", "certificate", None)], (Requirement(kind="certificate"),))[3]
    assert missing == "health certificate: not dated"


def test_a_pending_result_does_not_clear() -> None:
    papers = [paper("A", "nucleic_test", day(1), result="pending")]
    assert clear_one(papers, (Requirement(kind="nucleic_test"),))[3] == "nucleic acid test: result pending"


def test_a_bad_result_does_not_clear_until_a_later_good_one() -> None:
    rule = (Requirement(kind="blood_test"),)
    bad = paper("A", "blood_test", day(20, 2), result="bad")
    assert clear_one([bad], rule)[3] == "blood test: bad result on 2020-02-20"
    assert clear_one([paper("A", "blood_test", day(19, 2)), bad], rule)[0] == "not_cleared"
    assert clear_one([bad, paper("A", "blood_test", day(20, 2))], rule)[0] == "not_cleared"
    assert clear_one([bad, paper("A", "blood_test", day(21, 2))], rule)[:2] == ("cleared", day(21, 2))


def test_a_bad_result_blocks_even_where_no_such_test_is_demanded() -> None:
    papers = [paper("A", "nucleic_test", day(1), result="bad")]
    assert clear_one(papers, ()) == ("not_cleared", None, None, "nucleic acid test: bad result on 2020-03-01")


def readings(count: int, last: date, **changes: object) -> list[dict[str, object]]:
    return [paper("A", "temperature_log", last - timedelta(days=back), **changes) for back in range(count)]


def test_fourteen_daily_readings_clear_from_the_next_day_and_thirteen_do_not() -> None:
    rule = (Requirement(kind="temperature_log", min_readings=14),)
    assert clear_one(readings(14, day(29, 2)), rule)[:2] == ("cleared", day(1))
    assert clear_one(readings(13, day(29, 2)), rule)[3] == "temperature log: 13 of 14 daily readings"


def test_two_readings_of_one_day_count_once() -> None:
    rule = (Requirement(kind="temperature_log", min_readings=2),)
    assert clear_one([*readings(1, day(1)), *readings(1, day(1))], rule)[0] == "not_cleared"
    assert clear_one(readings(2, day(2)), rule)[:2] == ("cleared", day(3))


def test_readings_start_anew_after_a_fever() -> None:
    # fever on 20 February leaves the nine readings of 21 to 29 February
    rule = (Requirement(kind="temperature_log", min_readings=14),)
    papers = [*readings(14, day(29, 2)), paper("A", "temperature_log", day(20, 2), result="bad")]
    assert clear_one(papers, rule)[3] == "temperature log: 9 of 14 daily readings"


def test_readings_with_their_own_validity_hold_while_enough_of_them_do() -> None:
    # readings of 29 February and 1 March, each valid 3 days: the first until 2 March, so cleared on 2 March only
    rule = (Requirement(kind="temperature_log", min_readings=2, valid_days=3),)
    assert clear_one(readings(2, day(1)), rule)[:3] == ("cleared", day(2), day(2))


def test_the_window_is_the_intersection_of_all_requirements() -> None:
    # certificate 28 Feb + 14 days -> 12 March; test 3 March + 7 days -> 9 March
    rule = (Requirement(kind="certificate", valid_days=14), Requirement(kind="nucleic_test", valid_days=7))
    papers = [paper("A", "certificate", day(28, 2)), paper("A", "nucleic_test", day(3))]
    assert clear_one(papers, rule) == ("cleared", day(3), day(9), "")


def test_every_missing_paper_is_listed() -> None:
    rule = (
        Requirement(kind="chest_exam"),
        Requirement(kind="certificate", seals=2),
        Requirement(kind="health_code"),
    )
    papers = [paper("A", "certificate", day(1), seals=1), paper("A", "health_code", day(1))]
    assert clear_one(papers, rule)[3] == "chest examination: none on record; health certificate: 1 of 2 seals"


def test_papers_that_never_hold_on_one_day_do_not_clear() -> None:
    rule = (Requirement(kind="certificate", valid_days=2), Requirement(kind="nucleic_test", valid_days=2))
    papers = [paper("A", "certificate", day(1)), paper("A", "nucleic_test", day(5))]
    assert clear_one(papers, rule)[3] == "the papers do not hold together on any wanted day"


def test_renewed_papers_that_touch_make_one_window() -> None:
    # 1 to 3 March and 4 to 6 March
    rule = (Requirement(kind="certificate", valid_days=3),)
    papers = [paper("A", "certificate", day(4)), paper("A", "certificate", day(1))]
    assert clear_one(papers, rule)[1:3] == (day(1), day(6))


def test_of_two_windows_the_one_with_more_wanted_days_is_taken() -> None:
    # 27 to 29 February and 1 March share one wanted day; 5 to 7 March share three
    rule = (Requirement(kind="certificate", valid_days=3),)
    papers = [paper("A", "certificate", day(28, 2)), paper("A", "certificate", day(5))]
    assert clear_one(papers, rule)[1:3] == (day(5), day(7))


def test_wanted_days_outside_the_horizon_do_not_choose_the_window() -> None:
    # wanted from 1 February: 14 days in February lie before the horizon, so the two days of March win
    rule = (Requirement(kind="certificate", valid_days=14),)
    papers = [paper("A", "certificate", day(10, 2)), paper("A", "certificate", day(9))]
    window = clear_one(papers, rule, earliest_date=day(1, 2))
    assert window[1:3] == (day(9), day(22))


def clear_in_region(papers: list[dict[str, object]], changes: dict[date, str]) -> tuple[str, str, str, str]:
    """Clearance of A where the gate's region names rules from dates on; ``3d`` and ``14d`` ask a certificate, ``test`` a test too."""
    certificate = Requirement(kind="certificate", valid_days=14)
    scenario = make_world(
        [worker("A")],
        papers,
        region_rules=tuple(DatedEntryRule(from_date=on, rule_name=name) for on, name in changes.items()),
        more_rules={
            "3d": (Requirement(kind="certificate", valid_days=3),),
            "14d": (certificate,),
            "test": (certificate, Requirement(kind="nucleic_test")),
        },
    )
    row = make_clearance(scenario).iloc[0]
    return row["status"], str(row["valid_from"])[:10], str(row["valid_until"])[:10], row["rule"]


def test_the_destination_s_own_rule_goes_before_the_default() -> None:
    papers = [paper("A", "certificate", day(1))]
    assert clear_in_region(papers, {day(1, 2): "3d"}) == ("cleared", "2020-03-01", "2020-03-03", "3d")


def test_a_rule_that_is_relaxed_lengthens_the_window() -> None:
    # valid 1 to 3 March by the old rule, 1 to 14 March by the new one in force from 3 March: one window
    papers = [paper("A", "certificate", day(1))]
    found = clear_in_region(papers, {day(1, 2): "3d", day(3): "14d"})
    assert found == ("cleared", "2020-03-01", "2020-03-14", "3d")


def test_a_hole_between_two_rules_is_not_bridged() -> None:
    # certificate of 1 March: by the 3-day rule until 3 March, by the 14-day rule in force from 6 March 6 to 14 March
    papers = [paper("A", "certificate", day(1))]
    found = clear_in_region(papers, {day(1, 2): "3d", day(6): "14d"})
    assert found == ("cleared", "2020-03-06", "2020-03-14", "14d")


def test_who_arrives_under_a_stricter_rule_must_have_met_it_at_boarding() -> None:
    # test of 4 March, demanded from 5 March: a journey that arrives on 5 March may not board before the 4th.
    # Windows: 1 to 4 March under the old rule alone, or 4 to 14 March meeting both; the second holds 7 wanted days.
    papers = [paper("A", "certificate", day(1)), paper("A", "nucleic_test", day(4))]
    found = clear_in_region(papers, {day(1, 2): "14d", day(5): "test"})
    assert found == ("cleared", "2020-03-04", "2020-03-14", "14d")


def test_a_stricter_rule_ends_the_clearance_of_those_who_do_not_meet_it() -> None:
    papers = [paper("A", "certificate", day(1))]
    found = clear_in_region(papers, {day(1, 2): "14d", day(5): "test"})
    assert found == ("cleared", "2020-03-01", "2020-03-04", "14d")


def test_a_rule_nobody_defined_clears_nobody() -> None:
    scenario = make_world([worker("A")], region_rules=(DatedEntryRule(from_date=FIRST, rule_name="lost"),))
    row = make_clearance(scenario).iloc[0]
    assert (row["status"], row["missing"]) == ("not_cleared", "entry rule lost is not defined")


@pytest.mark.parametrize("site_id", ["", "unknown"])
def test_workers_without_a_known_gate_are_held_to_the_default_rule(site_id: str) -> None:
    scenario = make_world([worker("A", site_id=site_id)], [], (Requirement(kind="certificate"),))
    assert make_clearance(scenario)["missing"][0] == "health certificate: none on record"
