"""Relative addresses of a trip's printed papers, as ``render.manifests`` names them."""

from __future__ import annotations

from dispatch.render.manifests import FOLDER, file_stem

Papers = tuple[tuple[str, str], ...]

#: (ending, word of the catalogue) of each paper of a trip; the PDFs are left out where no font could print them.
PDF_PAPERS: Papers = (
    ("lead.pdf", "paper_lead"),
    ("driver.pdf", "paper_driver"),
    ("handover.pdf", "paper_handover"),
)
PAPERS: Papers = (*PDF_PAPERS, ("xlsx", "paper_xlsx"))


def choose_papers(with_manifests: bool, with_pdf: bool) -> Papers:
    """Papers to link to, the lead person's first; none where none were printed."""
    if not with_manifests:
        return ()
    return PAPERS if with_pdf else PAPERS[len(PDF_PAPERS) :]


def address_of(trip_id: str, ending: str) -> str:
    """Address of one paper, e.g. ``manifests/T-001.lead.pdf``; the stem holds letters, digits, ``_`` and ``-`` only."""
    return f"{FOLDER}/{file_stem(trip_id)}.{ending}"
