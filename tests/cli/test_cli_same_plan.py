"""One scenario, seed and effort give one plan: in this process, in others, on a cluster, after a death, and after a resumed run."""

from __future__ import annotations

import os
import re
import signal
import sys
import time

import pytest
from cli_world import TINY, call, finish, read_files, start

#: What every way of running must write byte for byte. (run.json and the pages tell the time.)
SAME = ("plan.json", "outcomes.csv", "rides.csv", "trips.csv", "duties.csv")
#: Scenarios planned in each of the ways below, with further words of the command.
CASES = {
    "three modes": (TINY / "three_modes",),
    "four villages": (TINY / "four_villages_one_held", "--seed", 3),
}


@pytest.fixture(scope="module")
def cluster():
    """Two worker processes of a real Dask cluster on this machine."""
    distributed = pytest.importorskip("distributed", reason="needs dispatch-return[cluster]")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        yield cluster


#: The command as a program in which a few hundred people are many: planned in parts of sixty.
IN_PARTS = """\
import dispatch.planning.large.make_plan as large
import dispatch.planning.large.parts as parts
from dispatch.cli.main import main

if __name__ == "__main__":
    large.LARGE_WORKERS = large.LARGE_COACH_WORKERS = 0
    parts.PART_WORKERS = 60
    main()
"""


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    """(folder of a hundredth of Zhenping, files of its plan in parts made in one process)."""
    folder = tmp_path_factory.mktemp("campaign")
    assert call("synth", "zhenping", "--out", folder / "part", "--scale", 0.01).exit_code == 0
    words = (*QUICK, "--processes", 1, "--out", folder / "one")
    code, out, err = finish(start_in_parts(folder / "part", *words, folder=folder))
    assert code == 0, out + err
    parts = re.search(r"1 of (\d+)", err.split("part by part")[1])
    assert parts is not None
    assert int(parts.group(1)) > 3, err
    return folder / "part", read_same(folder / "one")


QUICK = ("--effort", "quick", "--no-manifests")


def start_in_parts(*words, folder, **environment):
    """``dispatch plan`` in many parts, as a process of its own."""
    (folder / "in_parts.py").write_text(IN_PARTS, encoding="utf-8")
    return start("plan", *words, folder=folder, program=("in_parts.py",), **environment)


def plan_files(run, *words):
    """Files of a plan that was made, checked and written to ``run``."""
    result = call("plan", *words, "--out", run, "--no-manifests")
    assert result.exit_code == 0, result.stderr
    return read_same(run)


def read_same(run):
    files = read_files(run)
    return {name: files[name] for name in SAME}


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_plan_is_the_same_for_any_number_of_workers(case, cluster, tmp_path):
    one = plan_files(tmp_path / "one", *CASES[case], "--processes", 1)
    for processes in (2, 4):
        many = plan_files(tmp_path / f"{processes}", *CASES[case], "--processes", processes)
        assert many == one, processes
    there = plan_files(tmp_path / "there", *CASES[case], "--cluster", cluster.scheduler_address)
    assert there == one


def wait_until(answer, process, seconds=120):
    end = time.monotonic() + seconds
    while not (found := answer()):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


@pytest.mark.parametrize("ways", [("--processes", 2), ("--processes", 4), ("--cluster",)])
def test_a_plan_in_parts_is_the_same_for_any_number_of_workers(ways, cluster, campaign, tmp_path):
    scenario, expected = campaign
    words = (*ways, cluster.scheduler_address) if ways == ("--cluster",) else ways
    code, out, err = finish(
        start_in_parts(scenario, *QUICK, *words, "--out", tmp_path / "run", folder=tmp_path)
    )
    assert code == 0, out + err
    assert read_same(tmp_path / "run") == expected


@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are not sent on Windows")
def test_a_worker_of_the_cluster_killed_in_mid_run_changes_nothing(cluster, campaign, tmp_path):
    from distributed import Client

    scenario, expected = campaign
    words = (*QUICK, "--cluster", cluster.scheduler_address, "--out", tmp_path / "run")
    with Client(cluster.scheduler_address, set_as_default=False) as client:
        pids = client.run(os.getpid)
        planning = start_in_parts(scenario, *words, folder=tmp_path)
        busy = wait_until(
            lambda: [worker for worker, calls in client.processing().items() if calls], planning
        )
        os.kill(pids[busy[0]], signal.SIGKILL)
    code, out, err = finish(planning)
    assert code == 0, out + err
    assert "is gone; its unfinished work is run again" in err
    assert read_same(tmp_path / "run") == expected


@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are not sent on Windows")
def test_a_run_killed_in_the_middle_is_resumed_to_the_same_plan(campaign, tmp_path):
    scenario, expected = campaign
    unfinished = tmp_path / "run.unfinished"
    words = (scenario, *QUICK, "--processes", 2, "--out", tmp_path / "run")
    planning = start_in_parts(*words, folder=tmp_path)
    wait_until(lambda: len(list(unfinished.glob("*.piece"))) > 2, planning)
    planning.kill()
    planning.communicate()
    assert not (tmp_path / "run").exists()
    kept = len(list(unfinished.glob("*.piece")))
    code, out, err = finish(start_in_parts(*words, "--resume", folder=tmp_path))
    assert code == 0, out + err
    assert f"{kept} finished pieces were taken from the earlier run" in err
    assert read_same(tmp_path / "run") == expected
    assert not unfinished.exists()
    assert call("check", tmp_path / "run").exit_code == 0


def test_a_run_that_ended_well_leaves_no_unfinished_work(tmp_path):
    plan_files(tmp_path / "run", TINY / "four_villages")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_resuming_without_an_earlier_run_plans_everything(tmp_path):
    result = call("plan", TINY / "four_villages", "--out", tmp_path / "run", "--no-manifests", "--resume")
    assert result.exit_code == 0
    assert "Nothing of an earlier run" in result.stderr


def test_a_cluster_nobody_answers_for_is_one_sentence(tmp_path, monkeypatch):
    pytest.importorskip("distributed", reason="needs dispatch-return[cluster]")
    from dispatch.running import cluster as cluster_module

    monkeypatch.setattr(cluster_module, "_TIMEOUT_S", 1.0)
    words = ("plan", TINY / "four_villages", "--out", tmp_path / "run", "--cluster", "tcp://127.0.0.1:9")
    result = call(*words)
    assert result.exit_code == 2
    assert "No Dask scheduler answers at tcp://127.0.0.1:9" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "run").exists()


def test_without_dask_the_remedy_is_said(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)  # as if it were not installed
    result = call("plan", TINY / "four_villages", "--out", tmp_path / "run", "--cluster", "tcp://h:1")
    assert result.exit_code == 2
    assert "dispatch-return[cluster]" in result.stderr
