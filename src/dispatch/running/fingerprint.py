"""A key of a call that depends on what is called with what, and on nothing else.

A plain pickle will not do: it keeps the order of sets and of what is made from them (which differs from process to
process), notes which equal values are one object, and copies the inner layout of tables.
"""

from __future__ import annotations

import dataclasses
import hashlib
import pickle
import sys
from collections.abc import Callable, Iterable
from typing import Any

#: A class with this attribute set changes how a call goes, never what it returns; its values are left out of the key.
LEFT_OUT = "changes_no_result"


def make_key(
    version: str, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> str | None:
    """64 hex digits for a call; None for arguments that have no key (cyclic, or not to be pickled).

    ``version`` names everything else the result depends on: the releases of the program and of its solvers.
    Equal keys mean equal values (dictionaries in any order); equal values may have different keys, which costs no more
    than doing the work again.
    """
    try:
        return _Digests().find((version, fn, args, sorted(kwargs.items()))).hex()
    except (pickle.PicklingError, TypeError, ValueError, AttributeError, RecursionError):
        return None


class _Digests:
    """SHA-256 of values by content, each dataclass once."""

    def __init__(self) -> None:
        self._known: dict[int, bytes] = {}
        self._kept: list[object] = []  # so that no id is used twice

    def find(self, value: object) -> bytes:
        sink = _Sink()
        pickler = _ContentPickler(sink, self, value)
        pickler.fast = True  # values, not which of them are one object
        pickler.dump(value)
        return sink.hash.digest()

    def find_once(self, value: object) -> bytes:
        known = self._known.get(id(value))
        if known is None:
            known = self._known[id(value)] = self.find(value)
            self._kept.append(value)
        return known


class _Sink:
    def __init__(self) -> None:
        self.hash = hashlib.sha256()

    def write(self, data: Any) -> int:
        self.hash.update(data)
        return len(data)


class _ContentPickler(pickle.Pickler):
    def __init__(self, sink: _Sink, digests: _Digests, top: object) -> None:
        super().__init__(sink, protocol=5)
        self._digests = digests
        self._top = top

    def persistent_id(self, value: Any) -> Any:
        """What stands for a value in the pickle; None: the value itself, item by item."""
        kind = type(value)
        if kind in _PLAIN or isinstance(value, type):
            return None
        if kind in (set, frozenset):
            return "set", sorted(value) if _is_ordered(value) else sorted(map(self._digests.find, value))
        if kind is dict:
            if _is_ordered(value):
                return "dict", [(key, value[key]) for key in sorted(value)]
            return "items", sorted(map(self._digests.find, value.items()))
        if getattr(kind, LEFT_OUT, False):
            return "left out", kind.__qualname__
        if dataclasses.is_dataclass(kind) and value is not self._top:
            return "value", self._digests.find_once(value)
        return _digest_table(value)


def _is_ordered(values: Iterable[object]) -> bool:
    """True for values whose order is total, so that sorting them settles it: all texts, or all whole numbers."""
    return set(map(type, values)) in ({str}, {int})


_PLAIN = frozenset({str, int, float, bool, bytes, tuple, list, type(None)})


def _digest_table(value: object) -> object:
    """Content of a pandas table, column, or index; None for anything else."""
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(value, (pandas.DataFrame, pandas.Series, pandas.Index)):
        return None
    hash_of = pandas.util.hash_pandas_object
    if not isinstance(value, pandas.DataFrame):
        return "column", str(value.name), str(value.dtype), hash_of(value).to_numpy().tobytes()
    columns = [(str(name), str(dtype)) for name, dtype in value.dtypes.items()]
    hashes = [hash_of(value[name], index=False).to_numpy().tobytes() for name in value.columns]
    index = hash_of(value.index).to_numpy().tobytes()
    return "table", columns, [hashlib.sha256(data).digest() for data in (*hashes, index)]
