"""Many pieces of work, few of them in memory."""

from __future__ import annotations

import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ClassVar

import pytest

from dispatch.running.inline import InlineExecutor
from dispatch.running.processes import RestartingPool
from dispatch.running.stream import count_workers, run_tasks


def square(number: int) -> int:
    return number * number


def add(offset: int, number: int) -> int:
    return offset + number


def sleep_first_longest(number: int) -> int:
    time.sleep(0.4 if number == 0 else 0.0)
    return number


def refuse_seven(number: int) -> int:
    if number == 7:
        raise ValueError("seven")
    return number


class Heavy:
    """A task or result of which the living are counted."""

    living: ClassVar[weakref.WeakSet[Heavy]] = weakref.WeakSet()

    def __init__(self) -> None:
        Heavy.living.add(self)


def copy_heavy(task: Heavy) -> Heavy:
    return Heavy()


@pytest.mark.parametrize("in_flight", [None, 1, 3, 100])
def test_every_task_comes_back_once_with_its_number(in_flight):
    with ThreadPoolExecutor(3) as executor:
        found = dict(run_tasks(executor, square, range(20), in_flight))
    assert found == {number: number * number for number in range(20)}


def test_other_processes_give_what_this_one_gives():
    pool = RestartingPool(2)
    try:
        there = dict(run_tasks(pool, partial(add, 100), range(5)))
    finally:
        pool.abort()
    assert there == dict(run_tasks(InlineExecutor(), partial(add, 100), range(5)))
    assert there == {0: 100, 1: 101, 2: 102, 3: 103, 4: 104}


def test_results_come_as_they_are_done():
    with ThreadPoolExecutor(2) as executor:
        order = [number for number, _ in run_tasks(executor, sleep_first_longest, range(3))]
    assert order[-1] == 0


def test_no_more_tasks_are_made_than_are_in_flight():
    made = taken = 0
    ahead = []

    def make():
        nonlocal made
        for number in range(30):
            made += 1
            ahead.append(made - taken)
            yield number

    with ThreadPoolExecutor(2) as executor:
        for _, _ in run_tasks(executor, square, make(), in_flight=3):
            taken += 1
    assert taken == 30
    # 3 handed out, and the one that is being given to the caller
    assert max(ahead) <= 4


def test_tasks_and_results_of_the_past_are_not_held():
    most = 0
    with ThreadPoolExecutor(1) as executor:
        for _, result in run_tasks(executor, copy_heavy, (Heavy() for _ in range(50)), in_flight=2):
            del result
            most = max(most, len(Heavy.living))
    # at most two tasks with two results, and what the worker thread has in its hands
    assert most <= 6


def test_an_error_names_the_piece_and_ends_the_rest():
    with ThreadPoolExecutor(1) as executor, pytest.raises(ValueError, match="seven") as caught:
        dict(run_tasks(executor, refuse_seven, range(1_000_000)))
    assert caught.value.__notes__ == ["(Piece 8 of the work.)"]


def test_leaving_early_cancels_what_has_not_begun():
    begun = []

    def note(number):
        begun.append(number)
        time.sleep(0.05)
        return number

    with ThreadPoolExecutor(1) as executor:
        stream = run_tasks(executor, note, range(100), in_flight=10)
        next(stream)
        stream.close()
    assert len(begun) <= 3


def test_nothing_in_flight_is_refused():
    with pytest.raises(ValueError, match="in_flight"):
        next(run_tasks(InlineExecutor(), square, [1], in_flight=0))


def test_executors_say_how_many_calls_they_run():
    assert count_workers(InlineExecutor()) == 1
    assert count_workers(RestartingPool(3)) == 3
    with ThreadPoolExecutor(5) as unknown:
        assert count_workers(unknown) == 1
