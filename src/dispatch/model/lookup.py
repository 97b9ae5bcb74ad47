"""Rows of people found by id without a Python object for each: rosters have up to 1.6 million."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario


def find_rows(ids: pd.Series, wanted: pd.Series) -> NDArray[np.int64]:
    """Position in ``ids`` of each of ``wanted`` (the first where an id stands twice); -1 where there is none."""
    import pyarrow.compute as pc

    known, asked = _as_array(ids), _as_array(wanted)
    if len(known) == len(asked) and known.equals(asked) and ids.is_unique:
        return np.arange(len(known), dtype=np.int64)
    found = pc.index_in(asked, value_set=known).fill_null(-1)
    rows: NDArray[np.int64] = np.asarray(found).astype(np.int64)
    return rows


def _as_array(texts: pd.Series) -> Any:
    import pyarrow as pa

    array = pa.array(texts.astype("string[pyarrow]"))
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def take_column(frame: pd.DataFrame, column: str, rows: NDArray[np.int64]) -> pd.Series:
    """Values of a text column at rows, as categories; an empty text at row -1."""
    values = frame[column].astype("category")
    if "" not in values.cat.categories:
        values = values.cat.add_categories([""])
    empty = values.cat.categories.get_indexer(pd.Index([""]))
    codes = np.append(values.cat.codes.to_numpy(), empty).astype(np.int64)[rows]
    return pd.Series(pd.Categorical.from_codes(codes, categories=values.cat.categories))


def find_workers(scenario: Scenario, plan: Plan) -> NDArray[np.int64]:
    """Row of the roster of each outcome of a plan; -1 for an id that the roster does not have."""
    return find_rows(scenario.workers["worker_id"], plan.outcomes["worker_id"])
