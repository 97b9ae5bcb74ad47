"""Processes that are killed are replaced; their unfinished calls run again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from dispatch.cli.executors import LEAST_PARTIES, RETRIES, RestartingPool, count_processes, open_executor
from dispatch.planning.variants import InlineExecutor


def double(number: int) -> int:
    return 2 * number


def double_after_one_death(number: int, folder: str) -> int:
    """Kills its own process the first time anybody asks for 3."""
    mark = Path(folder) / "died"
    if number == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05)
    return 2 * number


def die(folder: str) -> None:
    """Always kills its own process, leaving one mark each time."""
    (Path(folder) / f"{time.monotonic_ns()}").touch()
    os.kill(os.getpid(), signal.SIGKILL)


def divide(number: int) -> float:
    return 1 / number


def interrupt_me(number: int) -> int:
    os.kill(os.getpid(), signal.SIGINT)
    return number


def test_every_call_ends_although_a_process_was_killed(tmp_path):
    with open_executor(2) as pool:
        futures = [pool.submit(double_after_one_death, number, str(tmp_path)) for number in range(8)]
        assert [future.result(timeout=60) for future in futures] == [0, 2, 4, 6, 8, 10, 12, 14]
    assert (tmp_path / "died").exists()


def test_a_call_that_always_kills_its_process_is_given_up_after_the_retries(tmp_path):
    with open_executor(2) as pool:
        with pytest.raises(BrokenProcessPool):
            pool.submit(die, str(tmp_path)).result(timeout=120)
        assert pool.submit(double, 21).result(timeout=60) == 42
    assert len(list(tmp_path.iterdir())) == 1 + RETRIES


def test_an_error_of_a_call_is_its_own_and_not_tried_again():
    with open_executor(2) as pool:
        with pytest.raises(ZeroDivisionError):
            pool.submit(divide, 0).result(timeout=60)
        assert pool.submit(divide, 4).result(timeout=60) == 0.25


def test_processes_leave_ctrl_c_to_whoever_started_them():
    with open_executor(2) as pool:
        assert pool.submit(interrupt_me, 5).result(timeout=60) == 5


def test_leaving_by_an_error_ends_running_work_at_once():
    with pytest.raises(KeyError), open_executor(2) as pool:
        future = pool.submit(time.sleep, 600)
        raise KeyError
    assert isinstance(pool, RestartingPool)
    with pytest.raises(BrokenProcessPool):
        future.result(timeout=30)


def test_small_scenarios_stay_in_this_process_unless_more_are_wished():
    assert count_processes(LEAST_PARTIES - 1, None) == 1
    assert 1 <= count_processes(LEAST_PARTIES, None) <= 4
    assert count_processes(1, 3) == 3
    with open_executor(1) as executor:
        assert isinstance(executor, InlineExecutor)


ABORT = """\
import time
from dispatch.cli.executors import open_executor

def hold(data):
    time.sleep(600)

if __name__ == "__main__":
    with open_executor(2) as pool:
        for _ in range(8):
            pool.submit(hold, bytes(5_000_000))
        time.sleep(3)
        raise KeyboardInterrupt
"""


def test_a_program_that_is_stopped_while_large_calls_wait_in_the_pipe_ends(tmp_path):
    (tmp_path / "abort.py").write_text(ABORT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "abort.py"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert "KeyboardInterrupt" in done.stderr
