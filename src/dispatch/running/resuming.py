"""Finished pieces of work kept on disk, so that a run that was killed goes on from them."""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from pathlib import Path
from typing import Any

from dispatch.running.fingerprint import make_key
from dispatch.running.stream import count_workers

_SUFFIX = ".piece"
_DIGEST_BYTES = 32


class ResumingExecutor(Executor):
    """Hands calls to another executor and keeps every result in a folder, under a key of the call's content.

    With ``resume``, a call whose result is already there is not made. A file that is damaged or only half written is
    no result. What raised is not kept, and nothing is once ``is_stopped``: results are then the best so far, not the best.
    The folder holds pickles: it is made for its owner alone, and one that others may write to is not read.

    Parameters
    ----------
    folder
        Made with the first result. Several runs may share it.
    version
        Whatever else results depend on; see ``fingerprint.make_key``.
    on_trouble
        Told in a sentence, once, when nothing can be kept.
    """

    def __init__(
        self,
        inner: Executor,
        folder: Path,
        *,
        version: str,
        resume: bool,
        is_stopped: Callable[[], bool] = lambda: False,
        on_trouble: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.workers = count_workers(inner)
        self.found = 0
        self._inner = inner
        self._folder = folder
        self._version = version
        self._resume = resume and _is_private(folder)
        self._is_stopped = is_stopped
        self._on_trouble = on_trouble
        self._keeps = True
        if resume and not self._resume and folder.is_dir():
            on_trouble(f"{folder} may be changed by others, so nothing is taken from it.")

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Future of a call: finished already where its result was kept."""
        key = make_key(self._version, fn, args, kwargs)
        if key is None:
            return self._inner.submit(fn, *args, **kwargs)
        path = self._folder / f"{key}{_SUFFIX}"
        if self._resume and (kept := _read_piece(path)) is not None:
            self.found += 1
            future: Future[Any] = Future()
            future.set_result(kept[0])
            return future
        future = self._inner.submit(fn, *args, **kwargs)
        future.add_done_callback(partial(self._keep, path))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the other executor to whoever made it."""

    def _keep(self, path: Path, future: Future[Any]) -> None:
        if not self._keeps or future.cancelled() or future.exception() is not None or self._is_stopped():
            return
        try:
            _write_piece(path, future.result())
        except (OSError, pickle.PicklingError, AttributeError, TypeError) as error:
            self._keeps = False
            reason = getattr(error, "strerror", None) or error
            self._on_trouble(f"Finished work cannot be kept in {self._folder}: {reason}.")


def forget_pieces(folder: Path) -> None:
    """Remove the kept pieces and their folder, if nothing else lies in it."""
    for path in folder.glob(f"*{_SUFFIX}"):
        path.unlink(missing_ok=True)
    for path in folder.glob(f"*{_SUFFIX}.part"):
        path.unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        shutil.rmtree(folder, ignore_errors=True)


def count_pieces(folder: Path) -> int:
    """Pieces kept in a folder."""
    return sum(1 for _ in folder.glob(f"*{_SUFFIX}"))


def _is_private(folder: Path) -> bool:
    """True for a folder of this user into which nobody else can write."""
    if not folder.is_dir():
        return False
    if not hasattr(os, "getuid"):
        return True
    status = folder.stat()
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _read_piece(path: Path) -> tuple[Any] | None:
    """The kept result, in a tuple; None when there is none that is whole."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    digest, body = data[:_DIGEST_BYTES], memoryview(data)[_DIGEST_BYTES:]
    if hashlib.sha256(body).digest() != digest:
        return None
    try:
        return (pickle.loads(body),)
    except Exception:
        return None


def _write_piece(path: Path, result: Any) -> None:
    """Write a result so that its file is there whole or not at all."""
    body = pickle.dumps(result, protocol=5)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=f"{_SUFFIX}.part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(body).digest())
            file.write(body)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
