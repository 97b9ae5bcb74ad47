"""Plan book: the page a coordinator opens first (``index.html``). One file, no request beyond it, prints on A4.

Takes values, returns text. Every number stands in the plan or is a plain sum over it. Names, documents and phones of
people never enter the page; unserved workers are listed by id.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from dispatch.findings import Finding
from dispatch.messages import Lang, word
from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario
from dispatch.render import vendored
from dispatch.render.book_markup import Html, join, link, tag, two_tongues
from dispatch.render.book_money import render_mode_prices, render_money
from dispatch.render.book_people import render_own_tickets, render_unserved
from dispatch.render.book_prices import render_prices
from dispatch.render.book_proof import render_certificate
from dispatch.render.book_rules import render_assumptions, render_provenance, render_rules
from dispatch.render.book_summary import (
    render_findings,
    render_headline,
    render_reported,
    render_requests,
    render_verdict,
)
from dispatch.render.book_trip_table import render_trips
from dispatch.render.book_trips import render_batches, render_by_day, render_capacity_rules
from dispatch.render.book_vehicles import render_vehicles
from dispatch.render.manifest_links import Papers, choose_papers
from dispatch.render.plan_figures import Figures, count_figures
from dispatch.render.safe_text import escape_text
from dispatch.render.trip_classes import CLASSES

#: Files beside the book: (address, word of the catalogue).
FILES = (
    ("map.html", "map"),
    ("manifests/", "manifest"),
    ("plan.json", "plan"),
    ("trips.csv", "table_trips"),
    ("duties.csv", "table_duties"),
    ("outcomes.csv", "table_outcomes"),
)
_SECTION_HEAD = re.compile(r'<section id="([^"]+)"><h2>(.*?)</h2>')


def render_book(
    scenario: Scenario,
    plan: Plan,
    run_info: Mapping[str, str],
    findings: tuple[Finding, ...],
    *,
    lang: Lang = "both",
    files: Sequence[tuple[str, str]] = FILES,
    with_manifests: bool = True,
    with_pdf: bool = True,
) -> str:
    """The plan book as one self-contained HTML page.

    Parameters
    ----------
    run_info
        ``plan_hash``, ``version``, ``printed_at``, ``seconds``, ``effort``, ``seed``, ``scenario_path``; missing ones
        are left out.
    findings
        What the checker found; any of severity error makes the plan a no-go.
    files
        (relative address, key of the catalogue) of the files to link to.
    with_manifests
        Link to the papers of each trip (False where they were not printed).
    with_pdf
        Link to the PDF papers of each trip (False where no font could print them), besides the workbook.

    Raises
    ------
    PageNotSelfContained
        The page would load something from elsewhere.
    """
    figures = count_figures(scenario, plan)
    verdict = render_verdict(plan, figures, findings, lang)
    papers = choose_papers(with_manifests, with_pdf)
    sections = _render_sections(scenario, plan, run_info, findings, figures, lang, papers)
    body = join(
        [_header(scenario, run_info, files, lang), verdict, _contents(sections, lang), tag("main", sections)]
    )
    return vendored.refuse_remote(_page(scenario, run_info, body, lang))


def _render_sections(
    scenario: Scenario,
    plan: Plan,
    run_info: Mapping[str, str],
    findings: tuple[Finding, ...],
    figures: Figures,
    lang: Lang,
    papers: Papers,
) -> Html:
    return join(
        [
            render_findings(findings, lang),
            render_headline(scenario, plan, figures, lang),
            render_reported(scenario, plan, figures, lang),
            render_requests(scenario, plan, lang),
            render_by_day(scenario, plan, lang),
            render_batches(scenario, plan, lang),
            render_unserved(scenario, plan, lang),
            render_own_tickets(scenario, plan, figures, lang),
            render_money(scenario, plan, lang),
            render_certificate(scenario, plan, lang),
            render_prices(scenario, plan, lang),
            render_mode_prices(scenario, plan, lang),
            render_assumptions(scenario, plan, lang),
            render_rules(plan, lang),
            render_capacity_rules(plan, lang),
            render_trips(scenario, plan, lang, papers),
            render_vehicles(scenario, plan, lang),
            render_provenance(scenario, plan, run_info, lang),
        ],
        between="\n",
    )


def _header(
    scenario: Scenario, run_info: Mapping[str, str], files: Sequence[tuple[str, str]], lang: Lang
) -> Html:
    horizon = f"{scenario.first_date} – {scenario.last_date}"
    links = join([link(address, word(key, lang)) for address, key in files], " ")
    parts = [
        tag("p", two_tongues("book_title", lang), css="kind"),
        tag("h1", scenario.title or scenario.name),
        tag("p", join([horizon, tag("span", stamp_text(run_info, lang), css="stamp")]), css="facts"),
        tag("nav", links, css="files"),
    ]
    return tag("header", join(parts))


def stamp_text(run_info: Mapping[str, str], lang: Lang) -> str:
    """Plan hash (first twelve characters), version and print time: what every page carries."""
    values = {**run_info, "plan_hash": run_info.get("plan_hash", "")[:12]}
    return " · ".join(
        f"{word(key, lang)} {values[key]}"
        for key in ("plan_hash", "version", "printed_at")
        if values.get(key)
    )


def _contents(sections: str, lang: Lang) -> Html:
    items = [
        f'<li><a href="#{ident}">{heading}</a></li>' for ident, heading in _SECTION_HEAD.findall(sections)
    ]
    return Html(
        f'<nav class="contents" aria-label="{escape_text(word("contents", lang))}"><ol>{"".join(items)}</ol></nav>'
    )


def _page(scenario: Scenario, run_info: Mapping[str, str], body: str, lang: Lang) -> str:
    title = escape_text(f"{scenario.title or scenario.name} · {word('plan_book', lang)}")
    language = "en" if lang == "en" else "zh-CN"
    return "\n".join(
        [
            f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8"/>',
            f'<meta http-equiv="Content-Security-Policy" content="{vendored.CONTENT_POLICY}"/>',
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
            f"<title>{title}</title>",
            f"<style>{vendored.read_style('book.css')}\n{_class_colours()}\n{_page_foot(run_info, lang)}</style>\n</head>",
            f"<body>\n{body}\n<script>{vendored.read_script('book.js')}</script>\n</body>\n</html>\n",
        ]
    )


def _class_colours() -> str:
    return "\n".join(f".chip.{c.key}{{background:{c.colour}}}" for c in CLASSES)


def _page_foot(run_info: Mapping[str, str], lang: Lang) -> str:
    """Foot of every printed page; only characters that cannot end the style's string are kept."""
    stamp = "".join(c for c in stamp_text(run_info, lang) if c.isalnum() or c in " .:+-·")
    return f'@page {{ @bottom-left {{ content: "{stamp}"; }} }}'
