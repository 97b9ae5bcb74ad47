"""Ctrl-C during a real search: once keeps the best plan so far, twice ends at once and writes nothing."""

from __future__ import annotations

import os
import signal
import time

import pytest
from cli_world import call, finish, parse_one_document, start

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of this kind are not sent on Windows")


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    """A tenth of Yang county: far more search at thorough effort than the test waits for."""
    folder = tmp_path_factory.mktemp("campaign")
    assert call("synth", "yangxian", "--out", folder / "tenth", "--scale", 0.1).exit_code == 0
    return folder / "tenth"


def start_search(campaign, tmp_path):
    """A thorough search that has already published a first complete assignment."""
    words = (
        "plan",
        campaign,
        "--effort",
        "thorough",
        "--processes",
        2,
        "--out",
        tmp_path / "run",
        "--json",
        "--no-manifests",
    )
    process = start(*words, folder=tmp_path, TMPDIR=str(tmp_path))
    end = time.monotonic() + 120
    while not list(tmp_path.glob("dispatch-*/chain*.txt")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "the search never began"
        time.sleep(0.1)
    return process


def test_one_interrupt_keeps_the_best_plan_so_far(campaign, tmp_path):
    process = start_search(campaign, tmp_path)
    assert not (tmp_path / "run").exists()
    process.send_signal(signal.SIGINT)
    code, out, _ = finish(process)
    assert code == 130
    document = parse_one_document(out)
    assert document["interrupted"] is True
    assert document["violations"] == 0
    assert document["workers"]["total"] == sum(
        document["workers"][key] for key in ("served", "own_ticket", "unserved")
    )
    assert call("check", tmp_path / "run").exit_code == 0


def test_a_second_interrupt_ends_at_once_and_leaves_nothing(campaign, tmp_path):
    process = start_search(campaign, tmp_path)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    code, out, _ = finish(process)
    assert code == 130
    assert parse_one_document(out)["error"]["code"] == "interrupted"
    assert list(tmp_path.iterdir()) == []
