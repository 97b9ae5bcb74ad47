"""The bound of a large scenario beside its plan: tasks of its own on the same executor, at most half of it at first."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial

from dispatch.batching.bound.find import BoundResult
from dispatch.batching.bound.params import LARGE
from dispatch.batching.bound.scale import BoundPart, combine_bound_parts, run_bound_task
from dispatch.batching.bound.tasks import BoundTask, plan_bound_tasks
from dispatch.batching.progress import Signals
from dispatch.clearance.parties import PartyResult
from dispatch.model.scenario import Scenario
from dispatch.running.stream import count_workers, run_tasks


class Bounding:
    """Bound under way. Its tasks and those of the plan take turns on the executor; a thread hands them out."""

    def __init__(
        self,
        scenario: Scenario,
        people: PartyResult,
        penalties: Mapping[str, int],
        executor: Executor,
        signals: Signals,
    ) -> None:
        tasks = plan_bound_tasks(scenario, people.parties, people.members, LARGE, unserved_minor=penalties)
        self._alone = threading.Event()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bound")
        self._future: Future[list[BoundPart]] = self._thread.submit(
            _run, executor, tasks, signals, self._alone
        )

    def finish(self) -> BoundResult:
        """The bound, once every task is done; nothing else needs the executor from now on."""
        self._alone.set()
        try:
            return combine_bound_parts(self._future.result())
        finally:
            self._thread.shutdown()


def _run(
    executor: Executor, tasks: list[BoundTask], signals: Signals, alone: threading.Event
) -> list[BoundPart]:
    """Parts in the order of the tasks. The plan comes first: until it is made the bound takes half of the workers."""
    workers = count_workers(executor)
    parts: list[BoundPart] = []
    while len(parts) < len(tasks):
        at_once = workers if alone.is_set() else max(1, workers // 2)
        some = tasks[len(parts) : len(parts) + at_once]
        found = dict(run_tasks(executor, partial(run_bound_task, signals=signals), some))
        parts += [found[number] for number in range(len(some))]
    return parts
