"""Signals between a running search and whoever started it, through small files, so that any process can send them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Signals:
    """A folder for signals; None = nobody watches and nobody stops the work.

    A worker writes its progress to ``<name>.txt``; a file called ``stop`` asks every worker to end with its best.
    On a machine that does not see the folder nothing is written and nobody is stopped (``running.exchange`` brings it there).
    """

    #: Two calls that differ only in their signals do the same work: ``running.fingerprint``.
    changes_no_result: ClassVar[bool] = True

    folder: Path | None = None

    def should_stop(self) -> bool:
        """True once somebody asked to stop."""
        return self.folder is not None and (self.folder / "stop").exists()

    def ask_to_stop(self) -> None:
        """Ask every worker to end with the best it has."""
        if self.folder is not None:
            (self.folder / "stop").touch()

    def tell(self, name: str, text: str) -> None:
        """Publish the progress of one worker."""
        if self.folder is not None:
            with suppress(FileNotFoundError):
                (self.folder / f"{name}.txt").write_text(text, encoding="utf-8")

    def read(self) -> dict[str, str]:
        """Progress texts by worker name."""
        if self.folder is None:
            return {}
        return {path.stem: path.read_text(encoding="utf-8") for path in sorted(self.folder.glob("*.txt"))}
