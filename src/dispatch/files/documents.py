"""Chinese citizen ID numbers (GB 11643-1999): check digit and the damage spreadsheets do to them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK = np.array(list("10X98765432"))


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
    numbers = documents[chinese].str.upper().to_numpy(dtype="U18")
    characters = np.ascontiguousarray(numbers).view("<U1").reshape(-1, 18)
    sums = characters[:, :17].astype(np.int64) @ _WEIGHTS
    wrong[chinese] = _CHECK[sums % 11] != characters[:, 17]
    tail[chinese] = (characters[:, 15:] == "0").all(axis=1)
    return wrong, tail
