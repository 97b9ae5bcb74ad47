"""Everything a person looks at or prints, made from a plan before its folder is written."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dispatch.errors import UsageError
from dispatch.findings import Finding
from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario
from dispatch.render.book import render_book
from dispatch.render.fonts import FontChoice, check_printed_names, find_font
from dispatch.render.manifests import list_day_papers, list_trip_papers, render_day_files, render_trip_files
from dispatch.render.map import render_map
from dispatch.render.run_info import RunInfo
from dispatch.render.sources import PrintSource, make_print_source
from dispatch.units import DAY_MIN

Files = dict[str, bytes | str]
#: Trips and dates whose lists may be in the making at once.
_TRIPS_WAITING, _DAYS_WAITING = 64, 4
_LINKS = (("map.html", "map"), ("manifests/", "manifest"), ("plan.json", "plan"))
_TABLES = (("trips.csv", "table_trips"), ("duties.csv", "table_duties"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """What to print with: font (None: no PDFs), outlines under the map, and what was wrong with them."""

    font: FontChoice | None
    basemap: str | None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What pages say about where they come from."""

    plan_hash: str
    version: str
    printed_at: datetime
    seconds: float
    scenario_path: str

    def as_mapping(self, plan: Plan) -> dict[str, str]:
        """Words for the foot of map and book."""
        return {
            "plan_hash": self.plan_hash,
            "version": self.version,
            "printed_at": f"{self.printed_at:%Y-%m-%d %H:%M}",
            "seconds": f"{self.seconds:.1f}",
            "effort": plan.effort,
            "seed": str(plan.seed),
            "scenario_path": self.scenario_path,
        }


def choose_printing(font: Path | None, basemap: Path | None) -> Printing:
    """Font and outlines. Raises ``UsageError`` for one that was named but cannot be used."""
    outlines = None
    if basemap is not None:
        try:
            outlines = basemap.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"The base map {basemap} cannot be read: {error}.") from error
    found = find_font(font, os.environ)
    if isinstance(found, FontChoice):
        return Printing(font=found, basemap=outlines)
    if font is not None:
        raise UsageError(f"{found.message} {found.action}")
    return Printing(font=None, basemap=outlines, findings=(found,))


def now_in(time_zone: str) -> datetime:
    """This moment, to the second, on the clocks of a zone, with the offset in force."""
    moment = datetime.now(ZoneInfo(time_zone)).replace(microsecond=0)
    return moment.replace(tzinfo=timezone(moment.utcoffset() or timedelta()))


def make_map(
    scenario: Scenario, plan: Plan, printing: Printing, origin: Origin, *, with_manifests: bool
) -> Files:
    """The map page."""
    page = render_map(
        scenario,
        plan,
        basemap_geojson=printing.basemap,
        run_info=origin.as_mapping(plan),
        with_manifests=with_manifests,
        with_pdf=printing.font is not None,
    )
    return {"map.html": page}


def make_book(
    scenario: Scenario,
    plan: Plan,
    printing: Printing,
    origin: Origin,
    violations: tuple[Finding, ...],
    *,
    with_manifests: bool,
) -> Files:
    """The plan book."""
    links = [link for link in _LINKS if with_manifests or link[0] != "manifests/"]
    page = render_book(
        scenario,
        plan,
        origin.as_mapping(plan),
        violations,
        files=(*links, *_TABLES, (plan.table_files["outcomes"], "table_outcomes")),
        with_manifests=with_manifests,
        with_pdf=printing.font is not None,
    )
    return {"index.html": page}


def make_manifests(
    scenario: Scenario,
    plan: Plan,
    printing: Printing,
    origin: Origin,
    executor: Executor,
    on_file: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[Files]:
    """Lists to print for every trip and date, a few files at a time: of a province they do not fit into memory together."""
    run_info = RunInfo(plan_hash=origin.plan_hash, version=origin.version, printed_at=origin.printed_at)
    source = make_print_source(scenario, plan)
    total = len(source.trips) + len({trip.service_date_min // DAY_MIN for trip in plan.trips})
    waiting: deque[Future[list[tuple[str, bytes]]]] = deque()
    done = 0
    for call, most in _list_prints(source, run_info, printing.font):
        waiting.append(executor.submit(*call))
        while len(waiting) > most:
            done += 1
            yield dict(waiting.popleft().result())
            on_file(done, total)
    for future in waiting:
        done += 1
        yield dict(future.result())
        on_file(done, total)


def _list_prints(
    source: PrintSource, run_info: RunInfo, font: FontChoice | None
) -> Iterator[tuple[tuple[Any, ...], int]]:
    """(call to make, how many may wait for their turn): trips in order of id, then dates."""
    for papers in list_trip_papers(source):
        yield (render_trip_files, papers, run_info, font), _TRIPS_WAITING
    for day, lists in list_day_papers(source):
        yield (render_day_files, day, lists, run_info, font), _DAYS_WAITING


def check_names(scenario: Scenario, plan: Plan, printing: Printing) -> tuple[Finding, ...]:
    """Findings about characters that the font lacks."""
    return () if printing.font is None else tuple(check_printed_names(scenario, plan, printing.font))
