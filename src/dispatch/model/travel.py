"""Frozen travel: road km and driving minutes between places, fixed before planning begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenTravel:
    """Directed road travel between ``place_ids``.

    ``km_tenths`` and ``minutes`` are square int32 matrices in the order of ``place_ids`` (zero diagonal);
    ``from_table`` marks the legs that the scenario's travel table gave, the others are estimates.
    """

    place_ids: tuple[str, ...]
    index: dict[str, int]
    km_tenths: NDArray[np.int32]
    minutes: NDArray[np.int32]
    from_table: NDArray[np.bool_]

    def get_leg(self, from_id: str, to_id: str) -> tuple[int, int, str]:
        """(km in tenths, minutes, source) of one leg; source is ``table`` or ``estimate``."""
        i, j = self.index[from_id], self.index[to_id]
        source = "table" if self.from_table[i, j] else "estimate"
        return int(self.km_tenths[i, j]), int(self.minutes[i, j]), source
