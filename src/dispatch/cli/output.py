"""Printing: results to stdout, words about the work to stderr. Free text from lists cannot steer the terminal."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from dispatch.privacy import mask_free_text

SCHEMA_VERSION = 1
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@contextmanager
def mute_libraries() -> Iterator[None]:
    """Keep what compiled libraries print away from stdout, which belongs to the result; Python's own lines wait until after."""
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # no stdout at all
        yield
        return
    try:
        drop_output()
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def drop_output() -> None:
    """Send whatever this process writes to its stdout nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def make_printable(text: str) -> str:
    """Text without control or direction characters, ID- and phone-like digits masked."""
    return mask_free_text(_CONTROLS.sub("\ufffd", text))


def show(text: str) -> None:
    """Print a line of the result."""
    print(make_printable(text))


def say(text: str) -> None:
    """Print a line about the work."""
    print(make_printable(text), file=sys.stderr, flush=True)


def print_path(path: str) -> None:
    """Print a path exactly as it is."""
    print(path, flush=True)


def print_json(document: dict[str, object]) -> None:
    """Print the one JSON document of a command, with its schema version first."""
    print(json.dumps({"schema_version": SCHEMA_VERSION, **document}, ensure_ascii=False, indent=2))
