"""Bytes of the input files: read once, hashed, decoded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

_BOM = b"\xef\xbb\xbf"


class EncodingUnknown(ValueError):
    """Bytes that are neither UTF-8 (with or without BOM), UTF-16 with BOM, nor GB18030."""


class InputFiles:
    """Files of one scenario, by the names its document uses. ``made`` holds files that exist only in memory."""

    def __init__(self, folder: Path, made: Mapping[str, bytes]) -> None:
        self.folder = folder
        self._made = made
        self._hashes: dict[str, str] = {}

    def read_bytes(self, name: str) -> bytes:
        """Content of a file beside the scenario. Raises OSError when it cannot be read."""
        path = self.folder / name
        content = self._made[name] if name in self._made and not path.exists() else path.read_bytes()
        self._hashes[name] = hashlib.sha256(content).hexdigest()
        return content

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
