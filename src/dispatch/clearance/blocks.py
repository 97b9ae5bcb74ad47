"""Big rosters in blocks of whole parties: more people at a time are no quicker and take more memory."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.types import union_categoricals

BLOCK_WORKERS = 200_000


def find_cuts(workers: pd.DataFrame, most: int) -> list[int]:
    """Bounds of blocks of about ``most`` rows between which no party is torn: 0, ..., number of workers.

    Where the members of some party do not stand one after another there is a single block.
    """
    count = len(workers)
    if count <= most:
        return [0, count]
    party = pa.array(workers["party_id"], from_pandas=True)
    party = party.combine_chunks() if isinstance(party, pa.ChunkedArray) else party
    changes = pc.or_(pc.not_equal(party[1:], party[:-1]), pc.equal(party[1:], ""))
    starts = np.flatnonzero(np.append(True, changes.to_numpy(zero_copy_only=False)))
    alone = int(pc.sum(pc.equal(party, "")).as_py())
    parties = pc.count_distinct(party).as_py() + max(0, alone - 1)
    if len(starts) != parties:
        return [0, count]
    wanted = np.arange(most, count, most)
    cuts = starts[np.searchsorted(starts, wanted, side="right") - 1]
    return sorted({0, *cuts.tolist(), count})


def join_blocks(blocks: list[pd.DataFrame]) -> pd.DataFrame:
    """Frames of one shape one after the other; word columns share one list of words."""
    if len(blocks) == 1:
        return blocks[0]
    columns: dict[str, object] = {}
    for name in blocks[0].columns:
        parts = [block[name] for block in blocks]
        if isinstance(parts[0].dtype, pd.CategoricalDtype):
            columns[name] = union_categoricals(parts, sort_categories=True)
        else:
            columns[name] = pd.concat(parts, ignore_index=True)
    return pd.DataFrame(columns)
