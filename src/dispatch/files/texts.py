"""Columns of texts made or read in bulk, without a Python object per row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dispatch.model.contracts import make_words

Codes = NDArray[np.integer[Any]]


def arrow_of(column: pd.Series) -> pa.Array:
    """Arrow array (large strings, in one piece) of a column of texts or words."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype("string")
    array = pa.array(column, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array.cast(pa.large_string())


def text_column(array: pa.Array, index: pd.Index | None = None) -> pd.Series:
    """Column of pandas ``string`` over an Arrow array of strings."""
    made = pd.array(pa.chunked_array([array.cast(pa.large_string())]), dtype="string")
    return pd.Series(made, index=index)


def join_texts(*parts: Any) -> pa.Array:
    """Texts of each row one after another; parts are large strings, arrays or scalars."""
    return pc.binary_join_element_wise(*parts, pa.scalar("", pa.large_string()))


def blank_where(array: pa.Array, blank: NDArray[np.bool_]) -> pa.Array:
    """Texts with an empty one in the rows marked."""
    return pc.if_else(pa.array(blank), pa.scalar("", pa.large_string()), array)


def choose_texts(where: NDArray[np.bool_], chosen: pa.Array, other: pa.Array) -> pa.Array:
    """``chosen`` in the rows marked, ``other`` elsewhere."""
    return pc.if_else(pa.array(where), chosen, other)


def fill_words(column: pd.Series, filling: str) -> pd.Series:
    """Column of words with ``filling`` in place of empty ones."""
    codes, texts = factorize(column)
    return make_words(codes, [text or filling for text in texts], column.index)


def number_column(prefix: str, numbers: NDArray[np.int64], width: int) -> pd.Series:
    """Column of ``prefix`` followed by each number, padded with zeros to ``width``."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.large_string()), width, "0")
    return text_column(join_texts(pa.scalar(prefix, pa.large_string()), digits))


def coded_column(codes: Codes, texts: list[str]) -> pd.Series:
    """Category column of numbers into a list of different texts, kept in their order."""
    small = codes.astype(np.min_scalar_type(-max(1, len(texts))))
    return pd.Series(pd.Categorical.from_codes(small, categories=pd.Index(texts, dtype="str")))


def factorize(column: pd.Series) -> tuple[Codes, list[str]]:
    """(number of each row's text, the different texts) of a column of texts or words without missing cells."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy(), column.cat.categories.astype(object).tolist()
    codes, uniques = pd.factorize(column)
    return codes, uniques.astype(object).tolist()


def match_texts(column: pd.Series, pattern: str) -> NDArray[np.bool_]:
    """Rows whose whole text matches a regular expression."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        matches = match_texts(pd.Series(column.cat.categories.astype(object), dtype="string"), pattern)
        return matches[column.cat.codes.to_numpy()] if len(matches) else np.zeros(len(column), dtype=bool)
    return np.asarray(column.str.fullmatch(pattern).fillna(False), dtype=bool)


def is_among(column: pd.Series, known: pd.Series) -> NDArray[np.bool_]:
    """Rows whose text stands in another column."""
    found: NDArray[np.bool_] = pc.is_in(arrow_of(column), value_set=arrow_of(known)).to_numpy(
        zero_copy_only=False
    )
    return found
