"""The hash of a plan: of what was decided alone, whatever files it lies in."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import typing
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dispatch.files.plain import plain_of
from dispatch.model.contracts import conform
from dispatch.model.events import PackedEvents, pack_events
from dispatch.model.plan import PLAN_TABLES, CoachDuty, Plan

#: Fields of a plan that are no tables, by name; those that list nouns.
FIELDS = tuple(sorted(item.name for item in dataclasses.fields(Plan) if item.name not in PLAN_TABLES))
HINTS = typing.get_type_hints(Plan)
LISTS = frozenset(name for name in FIELDS if typing.get_origin(HINTS[name]) is tuple)
_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def hash_plan(plan: Plan) -> str:
    """SHA-256 of the plan's content: every field and both tables, without times of the run and without paths."""
    digest = PlanDigest()
    for name in FIELDS:
        digest.begin(name)
        for noun in list_nouns(plan, name):
            digest.add(noun)
    digest.add_tables(plan)
    return digest.hexdigest()


def encode(item: Any) -> str:
    """One line of JSON, keys in order."""
    return _ENCODE(item)


def list_nouns(plan: Plan, name: str) -> tuple[Any, ...]:
    """Items of a field that lists nouns; else the field alone."""
    value = getattr(plan, name)
    return value if name in LISTS else (value,)


class PlanDigest:
    """SHA-256 that is fed a plan field by field, each item as its line of JSON, then the tables column by column.

    Nine tenths of a large plan are events of duties; they count by their packed bytes.
    """

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def begin(self, name: str) -> None:
        """A field or column begins."""
        self._digest.update(f"\n#{name}\n".encode())

    def add(self, noun: Any) -> Any:
        """One item of the field. Returns its plain form, that of a duty without its events."""
        if isinstance(noun, CoachDuty):
            events = pack_events(noun.events)
            noun = dataclasses.replace(noun, events=())
            if isinstance(events, PackedEvents):
                self._digest.update(events.content)
            else:
                self._digest.update(encode(plain_of(events)).encode("utf-8"))
        plain = plain_of(noun)
        self._digest.update(f"\n{encode(plain)}\n".encode())
        return plain

    def add_tables(self, plan: Plan) -> None:
        """Both tables, by the bytes of their columns under the contract."""
        for table, contract in PLAN_TABLES.items():
            frame = conform(getattr(plan, table), contract)
            for column in contract:
                self.begin(f"{table}.{column.name}")
                for piece in _list_bytes(frame[column.name]):
                    self._digest.update(piece)

    def hexdigest(self) -> str:
        """Hash of everything so far, as 64 characters."""
        return self._digest.hexdigest()


def _list_bytes(values: pd.Series) -> Iterator[bytes | memoryview]:
    """Little-endian 64-bit numbers (seconds for dates, 0 or 1 for truth); texts as their lengths and then their letters."""
    if pd.api.types.is_datetime64_any_dtype(values):
        yield values.to_numpy("datetime64[s]").astype("<i8").tobytes()
    elif pd.api.types.is_numeric_dtype(values):
        yield values.to_numpy().astype("<i8").tobytes()
    else:
        text = pa.array(values.astype("string"), type=pa.large_string())
        chunks = text.chunks if isinstance(text, pa.ChunkedArray) else [text]
        for chunk in chunks:
            yield pc.binary_length(chunk).to_numpy(zero_copy_only=False).astype("<i8").tobytes()
        for chunk in chunks:
            yield _letters_of(chunk)


def _letters_of(text: pa.LargeStringArray) -> memoryview:
    """UTF-8 of all texts of an array, one after the other."""
    _, offsets, letters = text.buffers()
    ends = np.frombuffer(offsets, np.int64)[text.offset : text.offset + len(text) + 1]
    return memoryview(letters or b"")[int(ends[0]) : int(ends[-1])] if len(text) else memoryview(b"")
