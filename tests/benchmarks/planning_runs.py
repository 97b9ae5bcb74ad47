"""``dispatch plan`` as a user runs it, in a folder of its own, watched from outside."""

from __future__ import annotations

import atexit
import json
import shutil
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.machine import ROOT
from benchmarks.watching import Watched, watch

#: Exit codes of a plan that was made: lawful, or with broken rules (which the table then shows).
_MADE = (0, 4)
_START = "from dispatch.cli.main import main; main()"


@dataclass(frozen=True, kw_only=True)
class PlanRun:
    """What ``plan --json`` said and what running it took."""

    document: dict[str, Any]
    watched: Watched


@cache
def _kernel_cache() -> str:
    """Folder for compiled kernels, of this process alone, so that no run takes over what another compiled."""
    folder = tempfile.mkdtemp(prefix="dispatch-kernels-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def plan_folder(
    scenario: Path, *, effort: str, seed: int, processes: int | None = None, extra: tuple[str, ...] = ()
) -> PlanRun:
    """Plan a scenario without printed lists. Raises RuntimeError with the last words of a run that made no plan."""
    with tempfile.TemporaryDirectory() as name:
        words = [
            sys.executable, "-c", _START, "plan", str(scenario.resolve()), "--json", "--no-manifests",
            "--effort", effort, "--seed", str(seed), "--out", str(Path(name) / "run"), *extra,
        ]  # fmt: skip
        if processes is not None:
            words += ["--processes", str(processes)]
        watched = watch(words, folder=Path(name), environment={"NUMBA_CACHE_DIR": _kernel_cache()})
    if watched.code not in _MADE:
        last = "\n".join(watched.errors.splitlines()[-5:])
        raise RuntimeError(f"{scenario.name}: dispatch ended with {watched.code}\n{last}")
    return PlanRun(document=json.loads(watched.output), watched=watched)


def measure_compilation() -> tuple[float, float]:
    """(wall, CPU) seconds that a first run takes longer than a second one: compiling kernels and filling disk caches.

    Uses the Yang county campaign at quick effort; afterwards kernels are compiled for all later runs of this process.
    """
    runs = [plan_folder(ROOT / "scenarios" / "yangxian", effort="quick", seed=1).watched for _ in range(2)]
    return max(0.0, runs[0].wall_s - runs[1].wall_s), max(0.0, runs[0].cpu_s - runs[1].cpu_s)
