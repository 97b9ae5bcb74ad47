"""Tables of any text type are read alike, and rows in any order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from dispatch.checker import check_plan
from dispatch.checker.columns import (
    NO_DAY,
    list_distinct,
    list_runs,
    locate,
    read_days,
    read_strings,
    read_texts,
)
from worlds import World, change_frame

KINDS: dict[str, Callable[[pd.Series], pd.Series]] = {
    "string": lambda values: values.astype("string"),
    "object": lambda values: pd.Series(values.tolist(), index=values.index, dtype=object),
    "category": lambda values: values.astype("category"),
    "category with an unused word": lambda values: values.astype("category").cat.add_categories(["unused"]),
    "arrow": lambda values: values.astype(pd.ArrowDtype(pa.large_string())),
}


def cast_text(frame: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Same table with every text column of another type."""
    texts = [name for name in frame if not pd.api.types.is_any_real_numeric_dtype(frame[name].dtype)]
    texts = [name for name in texts if not pd.api.types.is_datetime64_any_dtype(frame[name].dtype)]
    texts = [name for name in texts if not pd.api.types.is_bool_dtype(frame[name].dtype)]
    return frame.assign(**{str(name): KINDS[kind](frame[name].astype("string")) for name in texts})


@pytest.mark.parametrize("kind", KINDS)
def test_texts_are_read_alike_whatever_holds_them(kind: str) -> None:
    cells = ["b", "a", "", "b", "c"]
    texts = read_texts(KINDS[kind](pd.Series(cells, dtype="string")))
    assert [texts.text(row) for row in range(5)] == cells
    assert texts.number({"a": 7, "b": 8}).tolist() == [8, 7, -1, 8, -1]
    assert texts.flag(bool).tolist() == [True, True, False, True, True]


@pytest.mark.parametrize("kind", KINDS)
def test_missing_cells_are_empty_text(kind: str) -> None:
    values = KINDS[kind](pd.Series(["a", None], dtype="string"))
    assert [read_texts(values).text(row) for row in (0, 1)] == ["a", ""]
    assert read_strings(values).to_pylist() == ["a", ""]


def test_a_column_without_rows() -> None:
    texts = read_texts(pd.Series([], dtype="string"))
    assert texts.number({"a": 1}).tolist() == []
    assert texts.flag(bool).tolist() == []


def test_rows_are_found_by_their_text() -> None:
    among = pa.array(["a", "b", "c"], pa.large_string())
    assert locate(among, among).tolist() == [0, 1, 2]
    assert locate(pa.array(["c", "x", "a", "a"], pa.large_string()), among).tolist() == [2, -1, 0, 0]


def test_days_count_from_the_first_date() -> None:
    values = pd.Series(pd.to_datetime(["2020-03-01", None, "2020-02-28", "2020-03-11"]))
    assert read_days(values, date(2020, 3, 1)).tolist() == [0, NO_DAY, -2, 10]


def test_runs_of_equal_keys_keep_the_order_of_rows() -> None:
    order, starts = list_runs(np.array([2, 1, 2, 1]), np.array([0, 5, 0, 4]))
    assert order.tolist() == [3, 1, 0, 2]
    assert starts.tolist() == [0, 1, 2, 4]
    keys, counts = list_distinct(np.array([2, 1, 2, 1]), np.array([0, 5, 0, 4]))
    assert [key.tolist() for key in keys] == [[1, 1, 2], [4, 5, 0]]
    assert counts.tolist() == [1, 1, 2]


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_is_judged_alike_whatever_holds_its_text(night_train: World, kind: str) -> None:
    scenario, plan = night_train.scenario, night_train.plan
    scenario = scenario.replace(
        workers=cast_text(scenario.workers, kind),
        health=cast_text(scenario.health, kind),
        travel=cast_text(scenario.travel, kind),
    )
    late = change_frame(plan.outcomes, str(plan.outcomes["worker_id"].iloc[0]), "lateness_days", 9)
    for outcomes in (plan.outcomes, late):
        seen = replace(plan, outcomes=cast_text(outcomes, kind), rides=cast_text(plan.rides, kind))
        assert check_plan(scenario, seen) == check_plan(
            night_train.scenario, replace(plan, outcomes=outcomes)
        )
    assert [finding.code for finding in check_plan(scenario, replace(plan, outcomes=late))] == ["P3"]


def test_the_order_of_rows_does_not_matter(night_train: World) -> None:
    scenario, plan = night_train.scenario, night_train.plan
    plan = replace(plan, outcomes=plan.outcomes[::-1], rides=plan.rides[::-1])
    assert check_plan(scenario.replace(workers=scenario.workers[::-1]), plan) == ()


def test_a_roster_without_anybody_makes_every_outcome_a_stranger(four_villages: World) -> None:
    scenario = four_villages.scenario
    findings = check_plan(scenario.replace(workers=scenario.workers[:0]), four_villages.plan)
    # six outcomes and the three rides of those three on the coach
    assert [finding.code for finding in findings] == ["P3"] * 9


def test_an_empty_plan_loses_everybody(four_villages: World) -> None:
    plan = four_villages.plan
    empty = replace(plan, trips=(), duties=(), batches=(), outcomes=plan.outcomes[:0], rides=plan.rides[:0])
    findings = check_plan(four_villages.scenario, empty)
    assert [finding.where.field for finding in findings if finding.code == "C1"] == [
        f"W{number}" for number in range(1, 7)
    ]
