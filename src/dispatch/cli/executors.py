"""Where independent work runs: in this process, or in a few others that are replaced when one of them is killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from dispatch.cli.output import drop_output
from dispatch.planning.variants import InlineExecutor

#: Fewer parties than this are planned faster than other processes start.
LEAST_PARTIES = 300
MOST_DEFAULT_PROCESSES = 4
RETRIES = 3


@dataclass(frozen=True, slots=True)
class _Call:
    future: Future[Any]
    run: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class RestartingPool(Executor):
    """Spawned processes. When one is killed, a new pool takes over every unfinished call, up to ``RETRIES`` times each.

    Calls must give the same result when run again. Processes ignore Ctrl-C (who started them decides), print
    nothing and end with their parent.
    """

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._lock = threading.Lock()
        self._closed = False
        self._pool = self._make_pool()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Future of a call in another process."""
        call = _Call(Future(), fn, args, kwargs)
        self._send(call, RETRIES)
        return call.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls and end the processes."""
        self._closed = True
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)

    def abort(self) -> None:
        """End the processes at once, whatever they are doing; every unfinished call ends with ``BrokenProcessPool``."""
        self._closed = True
        children = multiprocessing.active_children()
        for process in children:
            process.terminate()
        for process in children:
            process.join()
        _close_pipes(self._pool)

    def _make_pool(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._processes, mp_context=context, initializer=_prepare_process)

    def _send(self, call: _Call, retries: int) -> None:
        pool = self._pool
        try:
            inner = pool.submit(call.run, *call.args, **call.kwargs)
        except BrokenProcessPool as error:
            self._retry(call, retries, pool, error)
            return
        inner.add_done_callback(lambda done: self._settle(call, retries, pool, done))

    def _settle(self, call: _Call, retries: int, pool: ProcessPoolExecutor, done: Future[Any]) -> None:
        if done.cancelled():
            call.future.cancel()
            return
        error = done.exception()
        if isinstance(error, BrokenProcessPool):
            self._retry(call, retries, pool, error)
        elif error is not None:
            call.future.set_exception(error)
        else:
            call.future.set_result(done.result())

    def _retry(
        self, call: _Call, retries: int, broken: ProcessPoolExecutor, error: BrokenProcessPool
    ) -> None:
        if self._closed or retries == 0:
            call.future.set_exception(error)
            return
        with self._lock:
            if self._pool is broken:
                self._pool = self._make_pool()
        self._send(call, retries - 1)


def _close_pipes(pool: ProcessPoolExecutor) -> None:
    """Close the dead processes' ends of a pool's pipes, which this process holds open as well.

    Otherwise a call too large for its pipe would be written, or half a result read, for ever, and keep the program from ending.
    """
    for queue, end in (("_call_queue", "_reader"), ("_result_queue", "_writer")):
        pipe = getattr(getattr(pool, queue, None), end, None)
        if pipe is not None:
            pipe.close()


def _prepare_process() -> None:
    drop_output()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def count_processes(parties: int, wished: int | None) -> int:
    """Processes to use: as wished; else 1 for a small scenario, and one per core up to 4 for others."""
    if wished is not None:
        return wished
    if parties < LEAST_PARTIES:
        return 1
    return min(MOST_DEFAULT_PROCESSES, _count_cores())


def _count_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def open_executor(processes: int) -> Iterator[Executor]:
    """Executor for a number of processes; one = this process. Its processes end at once when the block is left by an exception."""
    if processes <= 1:
        yield InlineExecutor()
        return
    pool = RestartingPool(processes)
    try:
        yield pool
    except BaseException:
        pool.abort()
        raise
    pool.shutdown()
