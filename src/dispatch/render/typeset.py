"""The one door to typst: blocks in, PDF bytes out, the same bytes for the same input."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from dispatch.render.blocks import Part
from dispatch.render.fonts import FontChoice
from dispatch.render.run_info import RunInfo

_TEMPLATE = Path(__file__).parent / "templates" / "paper.typ"
_PRIVACY_LINE = "含个人信息，仅供本趟使用 personal data, this trip only"


@lru_cache(maxsize=2)
def _open_compiler(font_folder: Path) -> Any:
    """Typst compiler that sees one folder of fonts and none of the system's; kept for reuse within a process."""
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_folder)]
    )
    return typst.Compiler(str(_TEMPLATE), font_paths=fonts, ignore_system_fonts=True)


def print_pdf(
    title: str, sections: Sequence[tuple[str, str, Part]], run_info: RunInfo, font: FontChoice
) -> bytes:
    """PDF of ``sections`` (trip id, subtitle, part), each part on new pages with its own page count.

    Every page carries plan hash, version and print time; every part the QR code of its trip. The same arguments
    give the same bytes.
    """
    document = {
        "title": title,
        "family": font.family,
        "stamp": {"line": _stamp_line(run_info)},
        "parts": [
            {**part.as_json(), "trip": trip_id, "subtitle": subtitle, "qr": qr_svg(trip_id, run_info)}
            for trip_id, subtitle, part in sections
        ],
    }
    pdf = _open_compiler(font.path.parent).compile(
        format="pdf",
        sys_inputs={"data": json.dumps(document, ensure_ascii=False)},
        timestamp=run_info.printed_at,
        pdf_tags=False,
    )
    return bytes(pdf)


def qr_text(trip_id: str, run_info: RunInfo) -> str:
    """What the QR code says: ``dispatch:1:<trip>:<plan hash>``, nothing about people."""
    return f"dispatch:1:{trip_id}:{run_info.plan_hash}"


@lru_cache(maxsize=512)
def qr_svg(trip_id: str, run_info: RunInfo) -> str:
    """QR code of a trip as an SVG."""
    import segno

    buffer = io.BytesIO()
    segno.make(qr_text(trip_id, run_info), error="m", micro=False).save(
        buffer, kind="svg", border=1, xmldecl=False
    )
    return buffer.getvalue().decode("utf-8")


def _stamp_line(run_info: RunInfo) -> str:
    return (
        f"方案 plan {run_info.short_hash} · dispatch {run_info.version} · 打印 printed {run_info.printed_text}"
        f" · {_PRIVACY_LINE}"
    )
