"""A fleet-size-and-mix instance as a scenario: the public planner finds its optimum, and its cost is the instance's."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.fsm import MONEY_PER_UNIT, FsmInstance, read_fsm, write_scenario
from dispatch.batching.progress import Signals
from dispatch.checker.check import check_plan
from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario
from dispatch.planning.loading import load_scenario, name_halt
from dispatch.planning.make_plan import make_plan
from dispatch.running.inline import InlineExecutor

#: Two rays with a customer of 3 at 5 and at 10. Two small coaches, one a ray: 2 x (20 + 20) = 80. One large coach goes
#: 5 + 5 + 12 + 5 + 5 = 32: 82. Near pair and far pair on small ones: (20 + 16) + (20 + 32) = 88. Anything else takes three coaches.
TEXT = """ //comment
 4 2 999999.0 0.0 80 80
 4 6 20.0 1.0
 4 12 50.0 1.0
 0 0
 3 4 3
 6 8 3
 -3 4 3
 -6 8 3
"""


def plan_instance(instance: FsmInstance, folder: Path) -> tuple[Scenario, Plan]:
    """Scenario and plan of an instance."""
    loaded = load_scenario(write_scenario(instance, folder))
    assert loaded.scenario is not None, loaded.findings
    plan = make_plan(
        loaded.scenario, effort="quick", seed=1, executor=InlineExecutor(), signals=Signals(),
        progress=lambda *_: None, name_halt=name_halt,
    )  # fmt: skip
    return loaded.scenario, plan


@pytest.fixture
def instance(tmp_path: Path) -> FsmInstance:
    path = tmp_path / "rays.txt"
    path.write_text(TEXT)
    return read_fsm(path)


def test_an_instance_file_is_read_whole(instance: FsmInstance):
    assert instance.types == ((6, 20.0, 1.0), (12, 50.0, 1.0))
    assert instance.demands == (3, 3, 3, 3)
    assert (instance.measure(0, 2), instance.measure(2, 4)) == (10.0, 12.0)


def test_the_plan_costs_what_the_instance_costs_at_best(instance: FsmInstance, tmp_path: Path):
    scenario, plan = plan_instance(instance, tmp_path / "rays")
    assert plan.costs.total_minor == 80 * MONEY_PER_UNIT * 100
    assert list(check_plan(scenario, plan)) == []
    assert len(plan.duties) == 2


def test_thirty_customers_on_ten_rays_fill_ten_coaches(tmp_path: Path):
    # customers of 2 at 10, 11 and 12 on each ray, coaches of 6: at least ten of them, each ray out and back: 10 x (30 + 24)
    unit = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0), (0.6, 0.8), (-0.6, 0.8), (0.6, -0.8), (-0.6, -0.8), (0.96, 0.28), (-0.96, -0.28)]  # fmt: skip
    points = tuple((x * far, y * far) for x, y in unit for far in (10, 11, 12))
    instance = FsmInstance(
        name="thirty", points=((0.0, 0.0), *points), demands=(2,) * 30, types=((6, 30.0, 1.0),)
    )
    scenario, plan = plan_instance(instance, tmp_path / "thirty")
    # rays 16 degrees apart may be cheaper to serve otherwise; never dearer than one coach a ray
    assert plan.costs.total_minor <= 540 * MONEY_PER_UNIT * 100
    assert len(plan.duties) == 10
    assert list(check_plan(scenario, plan)) == []
