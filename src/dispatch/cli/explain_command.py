"""``dispatch explain``: one person's journey, or why there is none."""

from __future__ import annotations

import difflib
from pathlib import Path

from dispatch.cli.loading import open_run
from dispatch.cli.output import show
from dispatch.errors import UsageError
from dispatch.explain.worker import tell_worker


def run_explain(run: Path, worker_id: str, *, scenario_path: Path | None) -> int:
    """Tell the journey of one worker of a run; return the exit code."""
    opened = open_run(run, scenario_path)
    known = list(opened.plan.outcomes["worker_id"])
    if worker_id not in set(known):
        close = difflib.get_close_matches(worker_id, known, n=3, cutoff=0.5)
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        raise UsageError(f"Nobody in this plan has the id {worker_id}.{hint}")
    for line in tell_worker(opened.scenario, opened.plan, worker_id):
        show(line)
    return 0
