"""Campaigns whose roster is generated, with few people, planned and checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from dispatch.batching.progress import Signals
from dispatch.checker import check_plan
from dispatch.files.format import read_scenario
from dispatch.files.profiles import read_policy
from dispatch.files.synthesis import make_generated_tables
from dispatch.files.synthesis_facts import read_facts
from dispatch.model.plan import Reason
from dispatch.network.resolver import make_resolver
from dispatch.planning.loading import name_halt
from dispatch.planning.make_plan import make_plan
from dispatch.running.inline import InlineExecutor

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.mark.parametrize(("campaign", "scale"), [("zhenping", 0.005), ("qianxinan", 0.005)])
def test_a_small_campaign_gives_a_lawful_plan(campaign: str, scale: float) -> None:
    folder = SCENARIOS / campaign
    facts = read_facts(folder / "facts.yaml")
    made = make_generated_tables(facts, scale=scale)
    scenario = read_scenario(folder, make_resolver(), read_policy, made_files=made).scenario
    assert scenario is not None
    plan = make_plan(
        scenario, effort="quick", seed=1, executor=InlineExecutor(), signals=Signals(),
        progress=lambda phase, info: None, name_halt=name_halt,
    )  # fmt: skip
    assert [str(finding) for finding in check_plan(scenario, plan)] == []
    assert plan.outcomes["worker_id"].tolist() == scenario.workers["worker_id"].tolist()
    not_cleared = plan.outcomes["reason"] == str(Reason.NOT_CLEARED)
    assert not_cleared.sum() == round(facts.health.not_cleared * scale)
    # So few people to so many cities fill no coach, and the fleet shrinks with them: many stay for want of coaches.
    assert (plan.outcomes["status"] == "itinerary").any()
