"""Work in other processes survives when one of them is killed; calls run again, and only those of the dead one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from dispatch.errors import WorkLost
from dispatch.running.processes import TRIES, RestartingPool


@pytest.fixture
def pool():
    """Two processes; told losses in ``pool.losses``."""
    losses: list[str] = []
    pool = RestartingPool(2, on_loss=losses.append)
    pool.losses = losses
    yield pool
    pool.abort()


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
    leave_mark(folder, "die")
    os.kill(os.getpid(), signal.SIGKILL)


def wait_for_marks(folder: str, count: int) -> int:
    """Leaves a mark and waits until so many of ``die`` are there."""
    leave_mark(folder, "wait")
    while len(list(Path(folder).glob("die*"))) < count:
        time.sleep(0.02)
    return count


def leave_mark(folder: str, name: str) -> None:
    (Path(folder) / f"{name}-{time.monotonic_ns()}").touch()


def divide(number: int) -> float:
    return 1 / number


def interrupt_me(number: int) -> int:
    os.kill(os.getpid(), signal.SIGINT)
    return number


def get_process_id() -> int:
    return os.getpid()


def test_every_call_ends_although_a_process_was_killed(tmp_path, pool):
    futures = [pool.submit(double_after_one_death, number, str(tmp_path)) for number in range(8)]
    assert [future.result(timeout=60) for future in futures] == [0, 2, 4, 6, 8, 10, 12, 14]
    assert (tmp_path / "died").exists()
    assert len(pool.losses) == 1
    assert "try 2 of" in pool.losses[0]


def test_a_call_that_always_kills_its_process_is_given_up_and_costs_no_other_call(tmp_path, pool):
    long = pool.submit(wait_for_marks, str(tmp_path), TRIES)
    with pytest.raises(WorkLost, match="too little memory"):
        pool.submit(die, str(tmp_path)).result(timeout=120)
    assert long.result(timeout=60) == TRIES
    assert len(list(tmp_path.glob("wait*"))) == 1  # begun once: its own process lived on
    assert len(list(tmp_path.glob("die*"))) == TRIES
    assert pool.submit(double, 21).result(timeout=60) == 42


def test_a_process_killed_while_it_has_nothing_to_do_is_replaced_without_a_word(pool):
    before = pool.submit(get_process_id).result(timeout=60)
    os.kill(before, signal.SIGKILL)
    time.sleep(0.2)
    after = {future.result(timeout=60) for future in [pool.submit(get_process_id) for _ in range(4)]}
    assert before not in after
    assert pool.losses == []


def test_an_error_of_a_call_is_its_own_and_not_tried_again(pool):
    with pytest.raises(ZeroDivisionError):
        pool.submit(divide, 0).result(timeout=60)
    assert pool.submit(divide, 4).result(timeout=60) == 0.25


def test_where_no_process_can_be_started_the_call_says_so(pool, monkeypatch):
    def refuse():
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(pool, "_make_pool", refuse)
    futures = [pool.submit(double, number) for number in range(4)]
    for future in futures:
        with pytest.raises(OSError, match="Cannot allocate memory"):
            future.result(timeout=10)


def test_processes_leave_ctrl_c_to_whoever_started_them(pool):
    assert pool.submit(interrupt_me, 5).result(timeout=60) == 5


def test_a_call_that_waits_may_be_cancelled(tmp_path, pool):
    for _ in range(2):
        pool.submit(wait_for_marks, str(tmp_path), 1)
    waiting = pool.submit(double, 1)
    assert waiting.cancel()
    leave_mark(str(tmp_path), "die")
    assert pool.submit(double, 2).result(timeout=60) == 4
    with pytest.raises(CancelledError):
        waiting.result(timeout=10)


def test_shutdown_waits_for_every_call_and_takes_no_more(pool):
    futures = [pool.submit(double, number) for number in range(6)]
    pool.shutdown()
    assert [future.result(timeout=0) for future in futures] == [0, 2, 4, 6, 8, 10]
    with pytest.raises(RuntimeError):
        pool.submit(double, 1)


def test_abort_ends_running_and_waiting_calls_at_once(pool):
    futures = [pool.submit(time.sleep, 600) for _ in range(4)]
    pool.abort()
    for future in futures:
        with pytest.raises(BrokenProcessPool):
            future.result(timeout=30)


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
