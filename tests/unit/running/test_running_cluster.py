"""Work on a real Dask cluster of two worker processes of this machine, one of them killed now and then."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import CancelledError
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dispatch.batching.progress import Signals
from dispatch.errors import UsageError, WorkLost
from dispatch.running import cluster as cluster_module
from dispatch.running import watch
from dispatch.running.cluster import open_cluster
from dispatch.running.exchange import exchange_signals, name_releases
from dispatch.running.stream import count_workers, run_tasks

distributed = pytest.importorskip("distributed", reason="needs dispatch-return[cluster]")


@pytest.fixture(scope="module")
def cluster():
    """Scheduler and two worker processes, each watched by a nanny that starts it again."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        yield cluster


@pytest.fixture
def executor(cluster, tmp_path):
    (tmp_path / "signals").mkdir()
    losses: list[str] = []
    with open_cluster(cluster.scheduler_address, tmp_path / "signals", on_loss=losses.append) as executor:
        executor.losses = losses
        yield executor
        executor.shutdown(wait=False, cancel_futures=True)  # a failed test must not wait for its calls


def square(number: int) -> int:
    return number * number


def die_once(number: int, folder: str) -> int:
    """Kills its own worker process the first time anybody asks for 3."""
    mark = Path(folder) / "died"
    if number == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse(number: int) -> int:
    raise ValueError(f"not {number}")


def fill_in_place(number: int) -> np.ndarray:
    return np.full(50_000, number)


def wait_for_stop(signals: Signals) -> str:
    """Publishes progress, then works until it is asked to stop."""
    end = time.monotonic() + 60
    while not signals.should_stop():
        signals.tell("chain0", "12")
        assert time.monotonic() < end
        time.sleep(0.05)
    return "best so far"


def make_table(rows: int) -> pd.DataFrame:
    return pd.DataFrame({"worker": [f"W{row}" for row in range(rows)], "day": range(rows)})


def test_calls_run_on_the_workers(executor):
    assert count_workers(executor) == 2
    assert executor.submit(os.getpid).result(timeout=60) != os.getpid()
    assert dict(run_tasks(executor, square, range(10))) == {number: number**2 for number in range(10)}


def test_an_error_of_a_call_is_its_own(executor):
    with pytest.raises(ValueError, match="not 3"):
        executor.submit(refuse, 3).result(timeout=60)


def test_tables_and_arrays_come_back_as_from_this_process(executor):
    table = executor.submit(make_table, 1000).result(timeout=60)
    pd.testing.assert_frame_equal(table, make_table(1000))
    array = executor.submit(fill_in_place, 7).result(timeout=60)
    array[0] = 8  # Dask's own way would hand over memory that cannot be written to
    assert array.sum() == 7 * 49_999 + 8


def test_every_call_ends_although_a_worker_was_killed(tmp_path, executor):
    futures = [executor.submit(die_once, number, str(tmp_path)) for number in range(8)]
    assert [future.result(timeout=120) for future in futures] == [0, 1, 4, 9, 16, 25, 36, 49]
    assert (tmp_path / "died").exists()
    end = time.monotonic() + 30
    while not executor.losses:
        assert time.monotonic() < end, "nobody was told"
        time.sleep(0.1)
    assert "is gone" in executor.losses[0]


def test_a_call_that_kills_every_worker_is_given_up(executor):
    with pytest.raises(WorkLost, match="too little memory"):
        executor.submit(die).result(timeout=180)


def test_waiting_calls_may_be_cancelled(executor):
    futures = [executor.submit(time.sleep, 0.5) for _ in range(6)]
    assert futures[5].cancel()
    with pytest.raises(CancelledError):
        futures[5].result(timeout=10)
    assert [future.result(timeout=60) for future in futures[:5]] == [None] * 5


def test_a_wish_to_stop_reaches_a_worker_on_the_same_disk(tmp_path, executor):
    signals = Signals(tmp_path / "signals")
    future = executor.submit(wait_for_stop, signals)
    end = time.monotonic() + 30
    while "chain0" not in signals.read():
        assert time.monotonic() < end
        time.sleep(0.05)
    signals.ask_to_stop()
    assert future.result(timeout=60) == "best so far"


def test_a_wish_to_stop_is_carried_to_workers_that_see_another_disk(cluster, tmp_path, monkeypatch):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()

    def ask(folder, token, stop):
        return exchange_signals(str(there), token, stop)

    monkeypatch.setattr(watch, "exchange_signals", ask)
    monkeypatch.setattr(watch, "_POLL_S", 0.2)
    with open_cluster(cluster.scheduler_address, here) as executor:
        future = executor.submit(wait_for_stop, Signals(there))
        end = time.monotonic() + 30
        while Signals(here).read() != {"chain0": "12"}:
            assert time.monotonic() < end
            time.sleep(0.05)
        Signals(here).ask_to_stop()
        assert future.result(timeout=60) == "best so far"


def test_leaving_by_an_error_cancels_what_has_not_begun(cluster, tmp_path):
    with pytest.raises(KeyError), open_cluster(cluster.scheduler_address, tmp_path) as executor:
        futures = [executor.submit(time.sleep, 0.2) for _ in range(20)]
        raise KeyError
    assert sum(future.cancelled() for future in futures) >= 10


def test_where_nobody_answers_the_remedy_is_said(tmp_path):
    with (
        pytest.raises(UsageError, match="dask scheduler"),
        open_cluster("tcp://127.0.0.1:9", tmp_path, timeout_s=1),
    ):
        pass


def test_a_cluster_without_workers_is_said(tmp_path):
    with (
        distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=":0") as empty,
        pytest.raises(UsageError, match="has no workers"),
        open_cluster(empty.scheduler_address, tmp_path, timeout_s=1),
    ):
        pass


def test_workers_with_other_releases_are_refused(cluster, tmp_path, monkeypatch):
    ours = name_releases()
    monkeypatch.setattr(cluster_module, "name_releases", lambda: ours | {"ortools": "9.99"})
    monkeypatch.setattr(distributed.Client, "run", lambda self, fn, **_: {"tcp://w": ours})
    with (
        pytest.raises(UsageError, match=rf"ortools {ours['ortools']} instead of 9\.99"),
        open_cluster(cluster.scheduler_address, tmp_path),
    ):
        pass


def test_a_worker_that_joins_later_with_other_releases_is_refused_too(executor, monkeypatch):
    monkeypatch.setattr(executor, "_releases", name_releases() | {"numpy": "0.1"})
    with pytest.raises(UsageError, match=r"A worker of the cluster has numpy .* instead of 0\.1"):
        executor.submit(square, 3).result(timeout=60)
