"""The table of benchmark results, its picture in the README, and what is computed from it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.growth import cut_facts, fit_exponent
from benchmarks.planning_runs import plan_folder
from benchmarks.results import Row, append_rows, find_latest, make_markdown, read_rows, update_readme
from benchmarks.watching import watch

BEFORE, BEGIN, END, AFTER = (
    "# Title\n\n",
    "<!-- benchmarks:begin -->",
    "<!-- benchmarks:end -->",
    "\n\nEnd.\n",
)


def row(metric: str, value: str, *, commit: str = "aaa", **changes: str) -> Row:
    fields = {
        "date": "2020-03-01",
        "benchmark": "campaigns",
        "scenario": "zhenping",
        "variant": "tight",
        "effort": "standard",
        "seed": "1",
        "tool": "dispatch",
        "unit": "s",
        "cores": "2",
    } | changes
    return Row(metric=metric, value=value, commit=commit, **fields)


def test_rows_written_in_two_runs_are_read_back_in_order(tmp_path: Path) -> None:
    table = tmp_path / "results.csv"
    rows = [row("final", "180"), row("profile", 'a, "b"', unit=""), row("final", "150", commit="bbb")]
    append_rows(rows[:2], table)
    append_rows(rows[2:], table)
    assert read_rows(table) == rows
    assert table.read_text(encoding="utf-8").count("metric") == 1  # one heading


def test_a_missing_table_has_no_rows(tmp_path: Path) -> None:
    assert read_rows(tmp_path / "results.csv") == []


def test_a_damaged_row_is_named_by_its_line(tmp_path: Path) -> None:
    table = tmp_path / "results.csv"
    append_rows([row("final", "180")], table)
    with table.open("a", encoding="utf-8") as stream:
        stream.write("2020-03-02,bbb,campaigns\n")
    with pytest.raises(ValueError, match="line 3"):
        read_rows(table)


def test_only_the_last_run_of_a_measurement_is_shown() -> None:
    rows = [
        row("final", "180"),
        row("gap", "8", unit="%"),
        row("final", "99", scenario="yangxian"),
        row("final", "150", commit="bbb"),
    ]
    latest = find_latest(rows, "campaigns")
    shown = {key[0]: {name: one.value for name, one in known.items()} for key, known in latest.items()}
    # The gap of commit aaa is not put beside the time of commit bbb.
    assert shown == {"zhenping": {"final": "150"}, "yangxian": {"final": "99"}}


def test_a_measurement_done_again_on_the_same_commit_replaces_the_first() -> None:
    rows = [row("final", "180"), row("gap", "8"), row("final", "170"), row("gap", "7")]
    (known,) = find_latest(rows, "campaigns").values()
    assert (known["final"].value, known["gap"].value) == ("170", "7")


def test_the_table_has_a_line_per_measurement_and_names_commit_and_units() -> None:
    rows = [
        row("final", "180"),
        row("cost", "15840000.5", unit="CNY"),
        row("final", "600", scenario="fangcheng", commit="bbb"),
    ]
    assert make_markdown(rows, "campaigns").splitlines() == [
        "| scenario | variant | effort | seed | tool | final, s | cost, CNY | commit |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        "| zhenping | tight | standard | 1 | dispatch | 180 | 15,840,000 | aaa |",
        "| fangcheng | tight | standard | 1 | dispatch | 600 |  | bbb |",
    ]


def test_the_readme_changes_between_its_markers_alone_and_only_once(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"{BEFORE}{BEGIN}\nold\n{END}{AFTER}", encoding="utf-8")
    assert update_readme(readme, "new")
    assert readme.read_text(encoding="utf-8") == f"{BEFORE}{BEGIN}\nnew\n{END}{AFTER}"
    assert not update_readme(readme, "new")


@pytest.mark.parametrize("text", [BEFORE, f"{BEGIN}\n", f"{END}\n{BEGIN}\n", f"{BEGIN}{BEGIN}{END}"])
def test_a_readme_without_its_two_markers_is_left_alone(tmp_path: Path, text: str) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="benchmarks:begin"):
        update_readme(readme, "new")
    assert readme.read_text(encoding="utf-8") == text


def test_the_exponent_of_doubling_is_one_and_of_a_square_two() -> None:
    assert fit_exponent([(1_000, 5.0), (2_000, 10.0), (4_000, 20.0)]) == pytest.approx(1.0)
    assert fit_exponent([(10, 100.0), (1_000, 1_000_000.0)]) == pytest.approx(2.0)


def test_a_cut_campaign_keeps_counties_and_employers_in_the_ratio_of_its_workers() -> None:
    facts = {
        "roster": {"total": 1_000, "priority": {"poor": 100}, "modes": {"train": 1}},
        "health": {"not_cleared": 10},
        "fleet": {"tightness": 2, "variants": {"roomy": 4}},
        "origins": {"counties": [{"region": str(i), "weight": w} for i, w in enumerate((1, 4, 2, 3))]},
        "destinations": {
            "areas": [
                {"id_prefix": "A", "group": "x", "sites": 10},
                {"id_prefix": "B", "group": "x", "sites": 1},
                {"id_prefix": "C", "group": "y", "sites": 1},
            ]
        },
    }
    cut = cut_facts(facts, 500)
    # Half of the weight 10: those nearest to the mean 2.5 (by ratio: 3 / 2.5 = 1.2, 2.5 / 2 = 1.25) are 3 and 2. Half of 10 employers; 0.5 rounds to none, but group y keeps its one.
    assert [county["weight"] for county in cut["origins"]["counties"]] == [3, 2]
    assert [(area["id_prefix"], area["sites"]) for area in cut["destinations"]["areas"]] == [
        ("A", 5),
        ("C", 1),
    ]
    assert (cut["roster"]["total"], cut["roster"]["priority"], cut["roster"]["modes"]) == (
        500,
        {"poor": 50},
        {"bus": 1},
    )
    assert (cut["health"]["not_cleared"], cut["fleet"]["tightness"]) == (5, 4)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_memory_and_processes_of_children_are_counted_together(tmp_path: Path) -> None:
    # Two processes hold 60 MB of their own each, long enough to be sampled; together they hold more than 120 MB.
    holding = "import time; data = bytes(range(256)) * 240_000; time.sleep(1.5)"
    started = (
        f"import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', {holding!r}]);"
        f" {holding}; child.wait(); print('done'); sys.exit(3)"
    )
    seen = watch([sys.executable, "-c", started], folder=tmp_path)
    assert (seen.code, seen.output, seen.processes) == (3, "done\n", 2)
    assert seen.peak_mb > 120
    assert seen.wall_s > 1.4


def test_a_run_that_makes_no_plan_says_why(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="nowhere"):
        plan_folder(tmp_path / "nowhere", effort="quick", seed=1)
