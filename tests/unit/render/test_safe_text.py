"""Escaping: hostile text stays text."""

from __future__ import annotations

import json

import pytest

from dispatch.render.safe_text import anchor_of, clean_text, encode_segment, escape_json, escape_text

HOSTILE = "{{7*7}}<script>alert(1)</script>=cmd() {% raw %} {# x #} \u2028 & </SCRIPT>"


def test_markup_in_text_is_shown_and_not_obeyed():
    assert escape_text("<b onclick='x'>\"&") == "&lt;b onclick=&#x27;x&#x27;&gt;&quot;&amp;"


def test_json_survives_the_round_trip_and_holds_nothing_that_could_end_its_block():
    text = escape_json({"a": [HOSTILE, {"b": {}}]})
    assert json.loads(text) == {"a": [HOSTILE, {"b": {}}]}
    for opening in ("<", ">", "&", "{{", "{%", "{#", "\u2028"):
        assert opening not in text


def test_json_braces_stay_safe_when_three_follow_one_another():
    text = escape_json(["{{{x"])
    assert "{{" not in text
    assert json.loads(text) == ["{{{x"]


def test_a_template_engine_leaves_the_json_as_it_is():
    jinja2 = pytest.importorskip("jinja2")
    text = escape_json([HOSTILE])
    assert jinja2.Template(text).render() == text


def test_control_and_direction_characters_become_visible():
    assert clean_text("a\x00b\u202ec\ud800") == "a\ufffdb\ufffdc\ufffd"


def test_documents_and_phones_in_free_text_are_masked():
    # mask: first three and last four of 18 digits; last four of a phone
    assert clean_text("call 13812345678 id 612323199001011234") == "call *******5678 id 612***********1234"


def test_an_address_segment_cannot_leave_its_folder():
    assert encode_segment("../../etc") == "..%2F..%2Fetc"
    assert encode_segment("..") == "%2E%2E"


def test_anchors_of_different_names_differ():
    assert anchor_of("t-", "T/1") == "t-T_2f_1"
    assert anchor_of("t-", "T/1") != anchor_of("t-", "T_2f_1")
