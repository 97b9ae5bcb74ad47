"""Finished work is kept under a key of its content, and taken from there instead of being done again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import pandas as pd
import pytest

from dispatch.batching.progress import Signals
from dispatch.running.fingerprint import make_key
from dispatch.running.inline import InlineExecutor
from dispatch.running.resuming import ResumingExecutor, count_pieces, forget_pieces


@dataclass(frozen=True)
class Part:
    name: str
    lines: frozenset[str]
    people: pd.DataFrame
    shared: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Watcher:
    folder: str
    changes_no_result: ClassVar[bool] = True


def make_part() -> Part:
    people = pd.DataFrame({"worker": ["W1", "W2"], "day": [3, 4], "home": pd.Categorical(["A", "B"])})
    return Part(name="yangxian", lines=frozenset({"HILL53", "HILL33", "PORT53"}), people=people)


def work(part: Part, marks: str) -> str:
    """Name of the part; leaves a mark for every time it is really done."""
    (Path(marks) / f"{time.monotonic_ns()}").touch()
    return part.name.upper()


def count_calls(marks: Path) -> int:
    return len(list(marks.iterdir()))


def fail(marks: str) -> None:
    (Path(marks) / f"{time.monotonic_ns()}").touch()
    raise ZeroDivisionError


@pytest.fixture
def marks(tmp_path):
    folder = tmp_path / "marks"
    folder.mkdir()
    return folder


def make_executor(folder: Path, **changes: object) -> ResumingExecutor:
    wishes = {"version": "1", "resume": True} | changes
    return ResumingExecutor(InlineExecutor(), folder, **wishes)


# --- keys


def test_equal_arguments_have_one_key():
    assert make_key("1", work, (make_part(), 3), {"a": 1}) == make_key("1", work, (make_part(), 3), {"a": 1})


CHANGES = {
    "version": ("2", work, (make_part(), 3), {"a": 1}),
    "function": ("1", fail, (make_part(), 3), {"a": 1}),
    "argument": ("1", work, (make_part(), 4), {"a": 1}),
    "word": ("1", work, (make_part(), 3), {"b": 1}),
    "field": ("1", work, (replace(make_part(), name="mianxian"), 3), {"a": 1}),
    "set": ("1", work, (replace(make_part(), lines=frozenset({"HILL53"})), 3), {"a": 1}),
    "cell": ("1", work, (replace(make_part(), people=make_part().people.assign(day=[3, 5])), 3), {"a": 1}),
    "column": ("1", work, (replace(make_part(), people=make_part().people.rename(columns={"day": "d"})), 3), {"a": 1}),
    "row": ("1", work, (replace(make_part(), people=make_part().people.iloc[::-1]), 3), {"a": 1}),
    "nested": ("1", work, (replace(make_part(), shared=(make_part(),)), 3), {"a": 1}),
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(CHANGES))
def test_whatever_differs_changes_the_key(what):
    same = make_key("1", work, (make_part(), 3), {"a": 1})
    assert make_key(*CHANGES[what]) not in (same, None)


def test_whether_equal_values_are_one_object_does_not_matter():
    one = make_part()
    assert make_key("1", work, ((one, one),), {}) == make_key("1", work, ((make_part(), make_part()),), {})


def test_the_order_of_a_dictionary_does_not_matter_its_content_does():
    keys = [
        make_key("1", work, (rates,), {}) for rates in ({"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 2, "b": 1})
    ]
    assert keys[0] == keys[1] != keys[2]


def test_signals_are_left_out_of_the_key():
    keys = {make_key("1", work, (make_part(), watcher), {}) for watcher in (Watcher("a"), Watcher("b"))}
    assert len(keys) == 1
    assert make_key("1", work, (Signals(Path("a")),), {}) == make_key("1", work, (Signals(None),), {})


def test_what_cannot_be_pickled_has_no_key_and_is_simply_done(tmp_path):
    ring: list[object] = []
    ring.append(ring)
    assert make_key("1", work, (ring,), {}) is None
    assert make_key("1", work, (lambda: 0,), {}) is None
    assert make_executor(tmp_path).submit(len, ring).result() == 1
    assert count_pieces(tmp_path) == 0


PRINT_KEY = "import test_running_resuming as t; print(t.make_key('1', t.work, (t.make_part(),), {}))"


def test_the_key_is_the_same_in_every_process():
    # sets are ordered by string hashes, which PYTHONHASHSEED changes
    found = {
        subprocess.run(
            [sys.executable, "-c", PRINT_KEY],
            cwd=Path(__file__).parent,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1
    assert len(found.pop()) == 64


# --- pieces


def test_a_finished_call_is_not_made_again(tmp_path, marks):
    first = make_executor(tmp_path / "kept").submit(work, make_part(), str(marks))
    again = make_executor(tmp_path / "kept")
    second = again.submit(work, make_part(), str(marks))
    assert first.result() == second.result() == "YANGXIAN"
    assert count_calls(marks) == 1
    assert again.found == 1


def test_without_resume_everything_is_done_anew_and_kept(tmp_path, marks):
    for _ in range(2):
        executor = make_executor(tmp_path / "kept", resume=False)
        assert executor.submit(work, make_part(), str(marks)).result() == "YANGXIAN"
    assert count_calls(marks) == 2
    assert count_pieces(tmp_path / "kept") == 1


def test_another_release_takes_nothing(tmp_path, marks):
    for version in ("1", "2"):
        make_executor(tmp_path / "kept", version=version).submit(work, make_part(), str(marks)).result()
    assert count_calls(marks) == 2


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "alien"])
def test_a_damaged_piece_is_done_again(tmp_path, marks, damage):
    make_executor(tmp_path / "kept").submit(work, make_part(), str(marks)).result()
    (piece,) = (tmp_path / "kept").iterdir()
    whole = piece.read_bytes()
    flipped = bytes([*whole[:-3], whole[-3] ^ 1, *whole[-2:]])
    piece.write_bytes({"cut": whole[:-5], "flipped": flipped, "empty": b"", "alien": b"x" * 100}[damage])
    again = make_executor(tmp_path / "kept")
    assert again.submit(work, make_part(), str(marks)).result() == "YANGXIAN"
    assert count_calls(marks) == 2
    assert again.found == 0
    assert piece.read_bytes() == whole  # and kept once more


def test_errors_are_not_kept(tmp_path, marks):
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            make_executor(tmp_path / "kept").submit(fail, str(marks)).result()
    assert count_calls(marks) == 2


def test_results_of_work_that_was_asked_to_stop_are_not_kept(tmp_path, marks):
    signals = Signals(tmp_path)
    executor = make_executor(tmp_path / "kept", is_stopped=signals.should_stop)
    signals.ask_to_stop()
    assert executor.submit(work, make_part(), str(marks)).result() == "YANGXIAN"
    assert not (tmp_path / "kept").exists()


def test_pieces_are_for_their_owner_alone(tmp_path, marks):
    make_executor(tmp_path / "kept").submit(work, make_part(), str(marks)).result()
    assert (tmp_path / "kept").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "kept").iterdir())


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="this system has no such permissions")
def test_a_folder_others_may_write_to_is_not_read(tmp_path, marks):
    make_executor(tmp_path / "kept").submit(work, make_part(), str(marks)).result()
    (tmp_path / "kept").chmod(0o777)
    told: list[str] = []
    again = make_executor(tmp_path / "kept", on_trouble=told.append)
    again.submit(work, make_part(), str(marks)).result()
    assert count_calls(marks) == 2
    assert len(told) == 1


def test_a_full_disk_costs_the_pieces_not_the_run(tmp_path, marks):
    (tmp_path / "file").write_text("")
    told: list[str] = []
    executor = make_executor(tmp_path / "file" / "kept", on_trouble=told.append)
    for _ in range(2):
        assert executor.submit(work, make_part(), str(marks)).result() == "YANGXIAN"
    assert len(told) == 1
    assert "cannot be kept" in told[0]


def test_forgetting_leaves_what_others_put_there(tmp_path, marks):
    kept = tmp_path / "kept"
    make_executor(kept).submit(work, make_part(), str(marks)).result()
    (kept / "half.piece.part").write_bytes(b"")
    (kept / "letter.txt").write_text("keep me")
    forget_pieces(kept)
    assert [path.name for path in kept.iterdir()] == ["letter.txt"]
    (kept / "letter.txt").unlink()
    forget_pieces(kept)
    assert not kept.exists()


def test_a_cancelled_call_leaves_nothing(tmp_path):
    class Never(InlineExecutor):
        def submit(self, fn, /, *args, **kwargs):
            return Future()

    executor = ResumingExecutor(Never(), tmp_path / "kept", version="1", resume=True)
    assert executor.submit(len, "abc").cancel()
    assert not (tmp_path / "kept").exists()


RUN = """\
import sys, time
from functools import partial
from pathlib import Path
from dispatch.running.processes import RestartingPool
from dispatch.running.resuming import ResumingExecutor
from dispatch.running.stream import run_tasks

def work(marks, number):
    (Path(marks) / f"{number}-{time.monotonic_ns()}").touch()
    time.sleep(0.2)
    return number * number

if __name__ == "__main__":
    marks, kept = sys.argv[1:]
    pool = ResumingExecutor(RestartingPool(2), Path(kept), version="1", resume=True)
    print(sorted(run_tasks(pool, partial(work, marks), range(12))))
    pool._inner.shutdown()
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are not sent on Windows")
def test_a_program_killed_in_the_middle_goes_on_from_what_was_finished(tmp_path, marks):
    (tmp_path / "run.py").write_text(RUN, encoding="utf-8")
    kept = tmp_path / "kept"
    words = [sys.executable, "run.py", str(marks), str(kept)]
    killed = subprocess.Popen(words, cwd=tmp_path)
    end = time.monotonic() + 60
    while count_pieces(kept) < 4:
        assert time.monotonic() < end
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    time.sleep(1.0)  # its processes end with it
    finished, begun = count_pieces(kept), count_calls(marks)
    assert finished < 12
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == str([(number, number * number) for number in range(12)])
    assert count_calls(marks) == begun + 12 - finished  # nothing finished was done again
