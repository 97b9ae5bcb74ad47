"""No document number and no phone leaves the command line whole; hostile names stay text everywhere."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import zipfile

import pytest
from cli_world import DOCUMENT, PHONE, call, make_row, read_files, write_pair

HOSTILE = "{{7*7}}<script>=cmd()"
FORMULA = "=cmd()+1"
OTHER_PHONE = "13998765432"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run with every printed paper of people with hostile names, documents and phones in many places."""
    folder = tmp_path_factory.mktemp("privacy")
    rows = [
        make_row("W1", name=HOSTILE, document=DOCUMENT, phone=PHONE),
        make_row("W2", name=FORMULA, document="", phone=OTHER_PHONE, needs="front_seat"),
        make_row("W3", name=f"Li {PHONE}", document=""),
        make_row("W4", name=HOSTILE, needs="no_bus|no_train|no_charter"),
    ]
    pair = write_pair(folder / "pair", rows)
    text = (pair / "scenario.yaml").read_text()
    text = text.replace(
        "opens_on: 2020-03-02}",
        f'opens_on: 2020-03-02, contact_name: "{FORMULA}", contact_phone: "{OTHER_PHONE}"}}',
    )
    (pair / "scenario.yaml").write_text(text.replace("name: Factory,", f'name: "{HOSTILE}",'))
    result = call("plan", pair, "--out", folder / "run")
    assert result.exit_code == 0, result.stderr
    return folder / "run"


def list_texts(run):
    """(name, text) of every file of the run: pages, tables, the parts of workbooks, the words of PDFs."""
    for name, data in read_files(run).items():
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(data)) as book:
                yield name, "\n".join(book.read(part).decode("utf-8") for part in book.namelist())
        elif name.endswith(".pdf"):
            yield name, read_pdf(run / name)
        else:
            yield name, data.decode("utf-8")


def read_pdf(path):
    program = shutil.which("pdftotext")
    if program is None:
        return ""
    return subprocess.run([program, "-layout", path, "-"], capture_output=True, check=True).stdout.decode(
        "utf-8"
    )


def test_no_file_of_the_run_holds_a_whole_document_or_phone(run):
    secrets = (DOCUMENT, PHONE, OTHER_PHONE)
    leaks = [(name, secret) for name, text in list_texts(run) for secret in secrets if secret in text]
    assert leaks == []


def test_no_table_holds_anything_that_looks_like_a_document_or_mobile_phone(run):
    pattern = re.compile(r"(?<![0-9A-Za-z])(\d{17}[\dXx]|1\d{10})(?![0-9A-Za-z])")
    tables = [(name, text) for name, text in list_texts(run) if name.endswith((".csv", ".xlsx", ".pdf"))]
    assert any(name.endswith(".pdf") for name, _ in tables)
    assert [(name, pattern.findall(text)) for name, text in tables if pattern.search(text)] == []


def test_a_hostile_name_is_no_markup_on_any_page(run):
    for name, text in list_texts(run):
        if name.endswith(".html"):
            assert "{{7*7}}<script>" not in text
            assert "49<script>" not in text


def test_no_cell_of_any_table_is_taken_for_a_formula(run):
    for name, data in read_files(run).items():
        if name.endswith(".csv"):
            cells = [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))) for cell in row]
            assert [cell for cell in cells if re.match(r"[=+@]|-(?![\d.]+$)", cell)] == []
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(data)) as book:
                assert not any(b"<f>" in book.read(part) for part in book.namelist())


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is not installed")
def test_a_hostile_name_is_printed_literally(run):
    printed = read_pdf(run / "manifests" / "B0001.lead.pdf")
    assert HOSTILE in re.sub(r"\s+", "", printed)


def test_explain_shows_hostile_names_as_they_are_and_digits_masked(run):
    assert HOSTILE in call("explain", run, "--worker", "W1").stdout
    told = call("explain", run, "--worker", "W3").stdout
    assert PHONE not in told
    assert "*******5678" in told


def test_files_of_a_run_are_readable_by_their_owner_only(run):
    open_to_others = [path for path in run.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    assert open_to_others == []
