"""dispatch validate: every mistake at once, with its line; nothing secret in what it writes."""

from __future__ import annotations

import pytest
from cli_world import DOCUMENT, PHONE, TINY, call, make_row, parse_one_document, write_pair


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def twenty_errors():
    # rows 2 to 21 of workers.csv: February 2020 has 29 days. Documents end in 0001 to 0020: one that ends in
    # 000 would be a second mistake of its row (damaged by a spreadsheet)
    return [
        make_row(f"W{n:02d}", earliest="2020-02-30", document=DOCUMENT[:-4] + f"{n:04d}")
        for n in range(1, 21)
    ]


def test_twenty_errors_are_all_shown_with_their_lines_and_exit_3(tmp_path):
    result = call("validate", write_pair(tmp_path / "pair", twenty_errors()))
    assert result.exit_code == 3
    shown = [line for line in result.stdout.splitlines() if line.strip().startswith("workers.csv:")]
    assert [int(line.split(":")[1]) for line in shown] == list(range(2, 22))


def test_more_than_twenty_findings_are_counted_and_all_stand_in_the_file(tmp_path):
    rows = [make_row(f"W{n:02d}", earliest="2020-02-30") for n in range(25)]
    result = call("validate", write_pair(tmp_path / "pair", rows), "--out", tmp_path / "findings")
    assert "and 5 more" in result.stdout
    table = (tmp_path / "findings" / "findings.csv").read_text(encoding="utf-8-sig")
    assert table.count("E122") == 25


def test_rejected_rows_are_written_masked(tmp_path):
    row = make_row("W1", earliest="2020-02-30", document=DOCUMENT, phone=PHONE)
    call("validate", write_pair(tmp_path / "pair", [row]))
    folder = tmp_path / "here" / "runs" / "pair" / "findings"
    rejects = (folder / "rejects.csv").read_text(encoding="utf-8-sig")
    assert "W1" in rejects
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8-sig")
        assert DOCUMENT not in text
        assert PHONE not in text


def test_findings_of_an_earlier_validation_do_not_stay(tmp_path):
    pair = write_pair(tmp_path / "pair", [make_row("W1", earliest="2020-02-30")])
    out = tmp_path / "findings"
    call("validate", pair, "--out", out)
    assert (out / "rejects.csv").exists()
    (pair / "workers.csv").write_text("worker_id,name,home,site,favourite\nW1,One,A,S1,tea\n")
    assert call("validate", pair, "--out", out).exit_code == 0  # W201: an unused column
    assert not (out / "rejects.csv").exists()


def test_a_lawful_scenario_exits_0_and_writes_nothing(tmp_path):
    result = call("validate", TINY / "four_villages")
    assert result.exit_code == 0
    assert "workers 40" in result.stdout
    assert list((tmp_path / "here").iterdir()) == []


def test_json_is_one_document_for_good_and_for_bad_input(tmp_path):
    good = call("validate", TINY / "four_villages", "--json")
    assert parse_one_document(good.stdout)["workers"] == 40
    bad = call("validate", write_pair(tmp_path / "pair", twenty_errors()), "--json")
    assert bad.exit_code == 3
    error = parse_one_document(bad.stdout)["error"]
    assert error["code"] == "scenario_refused"
    assert [finding["line"] for finding in error["findings"] if finding["severity"] == "error"] == list(
        range(2, 22)
    )


def test_a_folder_that_is_not_there_is_a_wrong_command_with_a_suggestion(tmp_path):
    write_pair(tmp_path / "pair")
    result = call("validate", tmp_path / "pear")
    assert result.exit_code == 2
    assert str(tmp_path / "pair") in result.stderr


def test_a_folder_without_a_scenario_is_wrong_input(tmp_path):
    (tmp_path / "empty").mkdir()
    result = call("validate", tmp_path / "empty")
    assert result.exit_code == 3
    assert "E101" in result.stdout


def test_control_characters_in_a_name_do_not_reach_the_terminal(tmp_path):
    row = make_row("W1", site="\x1b]0;hello\x07S1")
    result = call("validate", write_pair(tmp_path / "pair", [row]))
    assert result.exit_code == 3
    assert "\x1b" not in result.stdout
