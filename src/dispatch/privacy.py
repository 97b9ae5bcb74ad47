"""The one mask for documents and phone numbers, used by every output.

Two different masks of one number can be spliced back together, so there is one function for each
kind of value and nothing else in the package hides or shows digits.
"""

from __future__ import annotations

import re

_LONG_DIGITS = re.compile(r"(?<!\d)(\d{17}[\dXx]|\d{15}|1\d{10})(?!\d)")


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
    """Free text in which every ID-like or mobile-phone-like run of digits is masked."""
    return _LONG_DIGITS.sub(lambda m: mask_document(m[0]) if len(m[0]) != 11 else mask_phone(m[0]), text)
