"""Small words: figures of the live line, findings in groups, folder names."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from dispatch.cli.findings_report import count_words, show_findings
from dispatch.cli.live import make_figures_text
from dispatch.cli.output import mute_libraries, show
from dispatch.cli.run_folder import claim_run_folder, find_findings_folder, make_folder_name
from dispatch.errors import UsageError
from dispatch.findings import Finding, Severity, Where


def make_finding(code: str, severity: Severity, line: int) -> Finding:
    return Finding(
        code=code,
        severity=severity,
        message=f"message {line}",
        action=f"mend {code}",
        where=Where(file="w.csv", line=line),
    )


def test_the_live_line_shows_the_best_of_all_workers_the_bound_and_the_gap():
    # (120,000 - 90,000) / 120,000 = 25 %
    told = {"chain0": "13000000", "chain1": "12000000", "bound": "9000000.4"}
    assert make_figures_text(told, "CNY") == "best 120,000.00 CNY · bound 90,000.00 CNY · gap 25.00 %"


@pytest.mark.parametrize("told", [{}, {"chain0": ""}, {"chain0": "abc"}, {"bound": "0"}])
def test_the_live_line_is_silent_about_what_is_not_known_yet(told):
    assert make_figures_text(told, "CNY") == ""


@pytest.mark.parametrize("told", [{"chain0": "13000000"}, {"chain0": "13000000", "bound": "0"}])
def test_the_live_line_says_when_nothing_is_proven_yet(told):
    assert make_figures_text(told, "CNY") == "best 130,000.00 CNY · no bound yet"


def test_what_solvers_print_stays_out_of_the_result(capfd):
    with mute_libraries():
        os.write(1, b"words of a compiled library\n")
    show("the result")
    assert capfd.readouterr().out == "the result\n"


def test_findings_of_one_code_stand_under_one_remedy_errors_first():
    lines: list[str] = []
    findings = [make_finding("W201", Severity.WARNING, 1)] + [
        make_finding("E122", Severity.ERROR, n) for n in (2, 3)
    ]
    show_findings(findings, lines.append)
    assert lines == [
        "error E122: mend E122",
        "  w.csv:2: message 2",
        "  w.csv:3: message 3",
        "warning W201: mend W201",
        "  w.csv:1: message 1",
    ]
    assert count_words(findings) == "2 errors, 1 warning"


def test_a_second_run_in_the_same_second_gets_a_number(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs" / "pair").mkdir(parents=True)
    now = datetime(2020, 3, 1, 8, 0, 0).astimezone()
    with (
        claim_run_folder(None, "pair", now, may_exist=False) as first,
        claim_run_folder(None, "pair", now, may_exist=False) as second,
    ):
        assert first == tmp_path / "runs" / "pair" / "20200301-080000"
        assert second.name == "20200301-080000-2"


def test_a_folder_that_another_run_made_meanwhile_is_left_alone(tmp_path):
    now = datetime(2020, 3, 1, 8, 0, 0).astimezone()
    with (
        claim_run_folder(tmp_path / "run", "pair", now, may_exist=False),
        pytest.raises(UsageError, match="another run"),
        claim_run_folder(tmp_path / "run", "pair", now, may_exist=False),
    ):
        raise AssertionError("claimed twice")
    assert (tmp_path / "run").is_dir()


def test_a_claim_is_taken_back_when_nothing_could_be_written(tmp_path):
    now = datetime(2020, 3, 1, 8, 0, 0).astimezone()
    with pytest.raises(OSError), claim_run_folder(tmp_path / "run", "pair", now, may_exist=False):
        raise OSError
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("name", "folder"), [("..", "scenario"), ("a/b", "a_b"), ("洋县", "洋县"), ("", "scenario")]
)
def test_a_scenario_name_cannot_leave_the_runs_folder(name, folder):
    assert make_folder_name(name) == folder


def test_findings_of_a_run_with_its_own_folder_stand_beside_it():
    assert find_findings_folder(Path("/tmp/x/run"), "pair") == Path("/tmp/x/run-findings")
