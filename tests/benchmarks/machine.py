"""What a measurement was taken on: commit, date, cores; and rows made from named numbers."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from benchmarks.results import Row

ROOT = Path(__file__).resolve().parents[2]
#: Files that every run changes: they make no difference to what was measured.
_OWN_OUTPUT = (":!tests/benchmarks/results.csv", ":!README.md")


@cache
def find_commit() -> str:
    """Short hash of the checkout's commit, with ``+`` where tracked files differ from it; ``unknown`` outside git."""
    try:
        commit = _git("rev-parse", "--short", "HEAD").strip()
        changed = _git("status", "--porcelain", "--", ".", *_OWN_OUTPUT).strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit}+" if changed else commit


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout


def count_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def make_rows(
    benchmark: str,
    metrics: Mapping[str, tuple[object, str]],
    *,
    scenario: str,
    variant: str = "",
    effort: str = "",
    seed: int | str = "",
    tool: str = "dispatch",
) -> list[Row]:
    """Rows of one measurement; ``metrics`` maps a name to (value, unit). A value of None leaves its cell empty."""
    return [
        Row(
            date=datetime.now(UTC).date().isoformat(),
            commit=find_commit(),
            benchmark=benchmark,
            scenario=scenario,
            variant=variant,
            effort=effort,
            seed=str(seed),
            tool=tool,
            metric=name,
            value="" if value is None else str(value),
            unit=unit,
            cores=str(count_cores()),
        )
        for name, (value, unit) in metrics.items()
    ]
