"""Outcomes and rides of many plans gathered into the two tables of one, without a Python object per worker.

While plans come in, each table is kept as narrow columns: words as numbers, trips and batches as the place they came in, riders as
the row of their outcome. The whole columns are made one after the other at the end, and each gathered one is given up for its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dispatch.model.contracts import OUTCOMES, RIDES, conform
from dispatch.model.packing import column_of

#: Text of outcomes that says the same few words again and again.
WORDS = ("status", "mode", "reason", "detail", "next_step")
#: Whole numbers that are narrow until the end.
NARROW = {
    "arrive_min": np.int32, "lateness_days": np.int32,
    "leg": np.int8, "board_stop": np.int16, "alight_stop": np.int16, "carriage": np.int16,
}  # fmt: skip
#: Number of an empty batch.
NOWHERE = -1

Numbered = Sequence[tuple[str, int]]


class MergedPeople:
    """Columns gathered so far."""

    def __init__(self) -> None:
        self.people = _Gathered()
        self.rides = _Gathered()
        self.workers = 0

    def add(self, outcomes: pd.DataFrame, rides: pd.DataFrame, batches: Numbered, trips: Numbered) -> None:
        """Take in the tables of one plan.

        ``batches`` and ``trips``: (id in that plan, number among those of all plans). Raises ValueError for an id without a number.
        """
        outcomes, rides = conform(outcomes, OUTCOMES), conform(rides, RIDES)
        ids = _text(outcomes["worker_id"])
        self.people.add("worker_id", ids.cast(pa.string()))
        self.people.add("party_key", _text(outcomes["party_key"]).cast(pa.string()))
        self.people.add("batch_id", _renumber(_text(outcomes["batch_id"]), batches, blank=True))
        self.people.add("service_date", pa.array(outcomes["service_date"], type=pa.timestamp("s")))
        for name in WORDS:
            self.people.add(name, _words(outcomes[name]))
        self.people.add_narrow(outcomes)
        rows = pc.index_in(_text(rides["worker_id"]), value_set=ids)
        if rows.null_count:
            raise ValueError("a plan to be merged has rides of somebody without an outcome")
        self.rides.add("row", pa.array(rows.to_numpy().astype(np.int32) + np.int32(self.workers)))
        self.rides.add("trip_id", _renumber(_text(rides["trip_id"]), trips))
        self.rides.add("seat", _words(rides["seat"]))
        self.rides.add_narrow(rides)
        self.workers += len(ids)

    def finish(
        self, roster: pd.Series, batch_ids: Sequence[str], trip_ids: Sequence[str]
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """(outcomes in the order of the roster, rides by party, leg and roster); the columns gathered are given up.

        Parameters
        ----------
        roster
            Ids of all workers. ValueError unless each is in exactly one plan.
        batch_ids, trip_ids
            Id by the number that ``add`` was told.
        """
        if not self.people:
            return conform(pd.DataFrame(), OUTCOMES), conform(pd.DataFrame(), RIDES)
        rank = _find_ranks(self.people.pop("worker_id"), roster)
        party_key = self.people.pop("party_key")
        rows, ride_order = self._order_rides(_rank_texts(party_key), rank)
        order = np.empty(len(rank), np.int32)
        order[rank] = np.arange(len(rank), dtype=np.int32)
        worker_id = roster.astype("string").reset_index(drop=True)
        outcomes = {"worker_id": worker_id, "party_key": _widen(party_key, order)}
        del party_key
        rides = {"worker_id": _widen(_text(worker_id), rank[rows])}
        ids = {"batch_id": batch_ids, "trip_id": trip_ids}
        for name in (column.name for column in OUTCOMES[2:]):
            outcomes[name] = _widen(self.people.pop(name), order, ids.get(name))
        for name in (column.name for column in RIDES[1:]):
            rides[name] = _widen(self.rides.pop(name), ride_order, ids.get(name))
        pa.default_memory_pool().release_unused()
        return pd.DataFrame(outcomes, copy=False), pd.DataFrame(rides, copy=False)

    def _order_rides(self, party_rank: np.ndarray, rank: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(row of the outcome of each ride, the rides themselves) by party, leg and place in the roster."""
        rows = self.rides.pop("row").to_numpy()
        legs = self.rides.peek("leg").to_numpy()
        order = np.lexsort((rank[rows], legs, party_rank[rows])).astype(np.int32)
        return rows[order], order


class _Gathered:
    """Columns in pieces, one piece per plan."""

    def __init__(self) -> None:
        self.pieces: dict[str, list[pa.Array]] = defaultdict(list)

    def __bool__(self) -> bool:
        return bool(self.pieces)

    def add(self, name: str, piece: pa.Array) -> None:
        self.pieces[name].append(piece)

    def add_narrow(self, frame: pd.DataFrame) -> None:
        """Whole numbers of a frame, as narrow as they may be."""
        for name, kind in NARROW.items():
            if name in frame:
                self.add(name, pa.array(frame[name].to_numpy().astype(kind)))

    def peek(self, name: str) -> pa.Array:
        """Column in one piece."""
        if len(self.pieces[name]) > 1:
            joined = pa.chunked_array(self.pieces[name]).unify_dictionaries().combine_chunks()
            self.pieces[name] = [joined.chunk(0) if isinstance(joined, pa.ChunkedArray) else joined]
        return self.pieces[name][0]

    def pop(self, name: str) -> pa.Array:
        """Column in one piece, given up."""
        column = self.peek(name)
        del self.pieces[name]
        return column


def _text(values: pd.Series) -> pa.Array:
    """Text of a frame's column as one Arrow array."""
    text = pa.array(values.astype("string"), type=pa.large_string())
    return text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text


def _words(values: pd.Series) -> pa.Array:
    return _text(values).cast(pa.string()).dictionary_encode()


def _renumber(ids: pa.Array, numbers: Numbered, blank: bool = False) -> pa.Array:
    """Number of each id; ``NOWHERE`` for empty ones if there may be any."""
    found = pc.index_in(ids, value_set=pa.array([name for name, _ in numbers], type=pa.large_string()))
    named = pa.array([number for _, number in numbers], type=pa.int32()).take(found)
    if blank:
        named = pc.if_else(pc.equal(ids, ""), pa.scalar(NOWHERE, pa.int32()), named)
    if named.null_count:
        strange = ids.filter(pc.is_null(named))[0]
        raise ValueError(f"a plan to be merged names '{strange}', which it does not have")
    return named


def _find_ranks(worker_ids: pa.Array, roster: pd.Series) -> np.ndarray:
    """Place of each worker in the roster."""
    found = pc.index_in(worker_ids, value_set=_text(roster).cast(pa.string()))
    if found.null_count:
        raise ValueError(f"worker {worker_ids.filter(pc.is_null(found))[0]} of a part is not in the roster")
    rank: np.ndarray = found.to_numpy()
    times = np.bincount(rank, minlength=len(roster))
    if (times != 1).any():
        wrong = int(np.argmax(times != 1))
        raise ValueError(f"worker {roster.iloc[wrong]} is in {times[wrong]} parts, not in one")
    return rank


def _rank_texts(texts: pa.Array) -> np.ndarray:
    """Rank of each text among the different ones."""
    coded = texts.dictionary_encode()
    in_order = pc.array_sort_indices(coded.dictionary).to_numpy()
    rank_of_word = np.empty(len(in_order), np.int32)
    rank_of_word[in_order] = np.arange(len(in_order), dtype=np.int32)
    ranks: np.ndarray = rank_of_word[coded.indices.to_numpy()]
    return ranks


def _widen(column: pa.Array, order: np.ndarray, ids: Sequence[str] | None = None) -> pd.Series:
    """Column in its final order and width. ``ids``: texts by number where the column holds numbers of texts."""
    taken = column.take(pa.array(order))
    if ids is not None:
        texts = pa.array([*ids, ""], type=pa.large_string())  # NOWHERE is the last
        return column_of(texts.take(pa.array(taken.to_numpy() % len(texts))))
    if pa.types.is_dictionary(taken.type):
        return column_of(taken.dictionary.cast(pa.large_string()).take(taken.indices))
    if pa.types.is_integer(taken.type):
        return pd.Series(taken.to_numpy().astype(np.int64), copy=False)
    return column_of(taken)
