"""All benchmarks by one command. Outside the ordinary test run; results are added to ``results.csv`` beside this file.

    python tests/benchmarks/run.py all
    python tests/benchmarks/run.py campaigns --scenario yangxian zhenping --effort standard --seeds 1
    python tests/benchmarks/run.py peers --seeds 1 2 3 --cpu 60
    python tests/benchmarks/run.py growth --workers 1000 10000 45957
    python tests/benchmarks/run.py routing
    python tests/benchmarks/run.py readme        (write the tables into README.md from results.csv)

Peers need ``pip install -e ".[bench]"``. Memory is measured on Linux only.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

# One thread for every numeric library of this process: peers are measured by CPU time.
os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import results
from benchmarks.machine import ROOT, find_commit
from benchmarks.results import Row

Rows = Iterator[list[Row]]


def main(words: list[str] | None = None) -> int:
    """Run what the words ask for; returns the exit code."""
    wish = _make_parser().parse_args(words)
    if wish.benchmark == "readme":
        return _write_readme(wish.table)
    chosen = list(_RUNS) if wish.benchmark == "all" else [wish.benchmark]
    for name in chosen:
        for rows in _RUNS[name](wish):
            results.append_rows(rows, wish.table)
            say("  " + ", ".join(f"{row.metric} {row.value} {row.unit}".strip() for row in rows if row.value))
    _show(wish.table, chosen)
    return 0


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("benchmark", choices=[*_RUNS, "all", "readme"])
    parser.add_argument("--scenario", nargs="+", default=[], help="campaigns: which (default: all there are)")
    parser.add_argument("--variant", nargs="+", default=[], help="campaigns: tight, roomy (default: both)")
    parser.add_argument("--effort", nargs="+", default=[], help="default: standard; for peers quick standard")
    parser.add_argument("--seeds", nargs="+", type=int, default=[], help="default: 1; for peers 1 2 3")
    parser.add_argument("--processes", type=int, help="of dispatch; default: what dispatch takes by itself")
    parser.add_argument("--cpu", type=float, help="CPU seconds of each peer; default: 60, routing 10")
    parser.add_argument(
        "--tool", nargs="+", default=[], help="peers: which (default: all that are installed)"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="peers: factor on the people of the county")
    parser.add_argument("--workers", nargs="+", type=int, default=[], help="growth: sizes")
    parser.add_argument("--table", type=Path, default=results.TABLE, help="where results are added")
    return parser


def _run_campaigns(wish: argparse.Namespace) -> Rows:
    from benchmarks.campaigns import SCENARIOS, run_campaigns
    from benchmarks.machine import make_rows
    from benchmarks.planning_runs import measure_compilation

    there = [name for name in SCENARIOS if (ROOT / "scenarios" / name / "facts.yaml").exists()]
    say("campaigns: compiling kernels")
    wall_s, cpu_s = measure_compilation()
    first_time = {"final": (round(wall_s, 1), "s"), "CPU": (round(cpu_s, 1), "s")}
    yield make_rows("campaigns", first_time, scenario="(first run on a machine, on top)")
    yield from run_campaigns(
        wish.scenario or there,
        efforts=wish.effort or ["standard"],
        seeds=wish.seeds or [1],
        variants=wish.variant,
        processes=wish.processes,
        say=say,
    )


def _run_routing(wish: argparse.Namespace) -> Rows:
    if importlib.util.find_spec("benchmarks.bench_fsm") is None:
        say("routing: there is no bench_fsm.py here, left out")
        return
    from benchmarks.bench_fsm import run_routing

    yield from run_routing(seeds=wish.seeds or [1], cpu_s=wish.cpu or 10.0, tools=wish.tool, say=say)


def _run_peers(wish: argparse.Namespace) -> Rows:
    from benchmarks.side_by_side import ROUTERS, SHEET, run_side_by_side

    yield from run_side_by_side(
        seeds=wish.seeds or [1, 2, 3],
        cpu_s=wish.cpu or 60.0,
        efforts=wish.effort or ["quick", "standard"],
        tools=wish.tool or [*ROUTERS, SHEET],
        say=say,
        scale=wish.scale,
    )


def _run_growth(wish: argparse.Namespace) -> Rows:
    from benchmarks.growth import SIZES, describe_growth, run_growth

    for effort in wish.effort or ["standard"]:
        yield from run_growth(
            wish.workers or SIZES,
            effort=effort,
            seed=(wish.seeds or [1])[0],
            processes=wish.processes,
            say=say,
        )
    say(describe_growth(results.read_rows(wish.table)))


_RUNS: dict[str, Callable[[argparse.Namespace], Rows]] = {
    "campaigns": _run_campaigns,
    "routing": _run_routing,
    "peers": _run_peers,
    "growth": _run_growth,
}


def _show(table: Path, chosen: list[str]) -> None:
    rows = results.read_rows(table)
    say(f"\n{table.name}, last at commit {find_commit()}:\n")
    say(results.make_section(rows, {name: results.TITLES[name] for name in chosen}))
    say("\nInto the README: python tests/benchmarks/run.py readme")


def _write_readme(table: Path) -> int:
    readme = ROOT / "README.md"
    try:
        changed = results.update_readme(readme, results.make_section(results.read_rows(table)))
    except ValueError as error:
        say(str(error))
        return 1
    say(f"{readme.name}: {'updated' if changed else 'nothing new'}")
    return 0


def say(text: str) -> None:
    """One line to the terminal, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
