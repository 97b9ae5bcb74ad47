"""Processes of this machine that are replaced when one of them is killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from dispatch.errors import WorkLost

#: A call is begun so often before it is given up.
TRIES = 4


@dataclass(eq=False, slots=True)
class _Call:
    run: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    future: Future[Any] = field(default_factory=Future)
    tries: int = 0


@dataclass(eq=False, slots=True)
class _Seat:
    """Room for one process, begun with its first call; it has one call at a time, so that its death costs no other call."""

    pool: ProcessPoolExecutor | None = None


class RestartingPool(Executor):
    """Spawned processes. When one is killed another takes its place and its call is run again, up to ``TRIES`` times in all.

    Then the call ends with ``WorkLost``. Calls must give the same result when run again. Processes ignore Ctrl-C (who
    started them decides) and end with their parent. They are spawned, not forked: a forked child inherits locks of
    threads it does not have (typst and Arrow hang on theirs).

    Parameters
    ----------
    processes
        Most calls run at the same time.
    prepare
        Called first in every process.
    on_loss
        Told in a sentence when a process died and its work is repeated; called from any thread.
    """

    def __init__(
        self,
        processes: int,
        *,
        prepare: Callable[[], None] | None = None,
        on_loss: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.workers = processes
        self._prepare = prepare
        self._on_loss = on_loss
        self._lock = threading.RLock()
        self._seats = [_Seat() for _ in range(processes)]
        self._free = list(reversed(self._seats))
        self._waiting: deque[_Call] = deque()
        self._open: set[Future[Any]] = set()
        self._closed = self._aborted = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Future of a call in another process."""
        call = _Call(fn, args, kwargs)
        with self._lock:
            if self._closed:
                raise RuntimeError("no calls are taken after shutdown")
            self._open.add(call.future)
            self._waiting.append(call)
        call.future.add_done_callback(self._open.discard)
        self._begin_waiting()
        return call.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; end the processes when their calls are done."""
        self._closed = True
        if cancel_futures:
            for call in list(self._waiting):
                call.future.cancel()
        if wait:
            _wait_for(self._open)
        self._begin_waiting()
        self._close_free(wait)

    def abort(self) -> None:
        """End the processes at once, whatever they are doing; every unfinished call ends with ``BrokenProcessPool``."""
        with self._lock:
            self._closed = self._aborted = True
            lost = list(self._waiting)
            self._waiting.clear()
            pools = [seat.pool for seat in self._seats if seat.pool is not None]
        for pool in pools:
            _kill(pool)
        for call in lost:
            if call.tries or call.future.set_running_or_notify_cancel():
                call.future.set_exception(BrokenProcessPool("ended at once"))

    def _begin_waiting(self) -> None:
        while True:
            with self._lock:
                if self._aborted or not self._free or not self._waiting:
                    return
                seat, call = self._free.pop(), self._waiting.popleft()
                wanted = call.tries > 0 or call.future.set_running_or_notify_cancel()
                if not wanted:
                    self._free.append(seat)
                    continue
                call.tries += 1
                try:
                    inner = self._send(seat, call)
                except OSError as error:  # no process can be started
                    seat.pool = None
                    self._free.append(seat)
                    call.future.set_exception(error)
                    continue
            inner.add_done_callback(partial(self._settle, seat, call))

    def _send(self, seat: _Seat, call: _Call) -> Future[Any]:
        """Inner future of a call; a process that died while it had nothing to do is replaced without a word."""
        if seat.pool is None:
            seat.pool = self._make_pool()
        try:
            return seat.pool.submit(call.run, *call.args, **call.kwargs)
        except BrokenProcessPool:
            seat.pool = self._make_pool()
            return seat.pool.submit(call.run, *call.args, **call.kwargs)

    def _make_pool(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(
            1, mp_context=context, initializer=_prepare_process, initargs=(self._prepare,)
        )

    def _settle(self, seat: _Seat, call: _Call, inner: Future[Any]) -> None:
        error = inner.exception()
        died = isinstance(error, BrokenProcessPool)
        again = died and not self._aborted and call.tries < TRIES
        with self._lock:
            if died:
                seat.pool = None
            if again:
                self._waiting.appendleft(call)
            self._free.append(seat)
        if again:
            self._on_loss(
                f"A working process ended unexpectedly; its work is run again (try {call.tries + 1} of {TRIES})."
            )
        self._begin_waiting()  # before anybody is busy with the result
        if error is None:
            call.future.set_result(inner.result())
        elif not again:
            call.future.set_exception(error if self._aborted or not died else _make_loss(error))
        if self._closed:
            self._close_free(wait=False)

    def _close_free(self, wait: bool) -> None:
        with self._lock:
            if self._waiting:
                return
            pools = [seat.pool for seat in self._free if seat.pool is not None]
        for pool in pools:
            pool.shutdown(wait=wait)


def _wait_for(futures: set[Future[Any]]) -> None:
    while pending := list(futures):
        wait(pending)


def _make_loss(cause: BaseException) -> WorkLost:
    loss = WorkLost(
        f"The same piece of work was begun {TRIES} times, and every time its process was ended from outside. Most often "
        "the computer has too little memory: close other programs, or use fewer processes (--processes 1)."
    )
    loss.__cause__ = cause
    return loss


def _kill(pool: ProcessPoolExecutor) -> None:
    processes = list((getattr(pool, "_processes", None) or {}).values())
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()
    _close_pipes(pool)


def _close_pipes(pool: ProcessPoolExecutor) -> None:
    """Close the dead processes' ends of a pool's pipes, which this process holds open as well.

    Otherwise a call too large for its pipe would be written, or half a result read, for ever, and keep the program from ending.
    """
    for queue, end in (("_call_queue", "_reader"), ("_result_queue", "_writer")):
        pipe = getattr(getattr(pool, queue, None), end, None)
        if pipe is not None:
            with suppress(OSError):  # the pool's own thread may be closing it as well
                pipe.close()


def _prepare_process(prepare: Callable[[], None] | None) -> None:
    if prepare is not None:
        prepare()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
