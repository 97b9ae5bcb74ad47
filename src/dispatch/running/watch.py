"""Looking after a cluster while it works for us: signals carried both ways, and workers that are gone."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dispatch.running.exchange import exchange_signals, forget_signals

if TYPE_CHECKING:
    from distributed import Client

_POLL_S = 2.0


def list_workers(client: Client) -> dict[str, Any]:
    """What the scheduler says of each of its workers, by address."""
    return dict(client.scheduler_info(n_workers=-1)["workers"])


class Watch:
    """Carries signals between here and the workers, and notices workers that are gone."""

    def __init__(self, client: Client, folder: Path, on_loss: Callable[[str], None]) -> None:
        self._client = client
        self._folder = folder
        self._on_loss = on_loss
        self._token = f"planner-{uuid.uuid4().hex}"
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._seen: set[str] = set()

    def start(self) -> None:
        """Begin; once it returns, the workers present have the folder."""
        (self._folder / self._token).touch()
        self._seen = set(list_workers(self._client))
        self._look()  # before any call runs: it needs the folder
        self._thread.start()

    def end(self, *, forget: bool) -> None:
        """Stop looking. ``forget``: remove the copies of the folder; otherwise leave the wish to stop in them."""
        self._ended.set()
        if not self._thread.is_alive():
            return
        self._thread.join(timeout=2 * _POLL_S)
        try:
            if forget:
                self._client.run(forget_signals, str(self._folder), self._token, on_error="ignore")
            else:
                self._exchange(stop=True)
        except (OSError, RuntimeError, TimeoutError):
            return  # the scheduler is gone; there is nobody left to tell

    def _run(self) -> None:
        while not self._ended.wait(_POLL_S):
            self._look()

    def _look(self) -> None:
        try:
            self._look_for_losses()
            self._exchange(stop=(self._folder / "stop").exists())
        except (OSError, RuntimeError, TimeoutError, KeyError):
            return  # a worker or the scheduler is away for a moment

    def _look_for_losses(self) -> None:
        present = set(list_workers(self._client))
        for worker in sorted(self._seen - present):
            self._on_loss(
                f"Worker {worker} of the cluster is gone; its unfinished work is run again by others."
            )
        self._seen = present

    def _exchange(self, *, stop: bool) -> None:
        replies = self._client.run(exchange_signals, str(self._folder), self._token, stop, on_error="ignore")
        for texts in replies.values():
            for name, text in texts.items():
                (self._folder / f"{Path(name).name}.txt").write_text(text, encoding="utf-8")
