"""The catalogue of words: complete, plain, and in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dispatch.messages import word
from dispatch.messages.catalogue import WORDS
from dispatch.model.geography import Precision
from dispatch.model.plan import CASH_TERMS, PENALTY_TERMS, Reason
from dispatch.model.supply import Mode, ServiceStatus

CHINESE = re.compile("[\u4e00-\u9fff]")
SOURCES = Path(__file__).parents[3] / "src" / "dispatch"


def test_a_word_comes_in_one_language_or_in_both():
    assert word("batch", "zh") == "批次"
    assert word("batch", "en") == "batch"
    assert word("batch", "both") == "批次 · batch"


def test_a_word_that_is_the_same_in_both_languages_is_not_doubled():
    assert word("map_caption") == "内部示意图 · not for publication"


def test_an_unknown_key_and_an_unknown_language_are_refused():
    with pytest.raises(KeyError):
        word("no such word")
    with pytest.raises(ValueError, match="fr"):
        word("batch", "fr")  # type: ignore[arg-type]


@pytest.mark.parametrize("key", sorted(WORDS))
def test_every_entry_has_chinese_and_english_and_no_markup(key):
    chinese, english = WORDS[key]
    assert CHINESE.search(chinese)
    assert re.search("[A-Za-z]", english)
    assert not re.search("[<>&]", chinese + english)
    assert re.findall(r"\{(\w+)\}", chinese) == re.findall(r"\{(\w+)\}", english), (
        "both languages are filled alike"
    )


def test_every_mode_reason_money_term_and_precision_has_a_word():
    wanted = [mode.value for mode in Mode]
    wanted += [f"reason_{reason.value}" for reason in Reason]
    wanted += [f"term_{term}" for term in CASH_TERMS + PENALTY_TERMS]
    wanted += [f"precision_{precision.value}" for precision in Precision]
    wanted += [f"status_{status.value}" for status in ServiceStatus]
    assert [key for key in wanted if key not in WORDS] == []


def test_every_word_asked_for_by_literal_key_stands_in_the_catalogue():
    asked = {
        key
        for path in SOURCES.rglob("*.py")
        for key in re.findall(r"\bword\(\s*\"([a-z_]+)\"", path.read_text(encoding="utf-8"))
    }
    assert "gap_words" in asked
    assert sorted(asked - set(WORDS)) == []
