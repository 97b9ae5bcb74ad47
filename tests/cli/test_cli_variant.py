"""``--variant``: the other fleet of a generated campaign, recorded with the plan like any what-if change."""

from __future__ import annotations

import pytest
from cli_world import ROOT, call

from dispatch.cli import plan_command
from dispatch.errors import UsageError
from dispatch.files.change_facts import change_facts
from dispatch.files.changes import parse_changes
from dispatch.files.synthesis_facts import read_facts

FACTS = ROOT / "scenarios" / "zhenping" / "facts.yaml"


def test_a_variant_is_the_fleet_tightness_its_facts_name():
    facts = read_facts(FACTS)
    changed = change_facts(facts, parse_changes(["generated.variant=roomy"]))
    # facts.yaml: 2.2 times the coaches of an average day, roomy 4.4 times
    assert (facts.fleet.tightness, changed.fleet.tightness) == (2.2, 4.4)


@pytest.mark.parametrize("text", ["generated.variant=roomie", "generated.variant+=roomy"])
def test_a_variant_the_facts_do_not_have_is_refused_with_those_they_have(text):
    with pytest.raises(UsageError, match="roomy"):
        change_facts(read_facts(FACTS), parse_changes([text]))


def test_the_option_is_a_change_before_all_others(tmp_path, monkeypatch):
    heard = []

    def hear(path, *, skip_invalid, changes):
        heard.append(changes)
        raise UsageError("heard")

    monkeypatch.setattr(plan_command, "load_scenario", hear)
    words = ("plan", FACTS.parent, "--out", tmp_path / "run", "--set", "limits.max_pickups=4")
    assert call(*words, "--variant", "roomy").exit_code == 2
    assert call(*words).exit_code == 2
    assert heard == [("generated.variant=roomy", "limits.max_pickups=4"), ("limits.max_pickups=4",)]
