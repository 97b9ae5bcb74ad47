"""The one mask for documents and phone numbers, used by every output.

Two different masks of one number can be spliced back together, so there is one function for each
kind of value and nothing else in the package hides or shows digits.
"""

from __future__ import annotations

import re

#: One space or dash, as people put between the groups of a number.
_GAP = r"[ \u00a0\u3000\-\u2010-\u2015]"
#: Eleven digits in one, or grouped 3-4-4, 4-3-4 or 4-4-3; perhaps after the country's 86.
_PHONE = (
    rf"(?:(?:\+|00)?86{_GAP}?)?"
    rf"(?:[1１]\d{{10}}|[1１][3-9３-９]\d{_GAP}?\d{{4}}{_GAP}?\d{{4}}|[1１][3-9３-９]\d\d{_GAP}(?:\d{{3}}{_GAP}\d{{4}}|\d{{4}}{_GAP}\d{{3}}))"
)
#: 18 or 15 digits in one; with gaps anywhere where the 7th to 14th digit are a date of birth (GB 11643-1999).
_BORN = ("[12]", "[089]", r"\d", r"\d", "[01]", r"\d", "[0-3]", r"\d")
_SPACED = f"{_GAP}?".join([r"\d"] * 6 + list(_BORN) + [r"\d"] * 3 + [r"[\dXx]"])
_DOCUMENT = rf"\d{{17}}[\dXx]|\d{{15}}|{_SPACED}"
_LONG_DIGITS = re.compile(rf"(?<!\d)(?:(?P<phone>{_PHONE})|(?P<document>{_DOCUMENT}))(?!\d)")


def mask_document(document: str) -> str:
    """Document number with only its first three and last four characters left.

    ``320123199001011234`` -> ``320***********1234``. Numbers of up to seven characters are hidden whole.
    """
    text = document.strip()
    if len(text) <= 7:
        return "*" * len(text)
    return text[:3] + "*" * (len(text) - 7) + text[-4:]


def mask_phone(phone: str) -> str:
    """Phone number with only its last four digits left: ``13812345678`` -> ``*******5678``."""
    text = phone.strip()
    if len(text) <= 4:
        return "*" * len(text)
    return "*" * (len(text) - 4) + text[-4:]


def mask_free_text(text: str) -> str:
    """Free text in which everything that looks like an ID number or a mobile phone number is masked.

    ID numbers have 18 or 15 digits, mobile phones eleven that begin with 1, perhaps with 86 before them. Single spaces and
    dashes between the groups (``138-1234-5678``, ``+86 138 1234 5678``, ``110105 19491231 002X``) are dropped.
    """
    return _LONG_DIGITS.sub(_mask_match, text)


def _mask_match(match: re.Match[str]) -> str:
    mask = mask_phone if match["phone"] else mask_document
    return mask(re.sub(_GAP, "", match[0]))
