"""However much is broken, a person gets a short list and true numbers."""

from __future__ import annotations

import random
from dataclasses import replace

import pandas as pd

from dispatch.checker import check_plan
from dispatch.checker.accuse import broken
from dispatch.checker.verdict import gather
from dispatch.findings import count_findings
from dispatch.model.contracts import OUTCOMES, WORKERS, conform
from worlds import World, change_terms


def test_no_findings_make_an_empty_verdict() -> None:
    assert gather([]) == ()


def test_a_long_list_is_cut_to_the_first_twenty_and_a_count_of_the_others() -> None:
    findings = [broken("C4", f"W{number:04}", "No paper.") for number in range(2500)]
    random.Random(1).shuffle(findings)
    verdict = gather(findings)
    assert [finding.where.field for finding in verdict[:-1]] == [f"W{number:04}" for number in range(20)]
    # 2,500 less the 20 that are listed
    assert (verdict[-1].code, verdict[-1].count) == ("C4", 2480)
    assert "2,480 more" in verdict[-1].message
    assert count_findings(verdict) == 2500


def test_twenty_of_a_code_are_listed_whole() -> None:
    verdict = gather(broken("C4", f"W{number:02}", "No paper.") for number in range(20))
    assert len(verdict) == count_findings(verdict) == 20


def test_equal_findings_count_once() -> None:
    verdict = gather(broken("P2", "D1", "A leg is missing.") for _ in range(50))
    assert count_findings(verdict) == 1


def test_each_code_is_cut_alone_and_codes_come_in_order() -> None:
    many = [broken(code, f"T{number:03}", "x") for number in range(30) for code in ("P1", "C10", "C2")]
    verdict = gather(many)
    assert list(dict.fromkeys(finding.code for finding in verdict)) == ["C2", "C10", "P1"]
    assert count_findings(verdict) == 90
    assert len(verdict) == 3 * 21


def test_a_hundred_lost_workers_are_all_counted(four_villages: World) -> None:
    """W6 is unserved; 100 more like them are in the roster, but not in the plan."""
    workers = four_villages.scenario.workers
    one = workers[workers["worker_id"] == "W6"]
    names = [f"X{number:03}" for number in range(100)]
    others = pd.concat([one] * 100, ignore_index=True).assign(worker_id=names, party_id=names)
    roster = conform(pd.concat([workers, others], ignore_index=True), WORKERS)
    verdict = check_plan(four_villages.scenario.replace(workers=roster), four_villages.plan)
    assert {finding.code for finding in verdict} == {"C1"}
    assert count_findings(verdict) == 100
    assert verdict[0].where.field == "X000"


def test_a_hundred_wrong_figures_are_all_counted(four_villages: World) -> None:
    """100 workers like W6 are unserved, each printed one day late: 100 findings, and 100 penalties in the total."""
    scenario, plan = four_villages.scenario, four_villages.plan
    names = [f"X{number:03}" for number in range(100)]
    frames = []
    for frame, key in ((scenario.workers, "party_id"), (plan.outcomes, "party_key")):
        one = frame[frame["worker_id"] == "W6"]
        others = pd.concat([one] * 100, ignore_index=True).assign(**{"worker_id": names, key: names})
        frames.append(pd.concat([frame, others], ignore_index=True))
    outcomes = conform(frames[1], OUTCOMES)
    outcomes.loc[outcomes["worker_id"].isin(names), "lateness_days"] = 1
    # 5,000.00 for W6 and for each of the 100
    changed = change_terms(replace(plan, outcomes=outcomes), {"unserved": 101 * 500_000})
    verdict = check_plan(scenario.replace(workers=conform(frames[0], WORKERS)), changed)
    assert {finding.code for finding in verdict} == {"P3"}
    assert count_findings(verdict) == 100
