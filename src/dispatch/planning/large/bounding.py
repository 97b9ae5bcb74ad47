"""The bound of a large scenario beside its plan: tasks of its own on the same executor."""

from __future__ import annotations

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
from dispatch.running.stream import run_tasks


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
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bound")
        self._future: Future[list[BoundPart]] = self._thread.submit(_run, executor, tasks, signals)

    def finish(self) -> BoundResult:
        """The bound, once every task is done."""
        try:
            return combine_bound_parts(self._future.result())
        finally:
            self._thread.shutdown()


def _run(executor: Executor, tasks: list[BoundTask], signals: Signals) -> list[BoundPart]:
    found = dict(run_tasks(executor, partial(run_bound_task, signals=signals), tasks))
    return [found[number] for number in range(len(tasks))]
