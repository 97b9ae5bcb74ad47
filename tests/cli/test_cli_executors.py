"""How many processes a command uses, and that they end with it."""

from __future__ import annotations

import time
from concurrent.futures.process import BrokenProcessPool

import pytest

from dispatch.cli.executors import LEAST_PARTIES, count_processes, open_executor
from dispatch.running.inline import InlineExecutor
from dispatch.running.processes import RestartingPool


def test_small_scenarios_stay_in_this_process_unless_more_are_wished():
    assert count_processes(LEAST_PARTIES - 1, None) == 1
    assert 1 <= count_processes(LEAST_PARTIES, None) <= 4
    assert count_processes(1, 3) == 3
    with open_executor(1) as executor:
        assert isinstance(executor, InlineExecutor)


def test_leaving_by_an_error_ends_running_work_at_once():
    with pytest.raises(KeyError), open_executor(2) as pool:
        future = pool.submit(time.sleep, 600)
        raise KeyError
    assert isinstance(pool, RestartingPool)
    with pytest.raises(BrokenProcessPool):
        future.result(timeout=30)
