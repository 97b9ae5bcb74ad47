"""Workers on other machines: a Dask cluster behind the face of an executor."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dispatch.errors import UsageError, WorkLost
from dispatch.running.exchange import check_releases, name_releases
from dispatch.running.watch import Watch, list_workers

if TYPE_CHECKING:
    from distributed import Client

_TIMEOUT_S = 30.0


class ClusterExecutor(Executor):
    """Sends calls to the workers of a Dask client; results are those the same calls give in this process.

    The scheduler runs a call again elsewhere when its worker dies; when that happened as often as the scheduler allows
    (``allowed-failures``, 3 by default), the call ends with ``WorkLost``. Calls and results travel as pickles. A worker whose
    releases differ from ours ends a call with ``UsageError``.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._open: set[Future[Any]] = set()
        self._closed = False
        self._releases = name_releases()
        #: Opens results, so that neither Dask's loop nor its callbacks wait for us.
        self._opener = ThreadPoolExecutor(1, thread_name_prefix="dispatch-results")

    @property
    def workers(self) -> int:
        """Calls the cluster runs at the same time, now."""
        return sum(worker["nthreads"] for worker in list_workers(self._client).values())

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Future of a call on some worker."""
        if self._closed:
            raise RuntimeError("no calls are taken after shutdown")
        future: Future[Any] = Future()
        self._open.add(future)
        call = pickle.dumps((fn, args, kwargs), protocol=5)
        # pure=False: equal calls of two planners must not become one that either of them may cancel
        remote = self._client.submit(_run_call, call, self._releases, pure=False)
        future.add_done_callback(lambda done: self._forget(done, remote))
        self._client.loop.add_callback(self._follow, remote, future)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls. The cluster goes on; it belongs to whoever started it."""
        self._closed = True
        if cancel_futures:
            for future in list(self._open):
                future.cancel()
        if wait:
            _wait_for(self._open)
            self._opener.shutdown()

    def _forget(self, done: Future[Any], remote: Any) -> None:
        self._open.discard(done)
        if done.cancelled():
            remote.cancel()

    async def _follow(self, remote: Any, future: Future[Any]) -> None:
        """Wait, on Dask's loop, for a remote call; what comes of it is opened in a thread of ours."""
        try:
            result = await remote.result()
        except BaseException as error:
            if not future.cancelled():
                self._opener.submit(_settle, future, b"", error)
        else:
            self._opener.submit(_settle, future, result, None)


def _wait_for(futures: set[Future[Any]]) -> None:
    while pending := list(futures):
        wait(pending)


def _run_call(call: bytes, releases: dict[str, str]) -> bytes:
    """Result of a pickled call, pickled. Runs on a worker, which may have joined after the others were looked at."""
    check_releases("A worker of the cluster", name_releases(), releases)
    fn, args, kwargs = pickle.loads(call)
    return pickle.dumps(fn(*args, **kwargs), protocol=5)


def _settle(future: Future[Any], result: bytes, error: BaseException | None) -> None:
    """Pass on how a remote call ended."""
    if not future.set_running_or_notify_cancel():
        return
    if error is not None:
        future.set_exception(_translate(error))
        return
    try:
        value = pickle.loads(result)
    except Exception as damaged:
        future.set_exception(damaged)
    else:
        future.set_result(value)


def _translate(error: BaseException) -> BaseException:
    """A loss in words for what Dask raises when a call can no longer be run; a call's own error as it is."""
    kind = type(error).__name__
    if kind == "KilledWorker":
        words = (
            "The same piece of work was begun on several workers of the cluster, and every one of them ended. Most often "
            "they have too little memory: start them with more (--memory-limit), or fewer on each machine (--nworkers)."
        )
    elif kind in ("CancelledError", "FutureCancelledError"):
        words = "The cluster dropped a piece of work; most often its scheduler has ended. Start the cluster again."
    else:
        return error
    loss = WorkLost(words)
    loss.__cause__ = error
    return loss


@contextmanager
def open_cluster(
    address: str,
    signals: Path,
    *,
    on_loss: Callable[[str], None] = lambda text: None,
    timeout_s: float | None = None,
) -> Iterator[ClusterExecutor]:
    """Executor on the workers of a Dask scheduler.

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://10.0.0.1:8786``. Encryption is set up where Dask expects it, in its configuration.
    signals
        Folder of the planner's signals (a file ``stop``, progress texts ``*.txt``), carried to workers that do not see it.
    on_loss
        Told in a sentence when a worker is gone; called from another thread.
    timeout_s
        Longest wait for the scheduler, and then for its first worker; default 30.

    Raises
    ------
    UsageError
        Dask is not installed, nobody answers, there is no worker, or a worker's releases differ from ours.
    """
    timeout_s = _TIMEOUT_S if timeout_s is None else timeout_s
    client = _connect(address, timeout_s)
    executor = ClusterExecutor(client)
    watch = Watch(client, signals, on_loss)
    try:
        _check_workers(client, address, timeout_s)
        watch.start()
        yield executor
        executor.shutdown()
        watch.end(forget=True)
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        watch.end(forget=False)  # calls that cannot be ended may still look for the wish to stop
        raise
    finally:
        client.close()


def _connect(address: str, timeout_s: float) -> Client:
    try:
        import dask
        from distributed import Client
    except ImportError as error:
        raise UsageError(
            "--cluster needs a package that is not installed: pip install 'dispatch-return[cluster]'."
        ) from error
    for name in ("distributed", "distributed.client"):  # what a coordinator must know is told by on_loss
        logging.getLogger(name).setLevel(logging.CRITICAL)
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TB"})
    try:
        return Client(address, timeout=timeout_s, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            f"No Dask scheduler answers at {address}. Start one with 'dask scheduler' and give the address it prints, such as tcp://10.0.0.1:8786."
        ) from error


def _check_workers(client: Client, address: str, timeout_s: float) -> None:
    try:
        client.wait_for_workers(1, timeout=timeout_s)
    except TimeoutError as error:
        raise UsageError(
            f"The scheduler at {address} has no workers. Start some with 'dask worker {address} --nworkers -1 --nthreads 1'."
        ) from error
    ours = name_releases()
    for worker, theirs in client.run(name_releases, on_error="return").items():
        if isinstance(theirs, OSError):
            continue  # gone meanwhile; whoever takes its place is looked at with its first call
        if isinstance(theirs, Exception):
            raise UsageError(
                f"Worker {worker} cannot run dispatch ({type(theirs).__name__}: {theirs}). Install dispatch-return {ours['dispatch-return']} on it."
            )
        check_releases(f"Worker {worker}", theirs, ours)
