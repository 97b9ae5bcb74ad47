"""Signals on machines that do not see the planner's folder."""

from __future__ import annotations

from dispatch.batching.progress import Signals
from dispatch.running.exchange import exchange_signals, forget_signals, name_releases


def test_work_that_sees_no_folder_is_neither_heard_nor_stopped(tmp_path):
    signals = Signals(tmp_path / "elsewhere")
    signals.tell("chain0", "12")
    assert not signals.should_stop()
    assert list(tmp_path.iterdir()) == []


def test_texts_are_brought_and_the_wish_to_stop_is_left(tmp_path):
    copy = tmp_path / "copy"
    assert exchange_signals(str(copy), "token", False) == {}
    Signals(copy).tell("chain0", "12")
    assert not Signals(copy).should_stop()
    assert exchange_signals(str(copy), "token", True) == {"chain0": "12"}
    assert Signals(copy).should_stop()


def test_the_releases_that_decide_a_plan_are_named():
    assert set(name_releases()) == {"python", "dispatch-return", "ortools", "numpy", "pandas"}
    assert "none" not in name_releases().values()


def test_the_copy_of_the_signals_is_removed_and_the_planners_own_is_not(tmp_path):
    own, copy = tmp_path / "own", tmp_path / "copy"
    own.mkdir()
    (own / "token").touch()
    assert exchange_signals(str(own), "token", True) == {}
    assert not (own / "stop").exists()  # the planner's own wish is not made for it
    exchange_signals(str(copy), "token", True)
    assert (copy / "stop").exists()
    for folder in (own, copy):
        forget_signals(str(folder), "token")
    assert own.exists()
    assert not copy.exists()
