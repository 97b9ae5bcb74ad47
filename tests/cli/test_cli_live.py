"""The live line: how far, what is best, what is proven, how long it may still take."""

from __future__ import annotations

import pytest

from dispatch.batching.progress import Signals
from dispatch.cli import live
from dispatch.cli.live import Progress, add_up_districts, make_count_text


@pytest.mark.parametrize(
    ("done", "seconds", "text"),
    [
        (0, 5.0, "0 of 120"),  # nothing to judge by
        (30, 60.0, "30 of 120 · about 3 min left"),  # 90 pieces of 2 s each
        (100, 100.0, "100 of 120 · about 20 s left"),  # 20 pieces of 1 s each
        (12, 1200.0, "12 of 120 · about 3.0 h left"),  # 108 pieces of 100 s each = 10,800 s
        (120, 500.0, "120 of 120"),
    ],
)
def test_the_time_left_follows_from_the_pieces_done(done, seconds, text):
    assert make_count_text({"done": done, "total": 120}, seconds) == text


def test_a_phase_that_counts_nothing_guesses_nothing():
    assert make_count_text({"workers": "23"}, 60.0) == ""


@pytest.fixture
def progress(tmp_path, monkeypatch):
    monkeypatch.setattr(live, "_open_status", lambda: None)  # plain lines, whatever runs the tests
    return Progress(Signals(tmp_path), "CNY")


def test_parts_show_count_cost_bound_and_gap(progress, capsys):
    progress.tell("parts", {"done": 0, "total": 40})
    progress.tell("parts", {"done": "10", "total": "40", "cost": "13000000", "bound": "9750000"})
    progress._show(plain=True)
    began, now = capsys.readouterr().err.splitlines()
    assert began.startswith("timetables and seats, part by part · 0 of 40 · ")
    # (130,000 - 97,500) / 130,000 = 25 %
    assert "best 130,000.00 CNY · bound 97,500.00 CNY · gap 25.00 % · 10 of 40 · about" in now


def test_a_phase_is_logged_once_however_often_it_counts(progress):
    for done in range(5):
        progress.tell("parts", {"done": done, "total": 4})
    progress.tell("assemble", {})
    assert [line.split(" s ")[1] for line in progress.lines] == ["parts", "assemble"]


def test_texts_of_parts_do_not_pass_for_the_whole(progress, tmp_path, capsys):
    Signals(tmp_path).tell("chain0", "500")  # of one part
    progress.tell("parts", {"done": 1, "total": 4})
    assert "best" not in capsys.readouterr().err


def test_what_is_worth_a_line_stays_in_the_log_of_the_run(progress, capsys):
    progress.note("A working process ended unexpectedly; its work is run again (try 2 of 4).")
    assert "try 2 of 4" in capsys.readouterr().err
    assert "try 2 of 4" in progress.lines[0]


def test_costs_of_districts_add_up_once_all_are_known():
    told = {"search-a": "500", "search-b": "70", "bound": "400"}
    assert add_up_districts(told, 2) == {"districts": "570", "bound": "400"}
    assert add_up_districts(told, 3) == {"bound": "400"}  # the third has found nothing yet
    assert add_up_districts(told | {"search-b": ""}, 2) == {"bound": "400"}  # half written
    assert add_up_districts({"chain0": "12"}, None) == {"chain0": "12"}


def test_what_was_done_before_a_phase_was_heard_of_counts_for_the_time_left(progress, monkeypatch, capsys):
    clock = [1000.0]
    monkeypatch.setattr(live.time, "monotonic", lambda: clock[0])
    progress.tell("search", {"workers": "45957"})
    clock[0] += 60
    progress.tell("districts", {"done": "1", "total": "4"})
    # one district in 60 s, three to come
    assert "1 of 4 · about 3 min left" in capsys.readouterr().err.splitlines()[-1]
