"""Words people read in outputs, Chinese and English, from one catalogue. Knows no nouns and no numbers."""

from __future__ import annotations

from typing import Literal, get_args

from dispatch.messages.catalogue import WORDS

Lang = Literal["zh", "en", "both"]
LANGS: tuple[str, ...] = get_args(Lang)


def word(key: str, lang: Lang = "both") -> str:
    """Word or sentence of the catalogue in one language, or in both as ``中文 · English``.

    Sentences may hold ``{names}`` to be filled with ``str.format``; in ``both`` each name then stands twice.

    Raises
    ------
    KeyError
        The key is not in the catalogue.
    ValueError
        ``lang`` is none of zh, en, both.
    """
    if lang not in LANGS:
        raise ValueError(f"unknown language {lang!r}; one of {', '.join(LANGS)}")
    chinese, english = WORDS[key]
    if lang == "zh":
        return chinese
    if lang == "en":
        return english
    return chinese if chinese == english else f"{chinese} · {english}"
