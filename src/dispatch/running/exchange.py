"""What runs on the workers of a cluster beside their calls: handing over signals, and saying which releases they have.

Signals between planner and calls are files in a folder of the planner's machine. Workers that share its disk see them; to the
others the wish to stop is carried, and their progress texts are brought back.
"""

from __future__ import annotations

import shutil
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from dispatch.errors import UsageError

#: A worker whose releases of these differ could make another plan of the same call.
_DECIDING = ("dispatch-return", "ortools", "numpy", "pandas")


@cache
def name_releases() -> dict[str, str]:
    """Release of Python and of every package that decides what a plan looks like."""
    releases = {"python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    for package in _DECIDING:
        try:
            releases[package] = version(package)
        except PackageNotFoundError:
            releases[package] = "none"
    return releases


def check_releases(worker: str, theirs: dict[str, str], ours: dict[str, str]) -> None:
    """Raise ``UsageError`` where a worker's releases differ from ours."""
    differing = [
        f"{name} {theirs[name]} instead of {ours[name]}" for name in ours if theirs[name] != ours[name]
    ]
    if differing:
        raise UsageError(
            f"{worker} has {', '.join(differing)}. Install the same releases everywhere: others could make another plan."
        )


def exchange_signals(folder: str, token: str, stop: bool) -> dict[str, str]:
    """Progress texts of this machine by name; none where the planner's folder itself is seen, marked by a file ``token``.

    Makes the folder where it is not; with ``stop``, leaves the file in it that asks calls to end with their best.
    """
    here = Path(folder)
    if (here / token).exists():
        return {}
    here.mkdir(mode=0o700, parents=True, exist_ok=True)
    if stop:
        (here / "stop").touch()
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(here.glob("*.txt"))}


def forget_signals(folder: str, token: str) -> None:
    """Remove the copy of the folder on a machine that does not see the planner's own."""
    if not (Path(folder) / token).exists():
        shutil.rmtree(folder, ignore_errors=True)
