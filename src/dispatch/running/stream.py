"""Many pieces of work through an executor, only a few of them in memory at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


def count_workers(executor: Executor) -> int:
    """Calls an executor runs at the same time; 1 for one that does not say."""
    return max(1, int(getattr(executor, "workers", 1)))


def run_tasks(
    executor: Executor,
    fn: Callable[[Task], Result],
    tasks: Iterable[Task],
    in_flight: int | None = None,
) -> Iterator[tuple[int, Result]]:
    """(number of the task, its result) for every task, as they come; the order of results means nothing.

    Parameters
    ----------
    fn
        Called with one task. What all tasks share may be bound with ``functools.partial``.
    tasks
        Taken one by one when there is room, so that they may be made lazily.
    in_flight
        Most tasks handed out and not yet taken back, at least 1; default: one more than the executor has workers.
        Arguments and results of no other tasks are held here.

    Raises
    ------
    Whatever a call raised, with the number of its task as a note; tasks not begun by then are cancelled, as they are
    when the iteration is left early.
    """
    most = in_flight if in_flight is not None else count_workers(executor) + 1
    if most < 1:
        raise ValueError("in_flight must be at least 1")
    waiting = enumerate(tasks)
    open_tasks: dict[Future[Result], int] = {}
    try:
        _fill(executor, fn, waiting, open_tasks, most)
        while open_tasks:
            done = wait(open_tasks, return_when=FIRST_COMPLETED).done
            finished = sorted(((open_tasks.pop(future), future) for future in done), reverse=True)
            del done
            while finished:
                number, future = finished.pop()
                result = _take(number, future)
                del future  # nothing but the caller holds a result that was handed over
                _fill(executor, fn, waiting, open_tasks, most - len(finished))
                yield number, result
                del result
    finally:
        for future in open_tasks:
            future.cancel()


def _fill(
    executor: Executor,
    fn: Callable[[Task], Result],
    waiting: Iterator[tuple[int, Task]],
    open_tasks: dict[Future[Result], int],
    most: int,
) -> None:
    while len(open_tasks) < most:
        following = next(waiting, None)
        if following is None:
            return
        number, task = following
        open_tasks[executor.submit(fn, task)] = number


def _take(number: int, future: Future[Result]) -> Result:
    try:
        return future.result()
    except Exception as error:
        error.add_note(f"(Piece {number + 1} of the work.)")
        raise
