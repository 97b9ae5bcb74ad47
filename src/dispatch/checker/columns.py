"""Columns of the big tables as whole numbers, so that a million rows cost megabytes and no object each.

Text may come as objects, Arrow strings or categoricals; all three are read here and nowhere else.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, SupportsIndex, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]
#: Stands for an empty date.
NO_DAY = int(np.iinfo(np.int32).min)


@dataclass(frozen=True, slots=True)
class Texts:
    """A text column: ``codes`` (int32, one per row) point into ``names``, the distinct texts."""

    codes: Ints
    names: Sequence[str]

    def text(self, row: SupportsIndex) -> str:
        """Text of a row."""
        return str(self.names[int(self.codes[row])])

    def number(self, numbers: Mapping[str, int], missing: int = -1) -> Ints:
        """Number of each row's text (int32), ``missing`` where it has none."""
        of_name = np.fromiter((numbers.get(name, missing) for name in self.names), np.int32, len(self.names))
        return of_name[self.codes] if len(of_name) else np.empty(0, np.int32)

    def flag(self, test: Callable[[str], bool]) -> Flags:
        """What ``test`` says of each row's text."""
        of_name = np.fromiter((test(name) for name in self.names), np.bool_, len(self.names))
        return of_name[self.codes] if len(of_name) else np.empty(0, np.bool_)

    def take(self, rows: Ints) -> Texts:
        """The same column for some rows."""
        return Texts(self.codes[rows], self.names)


def read_texts(values: pd.Series) -> Texts:
    """Text column with empty cells as ``""``."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, names = values.cat.codes.to_numpy(), values.cat.categories
    else:
        codes, names = pd.factorize(values)
    if len(codes) and codes.min() < 0:
        codes = np.where(codes < 0, len(names), codes)
        names = pd.Index([*names, ""])
    return Texts(codes.astype(np.int32), cast("Sequence[str]", names))


def read_days(values: pd.Series, first_date: date) -> Ints:
    """Days after ``first_date`` of a date column (int32), ``NO_DAY`` where it is empty."""
    moments = pd.to_datetime(values).to_numpy(dtype="datetime64[s]")
    days = (moments.astype("datetime64[D]") - np.datetime64(first_date, "D")).astype(np.int64)
    return np.where(np.isnat(moments), NO_DAY, days).astype(np.int32)


def read_whole(values: pd.Series) -> Ints:
    """Column of whole numbers (int64)."""
    return values.to_numpy(dtype=np.int64)


def read_flags(values: pd.Series) -> Flags:
    """Column of yes and no."""
    return values.to_numpy(dtype=np.bool_)


def read_strings(values: pd.Series) -> pa.Array:
    """Text column of (nearly) distinct values as one Arrow array, empty cells as ``""``."""
    if isinstance(values.dtype, pd.CategoricalDtype) or values.dtype == object:
        values = values.astype("string")
    cells = pa.array(values, from_pandas=True)
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.combine_chunks()
    return pc.fill_null(cells.cast(pa.large_string()), "")


def locate(values: pa.Array, among: pa.Array) -> Ints:
    """Row of ``among`` that holds each value (int32), -1 where none does."""
    if len(values) == len(among) and values.equals(among):
        return np.arange(len(values), dtype=np.int32)
    rows = pc.fill_null(pc.index_in(values, value_set=among), -1)
    return np.asarray(rows.to_numpy(zero_copy_only=False), np.int32)


def list_runs(*keys: Ints) -> tuple[Ints, Ints]:
    """(order, starts): rows sorted by the keys, first key first, stable; and where each run of equal keys begins.

    ``starts`` has one entry more than there are runs: the number of rows.
    """
    order = np.lexsort(keys[::-1]) if len(keys) > 1 else np.argsort(keys[0], kind="stable")
    changes = np.zeros(len(order), np.bool_)
    changes[:1] = True
    for key in keys:
        ordered = key[order]
        changes[1:] |= ordered[1:] != ordered[:-1]
    return order, np.append(np.flatnonzero(changes), len(order))


def each_run(starts: Ints) -> Iterator[tuple[int, int]]:
    """(begin, end) of each run of ``list_runs``."""
    return itertools.pairwise(starts.tolist())


def list_distinct(*keys: Ints) -> tuple[tuple[Ints, ...], Ints]:
    """Distinct combinations of the keys, sorted, and how many rows have each."""
    order, starts = list_runs(*keys)
    firsts = order[starts[:-1]]
    return tuple(key[firsts] for key in keys), np.diff(starts)


def bound_slices(keys: Ints, size: int) -> Ints:
    """Where the rows of each of ``size`` numbers begin in ``keys``, which is sorted; one entry more at the end."""
    return np.searchsorted(keys, np.arange(size + 1))
