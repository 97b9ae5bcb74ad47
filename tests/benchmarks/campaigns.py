"""Campaigns as a user plans them: time, cost, proof and memory of ``dispatch plan`` on the shipped scenarios."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from benchmarks.machine import ROOT, make_rows
from benchmarks.planning_runs import PlanRun, plan_folder
from benchmarks.results import Row
from dispatch.files.synthesis import FACTS_NAME, make_generated_files, synthesize
from dispatch.files.synthesis_facts import read_facts

SCENARIOS = ("yangxian", "zhenping", "qianxinan", "fangcheng", "nanyang", "yunnan")
#: The fleet as the scenario has it, and the others its facts file knows.
DEFAULT_VARIANT = "tight"


def list_variants(scenario: str) -> tuple[str, ...]:
    """Fleets of a shipped scenario: the default one first."""
    facts = read_facts(ROOT / "scenarios" / scenario / FACTS_NAME)
    generated = getattr(facts, "fleet", None)
    return (DEFAULT_VARIANT, *sorted(getattr(generated, "variants", None) or ()))


def write_campaign(scenario: str, variant: str, folder: Path) -> Path:
    """Write a shipped campaign with its roster into a folder, so that planning it means reading files; returns the folder."""
    facts = ROOT / "scenarios" / scenario / FACTS_NAME
    synthesize(facts, folder, seed=1)
    if variant != DEFAULT_VARIANT:
        made = make_generated_files(read_facts(facts), seed=1, variant=variant)
        for name, content in made.items():
            (folder / name).write_bytes(content)
    return folder


def run_campaigns(
    scenarios: Sequence[str],
    *,
    efforts: Sequence[str],
    seeds: Sequence[int],
    variants: Sequence[str],
    processes: int | None,
    say: Callable[[str], None],
) -> Iterator[list[Row]]:
    """Rows of each scenario, variant, effort and seed as they are measured. ``variants`` empty = all a scenario has."""
    for scenario in scenarios:
        for variant in list_variants(scenario):
            if variants and variant not in variants:
                continue
            with tempfile.TemporaryDirectory() as name:
                folder = write_campaign(scenario, variant, Path(name) / scenario)
                for effort in efforts:
                    for seed in seeds:
                        say(f"campaigns: {scenario}, {variant}, {effort}, seed {seed}")
                        run = plan_folder(folder, effort=effort, seed=seed, processes=processes)
                        metrics = describe_run(run) | _describe_rules(folder)
                        yield make_rows(
                            "campaigns", metrics, scenario=scenario, variant=variant, effort=effort, seed=seed
                        )


def describe_run(run: PlanRun) -> dict[str, tuple[object, str]]:
    """What a run says and took. Seconds to the first complete plan are empty where the program does not tell them."""
    document, watched = run.document, run.watched
    return {
        "workers": (document["workers"]["total"], ""),
        "first plan": (document.get("seconds_to_first_plan"), "s"),
        "final": (round(watched.wall_s, 1), "s"),
        "CPU": (round(watched.cpu_s, 1), "s"),
        "peak memory": (round(watched.peak_mb), "MB PSS, all processes"),
        "cost": (document["cost"]["total"], document["currency"]),
        "bound": (document["bound"], document["currency"]),
        "gap": (_percent(document["gap"]), "%"),
        "gap without unserved": (_percent(document["gap_without_unserved"]), "%"),
        "unserved": (document["workers"]["unserved"], "people"),
        "violations": (document["violations"], ""),
    }


def _percent(ratio: float | None) -> float | None:
    return None if ratio is None else round(100 * ratio, 2)


def _describe_rules(folder: Path) -> dict[str, tuple[object, str]]:
    """Rule profiles and the price of leaving somebody behind: a gap means nothing without them."""
    document: dict[str, Any] = yaml.safe_load((folder / "scenario.yaml").read_text(encoding="utf-8"))
    unserved = document.get("rates", {}).get("unserved", "derived")
    if isinstance(unserved, dict):
        unserved = ", ".join(f"{name} {price:,}" for name, price in sorted(unserved.items()))
    return {
        "profile": (" + ".join(document.get("profiles", ())), ""),
        "price of leaving somebody": (unserved, ""),
    }
