"""Chinese citizen ID numbers (GB 11643-1999): check digit and the damage spreadsheets do to them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from dispatch.files.texts import arrow_of

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = np.frombuffer(b"10X98765432", dtype=np.uint8)


def check_documents(documents: pd.Series) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(wrong check digit, ends in 000) for each document number; both False for other kinds of numbers.

    Numbers of 18 characters whose first 17 are digits are Chinese ID numbers: the weighted sum of the 17
    (weights 2^(18-i) mod 11) modulo 11 picks the check character from ``10X98765432`` (GB 11643-1999, MOD 11-2).
    A spreadsheet keeps 15 digits and writes 000 for the rest.

    Worked: 11010519491231002X: sum 1·7+1·9+0+1·5+0+5·4+1·2+9·1+4·6+9·3+1·7+2·9+3·10+1·5+0+0+2·2 = 167, 167 mod 11 = 2 -> X.
    """
    wrong = np.zeros(len(documents), dtype=bool)
    chinese = documents.str.fullmatch(r"\d{17}[\dXx]").fillna(False).to_numpy(dtype=bool)
    tail = np.zeros(len(documents), dtype=bool)
    if not chinese.any():
        return wrong, tail
    characters = _read_characters(documents[chinese].str.upper())
    sums = np.zeros(len(characters), dtype=np.int32)
    for place, weight in enumerate(_WEIGHTS):
        sums += weight * (characters[:, place].astype(np.int32) - ord("0"))
    wrong[chinese] = _CHECK[sums % 11] != characters[:, 17]
    tail[chinese] = (characters[:, 15:] == ord("0")).all(axis=1)
    return wrong, tail


def _read_characters(documents: pd.Series) -> NDArray[np.uint8]:
    """ASCII codes of texts of 18 characters, shape (rows, 18)."""
    array = pa.concat_arrays([arrow_of(documents)])
    start = array.offset * 18
    characters: NDArray[np.uint8] = np.frombuffer(array.buffers()[2], dtype=np.uint8)
    return characters[start : start + 18 * len(array)].reshape(-1, 18)
