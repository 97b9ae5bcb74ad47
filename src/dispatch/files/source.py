"""Bytes of the input files: read once, hashed, decoded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dispatch.files.texts import arrow_of

_BOM = b"\xef\xbb\xbf"


class EncodingUnknown(ValueError):
    """Bytes that are neither UTF-8 (with or without BOM), UTF-16 with BOM, nor GB18030."""


#: A file that exists only in memory: its bytes, or a table of clean texts under its canonical headings.
MadeFile = bytes | pd.DataFrame


class InputFiles:
    """Files of one scenario, by the names its document uses. ``made`` holds files that exist only in memory."""

    def __init__(self, folder: Path, made: Mapping[str, MadeFile]) -> None:
        self.folder = folder
        self._made = made
        self._hashes: dict[str, str] = {}

    def read_bytes(self, name: str) -> bytes:
        """Content of a file beside the scenario. Raises OSError when it cannot be read."""
        path = self.folder / name
        made = self._made.get(name)
        content = made if isinstance(made, bytes) and not path.exists() else path.read_bytes()
        self._hashes[name] = hashlib.sha256(content).hexdigest()
        return content

    def find_made_table(self, name: str) -> pd.DataFrame | None:
        """Table of this name that was made in memory as a frame and has no file on disk."""
        made = self._made.get(name)
        if not isinstance(made, pd.DataFrame) or (self.folder / name).exists():
            return None
        self._hashes[name] = hash_frame(made)
        return made

    def exists(self, name: str) -> bool:
        """True if the file is there, on disk or in memory."""
        return name in self._made or (self.folder / name).is_file()

    def is_made(self, name: str) -> bool:
        """True if a file of this name was made in memory."""
        return name in self._made

    def list_names(self) -> list[str]:
        """Names of the files in the scenario's folder, for near misses."""
        try:
            return sorted(path.name for path in self.folder.iterdir() if path.is_file())
        except OSError:
            return []

    def hash_content(self) -> str:
        """SHA-256 over names and hashes of all files read so far."""
        lines = [f"{name}\0{digest}\n" for name, digest in sorted(self._hashes.items())]
        return hashlib.sha256("".join(lines).encode()).hexdigest()


def hash_frame(frame: pd.DataFrame) -> str:
    """SHA-256 of a table of texts: headings, and the length and bytes of every cell (of words: numbers and words)."""
    digest = hashlib.sha256()
    for name in frame.columns:
        column = frame[name]
        digest.update(f"{name}\0{len(column)}\0".encode())
        if isinstance(column.dtype, pd.CategoricalDtype):
            digest.update(column.cat.codes.to_numpy().tobytes())
            column = pd.Series(column.cat.categories.astype(object), dtype="string")
        for part in _bytes_of(column):
            digest.update(part)
    return digest.hexdigest()


def _bytes_of(column: pd.Series) -> tuple[Any, ...]:
    """(lengths, texts) of a column as bytes."""
    array = arrow_of(column.astype("string"))
    _, offsets, data = array.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    texts = memoryview(data)[int(bounds[0]) : int(bounds[-1])] if data is not None and len(bounds) else b""
    return np.diff(bounds).tobytes(), texts


def decode_text(content: bytes) -> tuple[str, str]:
    """(text, encoding) of a text file: UTF-8 with or without BOM, UTF-16 with BOM, else GB18030, all strict.

    Raises ``EncodingUnknown``.
    """
    if content.startswith(_BOM):
        candidates = ["utf-8-sig"]
    elif content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8", "gb18030"]
    for encoding in candidates:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise EncodingUnknown(f"not {' or '.join(candidates)}")
