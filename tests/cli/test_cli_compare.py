"""dispatch compare, and what-if changes from the command line to the run and back."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from cli_world import PAIR_COST, call, make_row, parse_one_document, write_pair

# Two coaches of 53 (52 passengers each) for 60 lone workers: two runs at 3,940.00. With one coach only 52 go.
ROWS = [make_row(f"W{n:02d}") for n in range(60)]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("compare")
    scenario = write_pair(folder / "pair", ROWS)
    for name, words in (("before", ()), ("after", ("--set", "fleet.A.coach53-=1"))):
        result = call("plan", scenario, "--out", folder / name, "--no-manifests", "--effort", "quick", *words)
        assert result.exit_code == 0, result.stderr
    return folder / "before", folder / "after"


def test_a_changed_run_is_checked_and_explained_with_its_change(runs: tuple[Path, Path]) -> None:
    plan = json.loads((runs[1] / "plan.json").read_text(encoding="utf-8"))
    assert "fleet.A.coach53-=1" in json.dumps(plan)
    assert call("check", runs[1]).exit_code == 0
    left = pd.read_csv(runs[1] / "outcomes.csv", dtype=str, encoding="utf-8-sig").query(
        "status == 'unserved'"
    )
    assert len(left) == 8
    told = call("explain", runs[1], "--worker", left["worker_id"].iloc[0])
    assert told.exit_code == 0
    assert "What binds: coaches." in told.stdout


def test_two_runs_stand_side_by_side_as_one_document(runs: tuple[Path, Path]) -> None:
    result = call("compare", *runs, "--json", "--workers", "3")
    assert result.exit_code == 0
    document = parse_one_document(result.stdout)
    assert document["same_scenario"] is False
    assert document["after"]["changes"] == ["fleet.A.coach53-=1"]
    assert document["before"]["cost"]["cash"] == 2 * PAIR_COST
    assert document["after"]["cost"]["cash"] == PAIR_COST
    assert document["after"]["cost"]["terms"]["unserved"] == 8 * 5_000
    assert document["workers"]["by_kind"]["served → unserved"] == 8
    assert len(document["workers"]["first"]) == 3


def test_the_table_says_what_changed_and_who(runs: tuple[Path, Path]) -> None:
    result = call("compare", *runs)
    assert result.exit_code == 0
    assert "it was changed between them" in result.stdout
    assert "What-if changes after: fleet.A.coach53-=1" in result.stdout
    assert "served → unserved: 8" in result.stdout
    assert "-3,940.00" in result.stdout  # one coach run less


def test_everybody_who_changed_goes_to_a_private_table(runs: tuple[Path, Path], tmp_path: Path) -> None:
    table = tmp_path / "changed.csv"
    assert call("compare", *runs, "--out", table).exit_code == 0
    changed = pd.read_csv(table, dtype=str, encoding="utf-8-sig")
    assert (changed["change"] == "served → unserved").sum() == 8
    assert table.stat().st_mode & 0o777 == 0o600


def test_a_run_that_is_not_there_is_a_wrong_command(runs: tuple[Path, Path], tmp_path: Path) -> None:
    assert call("compare", runs[0], tmp_path / "nowhere").exit_code == 2
    assert call("compare", runs[0], runs[1], "--out", tmp_path / "no" / "table.csv").exit_code == 2


def test_a_damaged_run_is_refused(runs: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("{}", encoding="utf-8")
    assert call("compare", runs[0], tmp_path).exit_code == 3


def test_a_change_that_names_nothing_is_a_wrong_command_before_any_work(tmp_path: Path) -> None:
    scenario = write_pair(tmp_path / "pair")
    result = call("plan", scenario, "--out", tmp_path / "run", "--set", "fleet.HILL54+=1")
    assert result.exit_code == 2
    assert "HILL53" in result.stderr
    assert not (tmp_path / "run").exists()
