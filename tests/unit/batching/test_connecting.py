"""Service options know which coaches may run to and from a station at all (C13)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dispatch.batching.connecting import TransferEstimate
from dispatch.network.travel import freeze_travel
from dispatch.routing.context import make_context
from worlds import PLACES, World


def make_estimate(world: World, *, local_only: bool) -> TransferEstimate:
    """Estimate of the night train, all lines local or none."""
    fleet = tuple(replace(line, local_only=local_only) for line in world.scenario.fleet)
    scenario = world.scenario.replace(fleet=fleet)
    return TransferEstimate(scenario, make_context(scenario, freeze_travel(scenario, PLACES)), {})


@pytest.mark.parametrize(
    ("terminal", "place", "any_line", "local_lines"),
    [
        ("STA", "V1", True, True),  # both in the home prefecture
        ("STB", "GATE", True, True),  # both in the delta prefecture
        (
            "STB",
            "FAR",
            True,
            False,
        ),  # from the delta prefecture to the next; the second line is registered at STB
        ("FAR", "FAR", False, False),  # no line is registered in the other delta prefecture
    ],
)
def test_a_transfer_needs_a_line_licensed_between_its_ends(
    night_train: World, terminal: str, place: str, any_line: bool, local_lines: bool
) -> None:
    assert make_estimate(night_train, local_only=False).may_run(terminal, place) is any_line
    assert make_estimate(night_train, local_only=True).may_run(terminal, place) is local_lines
