"""Which font the papers are set in, and whether it has every character they print.

Typesetting is silent about a character the font lacks, so a name would come out with a hole; the check here, before
anything is printed, is the only guard.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dispatch.findings import Finding, Severity, Where
from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario
from dispatch.render.safe_text import clean_text

FONT_VARIABLE = "DISPATCH_FONT"
NO_FONT = "W701"
MISSING_GLYPH = "W702"
FONT_CODES = {
    NO_FONT: "no font for the printed papers was found, or the one named cannot be used",
    MISSING_GLYPH: "a name to be printed holds a character the font does not have",
}
_KNOWN_PATHS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/local/share/fonts/NotoSansCJK-Regular.ttc",
    "/Library/Fonts/NotoSansCJK-Regular.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)
_PROBE = "中文Az09·"
_INSTALL = (
    "Install Noto Sans CJK: apt install fonts-noto-cjk (Debian, Ubuntu), dnf install google-noto-sans-cjk-fonts (Fedora), "
    f"brew install --cask font-noto-sans-cjk (macOS); or name a font file with --font or {FONT_VARIABLE}."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FontChoice:
    """A font file, its family as typst calls it, and the face within a collection."""

    path: Path
    family: str
    face_index: int


def find_font(
    explicit: Path | None = None, environment: Mapping[str, str] | None = None
) -> FontChoice | Finding:
    """Font to print with: explicit > ``DISPATCH_FONT`` of ``environment`` > known Noto paths > fontconfig.

    A font that was named but cannot be used (not there, no Chinese, no digits) is a finding, never quietly replaced;
    so is finding none at all.
    """
    variable = (environment or {}).get(FONT_VARIABLE, "")
    named = explicit or (Path(variable) if variable else None)
    if named is not None:
        return _read_face(named) or _no_font(
            f"The font {named} cannot be used: not there, no font file, or without Chinese."
        )
    for candidate in _candidates():
        choice = _read_face(candidate)
        if choice is not None:
            return choice
    return _no_font(
        "No font with Chinese characters was found; PDF manifests were not written, everything else was."
    )


def check_glyphs(font: FontChoice, texts: Iterable[str]) -> list[tuple[str, str]]:
    """(text, ``U+XXXX``) for every text and character of it that the font lacks; white space is not looked up."""
    known = _read_characters(font)
    return [
        (text, f"U+{ord(character):04X}")
        for text in texts
        for character in dict.fromkeys(text)
        if ord(character) not in known and not character.isspace()
    ]


def check_printed_names(scenario: Scenario, plan: Plan, font: FontChoice) -> list[Finding]:
    """Findings for every name or place on the papers with a character the font lacks: row, name, U+XXXX."""
    findings = []
    for where, text in _printed_texts(scenario, plan):
        findings += [_missing_glyph(where, name, code) for name, code in check_glyphs(font, (text,))]
    return findings


def _printed_texts(scenario: Scenario, plan: Plan) -> Iterator[tuple[Where, str]]:
    """Everything on the papers that came from the user, each with where it stands."""
    riding = scenario.workers[scenario.workers["worker_id"].isin(set(plan.rides["worker_id"]))]
    for column in ("name", "needs"):
        for row, text in zip(riding["source_row"], riding[column], strict=True):
            yield Where(file="workers", line=int(row), field=column), str(text)
    for place in scenario.geography.places.values():
        yield Where(file="places", field=place.id), place.name
    for site in scenario.geography.sites.values():
        yield Where(file="sites", field=site.id), site.name + site.employer + site.contact_name
    for region in scenario.geography.regions.values():
        yield Where(file="regions", field=region.id), region.name
    for line in scenario.fleet:
        yield Where(file="fleet", field=line.id), line.operator
    for member in scenario.crew:
        yield Where(file="crew", field=member.id), member.name
    for service in (*scenario.services, *plan.proposed_services):
        yield Where(file="services", field=service.id), service.name + service.operator
    for kind in scenario.vehicle_types.values():
        yield Where(file="vehicle_types", field=kind.id), kind.name


def _missing_glyph(where: Where, name: str, code: str) -> Finding:
    return Finding(
        code=MISSING_GLYPH,
        severity=Severity.WARNING,
        where=where,
        message=f"“{clean_text(name)}” holds the character {code}, which the font for printing does not have.",
        action="Print with a larger font (--font), or write the character by hand on the printed list.",
    )


def _no_font(message: str) -> Finding:
    return Finding(code=NO_FONT, severity=Severity.WARNING, message=message, action=_INSTALL)


def _candidates() -> Iterator[Path]:
    for text in _KNOWN_PATHS:
        if Path(text).is_file():
            yield Path(text)
    program = shutil.which("fc-match")
    if program is None:
        return
    for pattern in ("Noto Sans CJK SC:lang=zh-cn", "sans:lang=zh-cn"):
        answer = subprocess.run(
            [program, "-f", "%{file}", pattern], capture_output=True, text=True, check=False, timeout=20
        )
        if answer.stdout:
            yield Path(answer.stdout.strip())


def _read_face(path: Path) -> FontChoice | None:
    """Face of a font file that has Chinese, Latin and digits, simplified Chinese first; None if there is none."""
    if not path.is_file():
        return None
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(path.parent)]
    )
    faces = [face for face in fonts.fonts() if face.path is not None and path.samefile(face.path)]
    faces.sort(key=lambda face: ("Mono" in face.family, "SC" not in face.family.split(), face.index))
    for face in faces:
        choice = FontChoice(path=path, family=face.family, face_index=face.index)
        if not check_glyphs(choice, (_PROBE,)):
            return choice
    return None


@lru_cache(maxsize=8)
def _read_characters(font: FontChoice) -> frozenset[int]:
    """Code points in the cmap of a face."""
    from fontTools.ttLib import TTFont

    with TTFont(font.path, fontNumber=font.face_index, lazy=True) as face:
        return frozenset(face.getBestCmap() or {})
