"""Named tiny worlds for every test; this file also puts ``worlds`` on the import path."""

from __future__ import annotations

import pytest

from worlds import World, make_four_villages, make_night_train


@pytest.fixture
def four_villages() -> World:
    """One coach, two villages, one gate; one worker not cleared, one own ticket, one without supply."""
    return make_four_villages()


@pytest.fixture
def night_train() -> World:
    """A committed train with a feeder coach of two trips and a last-mile coach."""
    return make_night_train()
