"""CSV that a spreadsheet opens safely and that reads back exactly."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pandas as pd

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


def render_csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 with BOM, CRLF, text cells guarded; dates ISO, booleans true/false, empty for missing."""
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
            shown[name] = values.astype("string").fillna("").map(guard_cell)
    text = pd.DataFrame(shown, index=frame.index).to_csv(index=False, lineterminator="\r\n")
    return b"\xef\xbb\xbf" + text.encode("utf-8")


def write_private(path: Path, content: pd.DataFrame | bytes | str) -> None:
    """Write a file only its owner can read (mode 0600)."""
    if isinstance(content, pd.DataFrame):
        content = render_csv(content)
    data = content.encode("utf-8") if isinstance(content, str) else content
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
    path.chmod(0o600)
