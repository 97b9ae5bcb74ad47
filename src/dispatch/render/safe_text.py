"""Text made inert for HTML pages: the one place where free text, JSON and file names are escaped.

Free text of a scenario (names of places, vehicles, reasons …) may hold anything a spreadsheet can hold. It
reaches a page only through ``escape_text`` (markup), ``escape_json`` (data blocks) or ``encode_segment`` (addresses).
"""

from __future__ import annotations

import html
import json
import re
from urllib.parse import quote

from dispatch.privacy import mask_free_text

#: Control characters, and the invisible ones that turn the direction of text round.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
#: A lone half of a surrogate pair cannot be written as UTF-8.
_SURROGATES = re.compile("[\ud800-\udfff]")
_TEMPLATE_OPENING = re.compile(r"\{(?=[{%#])")


def clean_text(text: object) -> str:
    """Text without control or direction characters (shown as ``\\ufffd``), ID- and phone-like digits masked."""
    return mask_free_text(_SURROGATES.sub("\ufffd", _CONTROLS.sub("\ufffd", str(text))))


def escape_text(text: object) -> str:
    """Text ready to stand between tags or inside a quoted attribute."""
    return html.escape(clean_text(text), quote=True)


def escape_json(value: object) -> str:
    """JSON of a value that can stand inside a ``<script>`` block, also where a template is rendered again.

    ``<``, ``>``, ``&``, the two line separators and every ``{`` that opens a template tag (``{{``, ``{%``, ``{#``; these
    occur only inside JSON strings) become ``\\u…`` escapes, so no text can close the block or be evaluated.
    Strings are taken as they are: clean free text with ``clean_text`` before.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return _TEMPLATE_OPENING.sub(r"\\u007b", text)


def encode_segment(name: str) -> str:
    """Name percent-encoded as one segment of an address."""
    segment = quote(_SURROGATES.sub("\ufffd", name), safe="")
    return segment.replace(".", "%2E") if set(name) == {"."} else segment


def anchor_of(prefix: str, name: str) -> str:
    """Id of an element for a free-text name: letters, digits and ``-``; the rest as hex between underscores."""
    return prefix + re.sub(r"[^A-Za-z0-9-]", lambda match: f"_{ord(match[0]):x}_", name)
