"""Manifests and vehicle sheets as PDF, and the whole set of printed files of a plan.

Three papers per trip, each one PDF for one reader: the lead person's (vehicle sheet and list), the driver's (vehicle
sheet and the driver's list) and the handover (totals and one sheet per employer); one coordinator's book per date.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario
from dispatch.render.blocks import Part
from dispatch.render.columns import View
from dispatch.render.fonts import FontChoice
from dispatch.render.run_info import RunInfo
from dispatch.render.sheets import make_vehicle_sheet
from dispatch.render.sources import PrintSource, date_text, make_print_source
from dispatch.render.tables import TripPaper, get_trip_paper, group_by_employer
from dispatch.render.typeset import print_pdf
from dispatch.render.views import make_employer_sheet, make_handover, make_manifest
from dispatch.render.workbooks import csv_bytes, day_workbook_bytes, trip_workbook_bytes

FOLDER = "manifests"
#: Trips in one volume of a date's coordinator book: typesetting holds a whole volume in memory.
VOLUME_TRIPS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class TripPapers:
    """What one trip prints, ready to be sent to another process: its lists and its vehicle sheet, all masked."""

    paper: TripPaper
    sheet: Part


def render_manifest_pdf(
    scenario: Scenario,
    plan: Plan,
    trip_id: str,
    view: View | str,
    run_info: RunInfo,
    font: FontChoice,
    employer: str = "",
) -> bytes:
    """PDF of one trip for one view: ``coordinator``, ``lead``, ``driver`` or ``employer``.

    The employer's view is the handover sheet: with ``employer`` that one's people only; without, one sheet per employer.
    Raises ``KeyError`` for an unknown trip or an employer without people on it, ``ValueError`` for an unknown view.
    """
    papers = get_trip_papers(make_print_source(scenario, plan), trip_id)
    return print_view(papers, View(view), run_info, font, employer)


def print_view(
    papers: TripPapers, view: View, run_info: RunInfo, font: FontChoice, employer: str = ""
) -> bytes:
    """PDF of one trip for one view from papers already gathered."""
    paper = papers.paper
    if view is View.EMPLOYER:
        parts = [
            make_employer_sheet(paper, one) for one in ([employer] if employer else group_by_employer(paper))
        ]
    else:
        parts = [papers.sheet, make_manifest(paper, view)]
    return _print(papers, parts or [make_handover(paper)], run_info, font)


def print_handover(papers: TripPapers, run_info: RunInfo, font: FontChoice) -> bytes:
    """PDF of one trip's hand-over: the totals, then one sheet per employer with its own people only."""
    employers = [make_employer_sheet(papers.paper, one) for one in group_by_employer(papers.paper)]
    return _print(papers, [make_handover(papers.paper), *employers], run_info, font)


def render_all_manifests(
    scenario: Scenario, plan: Plan, run_info: RunInfo, font: FontChoice | None
) -> Iterator[tuple[str, bytes]]:
    """Every printed file of a plan as (relative file name, bytes), in order of trip id, then of date.

    File names hold trip ids and dates, nothing about people. Without a font the PDFs are left out and the rest is made.
    """
    source = make_print_source(scenario, plan)
    for papers in list_trip_papers(source):
        yield from render_trip_files(papers, run_info, font)
    for day, lists in list_day_papers(source):
        yield from render_day_files(day, lists, run_info, font)


def render_trip_files(
    papers: TripPapers, run_info: RunInfo, font: FontChoice | None
) -> list[tuple[str, bytes]]:
    """Files of one trip: lead, driver and handover PDF, workbook and CSV.

    Plain values in and out, for a process pool; start its processes with ``spawn``: a process forked from one that has
    already typeset something waits for ever for typst's threads, which a fork does not copy.
    """
    stem = f"{FOLDER}/{file_stem(papers.paper.trip_id)}"
    files = [
        (f"{stem}.xlsx", trip_workbook_bytes(papers.paper, run_info)),
        (f"{stem}.csv", csv_bytes((papers.paper,), run_info)),
    ]
    if font is not None:
        files += [
            (f"{stem}.lead.pdf", print_view(papers, View.LEAD, run_info, font)),
            (f"{stem}.driver.pdf", print_view(papers, View.DRIVER, run_info, font)),
            (f"{stem}.handover.pdf", print_handover(papers, run_info, font)),
        ]
    return files


def render_day_files(
    day: str, papers: Sequence[TripPaper], run_info: RunInfo, font: FontChoice | None
) -> list[tuple[str, bytes]]:
    """Files of one ISO date: the day's workbook and, with a font, the coordinator's book of lists in volumes.

    Plain values in and out, for a process pool started with ``spawn`` (see ``render_trip_files``).
    """
    files = [(f"{FOLDER}/days/{day}.xlsx", day_workbook_bytes(papers, day, run_info))]
    if font is None:
        return files
    for number, first in enumerate(range(0, len(papers), VOLUME_TRIPS), start=1):
        volume = papers[first : first + VOLUME_TRIPS]
        sections = [(one.trip_id, one.route, make_manifest(one, View.COORDINATOR)) for one in volume]
        book = print_pdf(f"dispatch {day} ({number})", sections, run_info, font)
        files.append((f"{FOLDER}/days/{day}.coordinator-{number}.pdf", book))
    return files


def render_day_workbook(scenario: Scenario, plan: Plan, day: date, run_info: RunInfo) -> bytes:
    """Workbook of one service date: a sheet of trips and one flat table of passengers with a filter."""
    papers = dict(list_day_papers(make_print_source(scenario, plan)))
    return day_workbook_bytes(papers.get(day.isoformat(), ()), day.isoformat(), run_info)


def render_manifest_xlsx(scenario: Scenario, plan: Plan, trip_id: str, run_info: RunInfo) -> bytes:
    """Workbook of one trip: stops and passengers. Raises ``KeyError`` for an unknown trip."""
    return trip_workbook_bytes(get_trip_paper(make_print_source(scenario, plan), trip_id), run_info)


def render_manifest_csv(scenario: Scenario, plan: Plan, trip_id: str, run_info: RunInfo) -> bytes:
    """CSV of one trip's passengers, for Excel (UTF-8 with BOM, CRLF). Raises ``KeyError`` for an unknown trip."""
    return csv_bytes((get_trip_paper(make_print_source(scenario, plan), trip_id),), run_info)


def list_trip_papers(source: PrintSource) -> Iterator[TripPapers]:
    """Papers of every trip, in order of trip id."""
    return (get_trip_papers(source, trip_id) for trip_id in sorted(source.trips))


def get_trip_papers(source: PrintSource, trip_id: str) -> TripPapers:
    """Papers of one trip. Raises ``KeyError`` for an unknown trip."""
    paper = get_trip_paper(source, trip_id)
    return TripPapers(paper=paper, sheet=make_vehicle_sheet(source, paper))


def list_day_papers(source: PrintSource) -> Iterator[tuple[str, tuple[TripPaper, ...]]]:
    """Lists of every ISO service date on which a trip runs, in order of date and trip id."""
    days: dict[str, list[str]] = {}
    for trip in source.plan.trips:
        days.setdefault(date_text(source, trip.service_date_min), []).append(trip.id)
    for day in sorted(days):
        yield day, tuple(get_trip_paper(source, trip_id) for trip_id in sorted(days[day]))


def file_stem(trip_id: str) -> str:
    """Trip id as part of a file name: odd characters become ``_``, and then a short hash keeps it unique."""
    stem = re.sub(r"[^A-Za-z0-9_-]", "_", trip_id)
    return stem if stem == trip_id else f"{stem}-{hashlib.sha256(trip_id.encode()).hexdigest()[:6]}"


def _print(papers: TripPapers, parts: list[Part], run_info: RunInfo, font: FontChoice) -> bytes:
    paper = papers.paper
    return print_pdf(
        f"dispatch {paper.trip_id}", [(paper.trip_id, paper.route, part) for part in parts], run_info, font
    )
