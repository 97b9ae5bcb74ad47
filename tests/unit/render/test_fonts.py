"""Which font prints, and what is said before a character would be lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from manifest_world import RARE, make_world

from dispatch.findings import Finding, Severity
from dispatch.render import fonts
from dispatch.render.fonts import FONT_CODES, FontChoice, check_glyphs, check_printed_names, find_font


@pytest.fixture(scope="module")
def font() -> FontChoice:
    found = find_font()
    if isinstance(found, Finding):
        pytest.skip("no Chinese font on this machine")
    return found


def test_a_font_found_has_chinese_latin_and_digits(font: FontChoice) -> None:
    assert check_glyphs(font, ("东西南北", "Kunshan", "0123456789", "✓→−Σ·")) == []


def test_the_font_named_wins_over_the_environment(font: FontChoice, tmp_path: Path) -> None:
    copy = tmp_path / "mine.ttc"
    shutil.copy(font.path, copy)
    named = find_font(copy, {"DISPATCH_FONT": str(font.path)})
    assert isinstance(named, FontChoice)
    assert named.path == copy


def test_the_environment_wins_over_known_places(font: FontChoice, tmp_path: Path) -> None:
    copy = tmp_path / "mine.ttc"
    shutil.copy(font.path, copy)
    named = find_font(None, {"DISPATCH_FONT": str(copy)})
    assert isinstance(named, FontChoice)
    assert named.path == copy


@pytest.mark.parametrize(
    "make", [lambda path: None, lambda path: path.write_bytes(b"no font"), lambda path: path.mkdir()]
)
def test_a_named_font_that_cannot_be_used_is_a_finding_not_replaced(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "missing.ttf"
    make(path)
    finding = find_font(path)
    assert isinstance(finding, Finding)
    assert (finding.code, finding.severity) == ("W701", Severity.WARNING)
    assert "missing.ttf" in finding.message


def test_no_font_at_all_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_KNOWN_PATHS", ())
    monkeypatch.setattr(fonts.shutil, "which", lambda name: None)
    finding = find_font()
    assert isinstance(finding, Finding)
    assert finding.code == "W701"
    assert "fonts-noto-cjk" in finding.action


def test_fontconfig_is_asked_when_no_known_place_has_a_font(
    font: FontChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("fc-match") is None:
        pytest.skip("no fontconfig on this machine")
    monkeypatch.setattr(fonts, "_KNOWN_PATHS", ())
    assert isinstance(find_font(), FontChoice)


def test_every_character_the_font_lacks_is_listed_with_its_text(font: FontChoice) -> None:
    # U+0E01 is Thai, U+10380 Ugaritic: not in a Chinese font. Each is listed once per text.
    assert check_glyphs(font, ("王\u0e01伟\u0e01", "李", "\U00010380")) == [
        ("王\u0e01伟\u0e01", "U+0E01"),
        ("\U00010380", "U+10380"),
    ]


def test_white_space_is_no_missing_character(font: FontChoice) -> None:
    assert check_glyphs(font, ("a b\u3000c\n",)) == []


def test_the_rare_names_of_the_probe_are_all_in_noto(font: FontChoice) -> None:
    if "Noto Sans CJK" not in font.family:
        pytest.skip("the probe was made with Noto Sans CJK")
    assert check_glyphs(font, (RARE,)) == []


def test_a_name_that_cannot_be_printed_is_found_with_its_row_before_printing(font: FontChoice) -> None:
    world = make_world()
    workers = world.scenario.workers.copy()
    workers.loc[workers["worker_id"] == "W8", "name"] = "陈\u0e01"
    # W8 is the eighth worker; the head of the table is row 1, so theirs is row 9.
    (finding,) = check_printed_names(world.scenario.replace(workers=workers), world.plan, font)
    assert (finding.code, finding.where.line, finding.where.field) == ("W702", 9, "name")
    assert "陈\u0e01" in finding.message
    assert "U+0E01" in finding.message


def test_names_of_people_who_are_not_on_any_list_are_not_looked_up(font: FontChoice) -> None:
    world = make_world()
    workers = world.scenario.workers.copy()
    workers.loc[workers["worker_id"] == "W8", ["name", "worker_id"]] = ["陈\u0e01", "stays-at-home"]
    assert check_printed_names(world.scenario.replace(workers=workers), world.plan, font) == []


def test_the_codes_raised_are_the_codes_declared() -> None:
    assert set(FONT_CODES) == {"W701", "W702"}
