"""Where the work of a command runs: this process, others beside it, or a cluster; and what is kept of it for ``--resume``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from platform import python_version

import dispatch
from dispatch.batching.progress import Signals
from dispatch.cli.output import drop_output, say
from dispatch.running.inline import InlineExecutor
from dispatch.running.processes import RestartingPool
from dispatch.running.resuming import ResumingExecutor

#: Fewer parties than this are planned faster than other processes start.
LEAST_PARTIES = 300
MOST_DEFAULT_PROCESSES = 4
#: Libraries whose releases can change what a plan looks like.
_DECIDING = ("ortools", "pandas", "numpy")


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
def open_executor(processes: int, on_loss: Callable[[str], None] = say) -> Iterator[Executor]:
    """Executor for a number of processes; one = this process. Its processes end at once when the block is left by an exception."""
    if processes <= 1:
        yield InlineExecutor()
        return
    pool = RestartingPool(processes, prepare=drop_output, on_loss=on_loss)
    try:
        yield pool
    except BaseException:
        pool.abort()
        raise
    pool.shutdown()


@contextmanager
def open_elsewhere(
    address: str | None, signals: Signals, on_loss: Callable[[str], None]
) -> Iterator[Executor | None]:
    """Executor on the cluster at an address; None without an address. Raises ``UsageError`` where it cannot be used."""
    if address is None or signals.folder is None:
        yield None
        return
    from dispatch.running.cluster import open_cluster

    with open_cluster(address, signals.folder, on_loss=on_loss) as executor:
        yield executor


def keep_pieces(
    inner: Executor, folder: Path, *, resume: bool, signals: Signals, on_trouble: Callable[[str], None]
) -> ResumingExecutor:
    """Executor that keeps finished work in a folder and, with ``resume``, takes from it what these releases made."""
    return ResumingExecutor(
        inner,
        folder,
        version=" ".join(f"{name} {number}" for name, number in name_versions().items()),
        resume=resume,
        is_stopped=signals.should_stop,
        on_trouble=on_trouble,
    )


def name_versions() -> dict[str, str]:
    """Releases of this package, of Python, and of the libraries that decide what a plan looks like."""
    own = {"dispatch": dispatch.__version__, "python": python_version()}
    return own | {name: version(name) for name in _DECIDING}
