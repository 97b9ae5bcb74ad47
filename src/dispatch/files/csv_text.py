"""CSV that a spreadsheet opens safely and that reads back exactly."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pandas as pd

#: Rows turned into text at once.
ROWS_AT_ONCE = 50_000
_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
_QUOTED = re.compile(r"'+[=+\-@\t\r]")


def guard_cell(text: str) -> str:
    """Cell that no spreadsheet takes for a formula: ``=A1`` -> ``'=A1``. ``unguard_cell`` takes it back.

    A text that already begins with quotes and then a dangerous character gets one more quote, so that both
    ways are exact.
    """
    return f"'{text}" if _DANGEROUS.match(text) else text


def unguard_cell(text: str) -> str:
    """Text as it was before ``guard_cell``."""
    return text[1:] if _QUOTED.match(text) else text


def guard_cells(texts: pd.Series) -> pd.Series:
    """Column of texts with ``guard_cell`` done to each; only those in danger are touched one by one."""
    in_danger = texts.str.match(_DANGEROUS.pattern).to_numpy(bool)
    return texts.mask(in_danger, texts[in_danger].map(guard_cell)) if in_danger.any() else texts


def unguard_cells(texts: pd.Series) -> pd.Series:
    """Column of texts with ``unguard_cell`` done to each."""
    quoted = texts.str.match(_QUOTED.pattern).to_numpy(bool)
    return texts.mask(quoted, texts[quoted].map(unguard_cell)) if quoted.any() else texts


def render_csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 with BOM, CRLF, text cells guarded; dates ISO, booleans true/false, empty for missing."""
    return b"".join(stream_csv(frame))


def stream_csv(frame: pd.DataFrame) -> Iterator[bytes]:
    """The same, some thousand rows at a time."""
    yield b"\xef\xbb\xbf"
    for first in range(0, max(1, len(frame)), ROWS_AT_ONCE):
        shown = _show_cells(frame.iloc[first : first + ROWS_AT_ONCE])
        yield shown.to_csv(index=False, header=first == 0, lineterminator="\r\n").encode("utf-8")


def _show_cells(frame: pd.DataFrame) -> pd.DataFrame:
    shown = {}
    for name in frame.columns:
        values = frame[name]
        if pd.api.types.is_datetime64_any_dtype(values):
            shown[name] = values.dt.strftime("%Y-%m-%d").fillna("")
        elif pd.api.types.is_bool_dtype(values):
            shown[name] = values.map({True: "true", False: "false"})
        elif pd.api.types.is_numeric_dtype(values):
            shown[name] = values
        else:
            shown[name] = guard_cells(values.astype("string").fillna(""))
    return pd.DataFrame(shown, index=frame.index)


def write_private(path: Path, content: pd.DataFrame | bytes | str) -> None:
    """Write a file only its owner can read (mode 0600); a frame as CSV."""
    with open_private(path) as stream:
        if isinstance(content, pd.DataFrame):
            stream.writelines(stream_csv(content))
        else:
            stream.write(content.encode("utf-8") if isinstance(content, str) else content)


@contextmanager
def open_private(path: Path) -> Iterator[BinaryIO]:
    """File to write bytes to that only its owner can read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        yield stream
    path.chmod(0o600)
