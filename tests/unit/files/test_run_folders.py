"""Run folders: whole or not at all, read back equal, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import dataclasses
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.errors import RunDamaged, UsageError
from dispatch.files import runs
from dispatch.files.csv_text import guard_cell, render_csv, unguard_cell
from dispatch.files.plain import NotPlain, noun_from, plain_of
from dispatch.files.run_tables import parse_run_table, write_run_table
from dispatch.files.runs import RunLog, hash_plan, read_plan, write_run
from dispatch.model import plan as model_plan
from dispatch.model.contracts import OUTCOMES, RIDES, make_frame
from dispatch.model.plan import (
    Batch,
    BoundPart,
    CarrierRequest,
    Certificate,
    CoachDuty,
    CostTerms,
    DutyEvent,
    DutyLeg,
    EventKind,
    GatePoint,
    ModePrice,
    Plan,
    Reason,
    Remedy,
    Role,
    RuleInForce,
    ServiceRun,
    Trip,
    TripStop,
)
from dispatch.model.scenario import Assumption
from dispatch.model.supply import Mode, Service, ServiceKind, ServiceStatus, ServiceStop

FIRST, ZONE = date(2020, 2, 28), "Asia/Shanghai"
LOG = RunLog(created_at=datetime(2020, 2, 27, 8, 0, tzinfo=UTC), seconds=1.5, versions={"dispatch": "0.1.0"})


def make_plan(detail: str = "=cmd()", load: int = 1, gap: float | None = 0.125) -> Plan:
    """One coach from p1 to s1 on 29 February with one worker; a second worker is not cleared."""
    trip = Trip(
        id="T1", mode=Mode.BUS, role=Role.DIRECT, batch_ids=("B1",), service_date_min=1440, load=load, capacity=24,
        duty_id="D1", km_tenths=14025,
        stops=(
            TripStop(place_id="p1", arrive_min=1800, depart_min=1815, board=1, alight=0),
            TripStop(place_id="g1", arrive_min=3000, depart_min=3015, board=0, alight=1, site_ids=("s1",)),
        ),
    )  # fmt: skip
    duty = CoachDuty(
        id="D1", fleet_id="f1", trip_ids=("T1",), pull_out_min=1800, pull_in_min=3015, days=2, drivers=2,
        legs=(DutyLeg(from_id="p1", to_id="g1", km_tenths=14025, minutes=1100, source="table", loaded=True),),
        events=(DutyEvent(kind=EventKind.DRIVE, start_min=1815, end_min=2915, leg=0, driver=1),),
        costs={"vehicle_days": 160000, "km": 771375}, driver_names=("赵六", "钱七"),
    )  # fmt: skip
    service = Service(
        id="P1", name="extra train", mode=Mode.TRAIN, kind=ServiceKind.CHARTERED, status=ServiceStatus.CANDIDATE,
        committed=False, carriage_seats=118, proposed=True,
        stops=(
            ServiceStop(place_id="t1", arrive_min=100, depart_min=100, boards=True, alights=False),
            ServiceStop(place_id="t2", arrive_min=900, depart_min=900, boards=False, alights=True),
        ),
    )  # fmt: skip
    outcomes = make_frame(
        OUTCOMES,
        [
            {
                "worker_id": "001", "party_key": "001", "status": "itinerary", "batch_id": "B1", "arrive_min": 3000,
                "service_date": pd.Timestamp(2020, 2, 29), "mode": "bus", "detail": detail,
            },
            {"worker_id": "002", "party_key": "002", "status": "unserved", "reason": "not_cleared", "next_step": "-1"},
        ],
    )  # fmt: skip
    rides = make_frame(
        RIDES, [{"worker_id": "001", "leg": 1, "trip_id": "T1", "alight_stop": 1, "seat": "3A"}]
    )
    return Plan(
        scenario_name="small", scenario_hash="ab" * 32, seed=1, effort="quick", version="0.1.0", trips=(trip,),
        duties=(duty,), service_runs=(ServiceRun(service_id="P1", trip_id="T9", carriages=2, load=0, costs={"seats": 0}),),
        batches=(
            Batch(id="B1", origin_region_id="610723", destination_area="3205", mode=Mode.BUS, service_date_min=1440, workers=1, trip_ids=("T1",)),
        ),
        outcomes=outcomes, rides=rides, costs=CostTerms(terms={"km": 771375, "vehicle_days": 160000}),
        certificate=Certificate(
            bound_minor=None if gap is None else 900000, gap_ratio=gap, gap_without_unserved_ratio=gap, method="m",
            parts=(BoundPart(label="all", cost_minor=931375, bound_minor=900000, workers=1),),
        ),
        unserved_penalty_minor={"": 5000}, proposed_services=(service,),
        remedies=(Remedy(worker_ids=("002",), reason=Reason.NOT_CLEARED, change="test", extra_minor=None, confirmed=False),),
        requests=(CarrierRequest(carrier="rail", what="train", date_min=1440, quantity=1, unit="列"),),
        mode_prices=(
            ModePrice(origin_region_id="610723", destination_area="3205", workers=1, chosen=Mode.BUS,
                      chosen_minor_per_head=1, alternative=Mode.TRAIN, switch_above_minor_per_head=2),
        ),
        rules=(RuleInForce(key="k", value="0.5", since="2020-02-11", applies_to="bus", source="x", confidence="A"),),
        assumptions=(Assumption(subject="p2", what="coordinates", value="1, 2", people=1, table="places"),),
        points={"p1": GatePoint(place_id="p1", name="东村", lat=33.3, lon=107.6, precision="village", region_name="洋县", assumed=False)},
        variants=(("crew counted", "20 coaches"),),
    )  # fmt: skip


def assert_same_plan(left: Plan, right: Plan) -> None:
    for item in dataclasses.fields(Plan):
        if item.name in ("outcomes", "rides"):
            pd.testing.assert_frame_equal(getattr(left, item.name), getattr(right, item.name))
        else:
            assert getattr(left, item.name) == getattr(right, item.name), item.name


def write(
    folder: Path, plan: Plan, *, force: bool = False, extra: dict[str, bytes | str] | None = None
) -> str:
    scenario = folder.parent / "scenarios" / "small"
    return write_run(folder, plan, scenario, extra or {}, LOG, first_date=FIRST, time_zone=ZONE, force=force)


def test_a_plan_reads_back_equal(tmp_path: Path) -> None:
    plan = make_plan()
    plan_hash = write(tmp_path / "run", plan)
    again, info = read_plan(tmp_path / "run")
    assert_same_plan(plan, again)
    assert isinstance(again.trips[0].mode, Mode) and isinstance(again.remedies[0].reason, Reason)
    assert info.plan_hash == plan_hash == hash_plan(again)
    assert info.scenario_path == tmp_path / "scenarios" / "small"
    assert (info.seconds, info.created_at, info.first_date, info.time_zone) == (
        1.5,
        LOG.created_at,
        FIRST,
        ZONE,
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    detail=st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    load=st.integers(0, 60),
    gap=st.none() | st.floats(0, 1),
)
def test_any_text_and_number_survives_the_round_trip(
    tmp_path: Path, detail: str, load: int, gap: float | None
) -> None:
    plan = make_plan(detail, load, gap)
    write(tmp_path / "run", plan, force=True)
    again, _ = read_plan(tmp_path / "run")
    assert_same_plan(plan, again)


def test_an_empty_plan_reads_back_equal(tmp_path: Path) -> None:
    plan = dataclasses.replace(
        make_plan(),
        trips=(),
        duties=(),
        batches=(),
        points={},
        outcomes=make_frame(OUTCOMES),
        rides=make_frame(RIDES),
    )
    write(tmp_path / "run", plan)
    assert_same_plan(plan, read_plan(tmp_path / "run")[0])


def test_the_same_plan_gives_the_same_bytes_whenever_it_is_written(tmp_path: Path) -> None:
    write(tmp_path / "a", make_plan())
    later = RunLog(created_at=datetime(2021, 1, 1, tzinfo=UTC), seconds=99.0)
    write_run(tmp_path / "b", make_plan(), tmp_path, {}, later, first_date=FIRST, time_zone=ZONE)
    for name in ("plan.json", "outcomes.csv", "rides.csv", "trips.csv", "duties.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_the_hash_changes_with_any_outcome_seat_or_amount() -> None:
    plan = make_plan()
    outcomes = plan.outcomes.assign(lateness_days=[1, 0])
    rides = plan.rides.assign(seat=pd.Series(["3B"], dtype="string"))
    costs = CostTerms(terms={"km": 771376, "vehicle_days": 160000})
    variants = [
        dataclasses.replace(plan, **change)
        for change in ({"outcomes": outcomes}, {"rides": rides}, {"costs": costs})
    ]
    assert len({hash_plan(each) for each in (plan, *variants)}) == 4


def test_stops_also_state_their_local_time(tmp_path: Path) -> None:
    write(tmp_path / "run", make_plan())
    document = json.loads((tmp_path / "run" / "plan.json").read_text(encoding="utf-8"))
    stop = document["plan"]["trips"][0]["stops"][1]
    # minute 3000 is day 2 (2880) and 120 minutes: 1 March 02:00, after the leap day
    assert (stop["arrive_min"], stop["arrive_at"]) == (3000, "2020-03-01T02:00:00+08:00")


def test_a_run_is_never_overwritten_without_force(tmp_path: Path) -> None:
    write(tmp_path / "run", make_plan())
    with pytest.raises(UsageError, match="already there"):
        write(tmp_path / "run", make_plan(load=9))
    assert read_plan(tmp_path / "run")[0].trips[0].load == 1
    write(tmp_path / "run", make_plan(load=9), force=True)
    assert read_plan(tmp_path / "run")[0].trips[0].load == 9
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_failed_write_leaves_nothing_and_keeps_the_old_run(tmp_path: Path) -> None:
    write(tmp_path / "run", make_plan())
    blocked: dict[str, bytes | str] = {"a": b"file", "a/b": b"cannot be below a file"}
    with pytest.raises(OSError):
        write(tmp_path / "run", make_plan(load=9), force=True, extra=blocked)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    assert read_plan(tmp_path / "run")[0].trips[0].load == 1


@pytest.mark.parametrize("name", ["../x", "/x", "plan.json", "a/../../x"])
def test_no_paper_leaves_the_run_or_replaces_the_plan(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        write(tmp_path / "run", make_plan(), extra={name: b""})
    assert list(tmp_path.iterdir()) == []


def test_every_file_is_readable_by_its_owner_only_and_listed_with_its_hash(tmp_path: Path) -> None:
    write(tmp_path / "run", make_plan(), extra={"index.html": "<p>", "manifests/T1.csv": b"x"})
    files = [path for path in (tmp_path / "run").rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    listed = json.loads((tmp_path / "run" / "run.json").read_text())["files"]
    assert set(listed) == {path.relative_to(tmp_path / "run").as_posix() for path in files} - {"run.json"}


def test_the_scenario_is_found_again_after_both_folders_move_together(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    write(tmp_path / "one" / "run", make_plan())
    (tmp_path / "one").rename(tmp_path / "two")
    _, info = read_plan(tmp_path / "two" / "run")
    assert info.scenario_path == tmp_path / "two" / "scenarios" / "small"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("outcomes.csv", "not_cleared", "budget"), ("plan.json", '"load": 1', '"load": 2')],
)
def test_a_run_changed_by_hand_is_refused(name: str, old: str, new: str, tmp_path: Path) -> None:
    write(tmp_path / "run", make_plan())
    path = tmp_path / "run" / name
    text = path.read_bytes().decode("utf-8")
    assert old in text
    path.write_bytes(text.replace(old, new).encode())
    with pytest.raises(RunDamaged, match="hash"):
        read_plan(tmp_path / "run")


def test_a_run_without_its_tables_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "run", make_plan())
    (tmp_path / "run" / "rides.csv").unlink()
    with pytest.raises(RunDamaged, match="rides"):
        read_plan(tmp_path / "run")


def test_no_text_cell_of_a_table_is_a_formula(tmp_path: Path) -> None:
    write(tmp_path / "run", make_plan(detail="@SUM(A1)"))
    with (tmp_path / "run" / "outcomes.csv").open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert "'@SUM(A1)" in cells and "'-1" in cells
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


@given(st.text(max_size=8) | st.from_regex(r"'*[=+\-@\t\r'].*", fullmatch=True))
def test_guarding_a_cell_is_exact_both_ways(text: str) -> None:
    guarded = guard_cell(text)
    assert unguard_cell(guarded) == text
    assert guarded[:1] not in ("=", "+", "-", "@", "\t", "\r") or not guarded


def test_a_table_with_other_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="columns"):
        parse_run_table(render_csv(pd.DataFrame({"a": ["b"]})), RIDES)


def test_a_plain_value_of_the_wrong_kind_is_refused() -> None:
    good = plain_of(TripStop(place_id="p", arrive_min=1, depart_min=2, board=0, alight=0))
    assert noun_from(TripStop, good | {"arrive_at": "ignored"}).arrive_min == 1
    for key, value in (("arrive_min", "1"), ("board", True), ("site_ids", "s1")):
        with pytest.raises(NotPlain):
            noun_from(TripStop, good | {key: value})


def test_a_run_that_appeared_meanwhile_is_not_replaced(tmp_path, monkeypatch):
    run, write_plan = tmp_path / "run", runs._write_plan

    def write_another_first(*words):
        run.mkdir()
        (run / "plan.json").write_text("another run", encoding="utf-8")
        return write_plan(*words)

    monkeypatch.setattr(runs, "_write_plan", write_another_first)
    with pytest.raises(UsageError, match="meanwhile"):
        write_run(run, make_plan(), tmp_path / "s", {}, LOG, first_date=FIRST, time_zone=ZONE)
    assert (run / "plan.json").read_text(encoding="utf-8") == "another run"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_an_empty_folder_is_taken_over(tmp_path):
    (tmp_path / "run").mkdir()
    write_run(tmp_path / "run", make_plan(), tmp_path / "s", {}, LOG, first_date=FIRST, time_zone=ZONE)
    assert read_plan(tmp_path / "run")[0].trips == make_plan().trips


def test_a_plan_edited_by_hand_is_read_only_when_asked_for_as_it_lies(tmp_path):
    run = tmp_path / "run"
    write_run(run, make_plan(), tmp_path / "s", {}, LOG, first_date=FIRST, time_zone=ZONE)
    text = (run / "plan.json").read_text(encoding="utf-8")
    (run / "plan.json").write_text(
        text.replace('"pull_in_min": 3015', '"pull_in_min": 3000'), encoding="utf-8"
    )
    with pytest.raises(RunDamaged, match="hash"):
        read_plan(run)
    assert read_plan(run, verify=False)[0].duties[0].pull_in_min == 3000


def test_tables_too_long_for_a_spreadsheet_are_parquet_with_the_same_hash(tmp_path, monkeypatch):
    plan = make_plan()
    as_csv = write(tmp_path / "csv", plan)
    # two workers and one ride: only the outcomes are longer than one row
    monkeypatch.setattr(model_plan, "LONGEST_SHEET_ROWS", 1)
    as_parquet = write(tmp_path / "parquet", plan)
    names = {path.name for path in (tmp_path / "parquet").iterdir()}
    assert {"outcomes.parquet", "rides.csv"} <= names and "outcomes.csv" not in names
    assert as_parquet == as_csv == hash_plan(plan)
    assert_same_plan(plan, read_plan(tmp_path / "parquet")[0])


def test_a_changed_or_broken_parquet_table_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(model_plan, "LONGEST_SHEET_ROWS", 0)
    write(tmp_path / "run", make_plan())
    other = make_plan().outcomes.assign(arrive_min=1)
    write_run_table(tmp_path / "run" / "outcomes.parquet", other, OUTCOMES)
    with pytest.raises(RunDamaged, match="hash"):
        read_plan(tmp_path / "run")
    (tmp_path / "run" / "outcomes.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(RunDamaged, match="outcomes"):
        read_plan(tmp_path / "run")


def test_every_trip_and_duty_has_a_line_of_its_own(tmp_path: Path) -> None:
    plan = make_plan()
    second = dataclasses.replace(plan.trips[0], id="T2")
    write(tmp_path / "run", dataclasses.replace(plan, trips=(*plan.trips, second)))
    lines = (tmp_path / "run" / "plan.json").read_text(encoding="utf-8").splitlines()
    first = lines.index('"trips": [')
    assert [json.loads(line.rstrip(","))["id"] for line in lines[first + 1 : first + 3]] == ["T1", "T2"]
    assert lines[first + 3] in ("]", "],")


def test_a_plan_laid_out_anew_by_an_editor_is_read_back_equal(tmp_path: Path) -> None:
    write(tmp_path / "run", make_plan())
    path = tmp_path / "run" / "plan.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    for indent in (None, 4):
        path.write_text(json.dumps(document, indent=indent), encoding="utf-8")
        assert_same_plan(make_plan(), read_plan(tmp_path / "run")[0])


@pytest.mark.parametrize("text", ["", "[]", "{", '{"plan": 3}', '{\n"schema_version": 2,\n"plan": {\n'])
def test_a_plan_file_that_is_no_plan_is_refused(text: str, tmp_path: Path) -> None:
    write(tmp_path / "run", make_plan())
    (tmp_path / "run" / "plan.json").write_text(text, encoding="utf-8")
    with pytest.raises(RunDamaged):
        read_plan(tmp_path / "run")


def test_a_run_of_another_version_says_so(tmp_path: Path) -> None:
    write(tmp_path / "run", make_plan())
    path = tmp_path / "run" / "plan.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"schema_version": 2', '"schema_version": 1'))
    with pytest.raises(RunDamaged, match="version 1"):
        read_plan(tmp_path / "run")


def test_a_table_named_outside_the_run_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "run", make_plan())
    path = tmp_path / "run" / "plan.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"rides.csv"', '"../rides.csv"'))
    with pytest.raises(RunDamaged, match="rides"):
        read_plan(tmp_path / "run")


def test_the_hash_is_of_the_texts_and_not_of_how_they_lie_in_memory() -> None:
    plan = make_plan()
    twice = pd.concat([plan.outcomes, plan.outcomes], ignore_index=True)
    sliced = dataclasses.replace(plan, outcomes=twice.iloc[2:].reset_index(drop=True))
    as_objects = dataclasses.replace(plan, outcomes=plan.outcomes.astype({"detail": object}))
    assert hash_plan(sliced) == hash_plan(as_objects) == hash_plan(plan)
    # "ab" + "c" and "a" + "bc" have the same letters, but other texts
    left, right = (
        dataclasses.replace(plan, outcomes=plan.outcomes.assign(detail=pd.array(cells, dtype="string")))
        for cells in (["ab", "c"], ["a", "bc"])
    )
    assert hash_plan(left) != hash_plan(right)
