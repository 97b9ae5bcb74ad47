"""A tiny scenario to write anywhere, and the command line called inside this process or as one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from dispatch.cli.main import app

ROOT = Path(__file__).parents[2]
TINY = ROOT / "scenarios" / "tiny"

HEAD = "worker_id,name,document,phone,home,site,earliest,latest,party,needs"
DOCUMENT = "610723199001011235"
PHONE = "13812345678"

SCENARIO = """\
format: 1
name: pair
title: Two villages, one gate
horizon: {from: 2020-03-02, to: 2020-03-03}
profiles: [none]
rates: {unserved: {default: 5000}}
regions:
  - {region: HILL, name: Hill County, level: county}
  - {region: PORT, name: Port City, level: county}
places:
  - {place_id: A, name: Village A, kind: village, region: HILL, lat: 33.20, lon: 107.50, precision: village}
  - {place_id: F, name: Factory gate, kind: site, region: PORT, lat: 33.20, lon: 110.50, precision: gate}
sites:
  - {site_id: S1, name: Factory, place: F, opens_on: 2020-03-02}
vehicle_types:
  - {type_id: coach53, name: 53-seat coach, approved: 53, rows: 4x12+5}
fleet:
  - {fleet_id: HILL53, type: coach53, depot: A, count: 2, day_rate: 1000, km_rate: 4, driver_day_rate: 300}
travel:
  - {from: A, to: F, km: 330, minutes: 330}
  - {from: F, to: A, km: 330, minutes: 330}
workers: workers.csv
"""
# One coach there and back: 1,000 + 660 km x 4 + 300 = 3,940.
PAIR_COST = 3940.0


def make_row(worker_id: str, **changes: str) -> str:
    """Row of workers.csv under HEAD."""
    row = {
        "worker_id": worker_id,
        "name": f"Worker {worker_id}",
        "document": "",
        "phone": "",
        "home": "A",
        "site": "S1",
        "earliest": "2020-03-02",
        "latest": "2020-03-02",
        "party": "",
        "needs": "",
    } | changes
    return ",".join(row.values())


def write_pair(folder: Path, rows: list[str] | None = None, scenario: str = SCENARIO) -> Path:
    """Folder of the scenario ``pair`` with the rows given, or with two lone workers."""
    folder.mkdir(parents=True)
    (folder / "scenario.yaml").write_text(scenario, encoding="utf-8")
    rows = [make_row("W1"), make_row("W2")] if rows is None else rows
    (folder / "workers.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return folder


def call(*words: object) -> Result:
    """One command inside this process."""
    return CliRunner().invoke(app, [str(word) for word in words])


DISPATCH = ("-c", "from dispatch.cli.main import main; main()")


def start(
    *words: object, folder: Path, program: tuple[str, ...] = DISPATCH, **environment: str
) -> subprocess.Popen[str]:
    """One command as a process of its own, in a folder."""
    return subprocess.Popen(
        [sys.executable, *program, *map(str, words)],
        cwd=folder,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def finish(process: subprocess.Popen[str], seconds: float = 240) -> tuple[int, str, str]:
    """(exit code, stdout, stderr) of a started command."""
    out, err = process.communicate(timeout=seconds)
    return process.returncode, out, err


def plan_pair(folder: Path, rows: list[str] | None = None) -> Path:
    """Run folder of the scenario ``pair``, planned without printed lists."""
    run = folder / "run"
    result = call("plan", write_pair(folder / "pair", rows), "--out", run, "--no-manifests")
    assert result.exit_code == 0, result.stderr
    return run


def parse_one_document(text: str) -> dict[str, Any]:
    """The one JSON document of a text; anything beside it is an error."""
    document = json.loads(text)
    assert isinstance(document, dict)
    return document


def read_files(folder: Path) -> dict[str, bytes]:
    """Content of every file below a folder by relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
