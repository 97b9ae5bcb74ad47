"""First page of the plan book: go or no-go, headline figures, reported figures beside the plan's, requests."""

from __future__ import annotations

from dispatch.findings import Finding, Severity, count_findings
from dispatch.messages import Lang, word
from dispatch.model.plan import CarrierRequest, Plan
from dispatch.model.scenario import Scenario
from dispatch.render.book_markup import Cell, Html, join, make_section, make_table, note, tag
from dispatch.render.charts import render_share
from dispatch.render.plan_figures import Figures, gap_in_words, percent_text
from dispatch.render.reported_figures import find_plan_figure
from dispatch.render.scale import ROWS_LISTED, SUMS_LISTED, cut_rows
from dispatch.render.trip_classes import CLASSES, date_text
from dispatch.units import clock_text, format_money

_GO, _GO_UNSERVED, _NO_GO = "go", "go_unserved", "no_go"
_SIGNS = {_GO: "✓", _GO_UNSERVED: "!", _NO_GO: "✗"}


def choose_verdict(figures: Figures, findings: tuple[Finding, ...]) -> str:
    """``no_go`` with any broken rule or anybody unaccounted for; ``go_unserved`` when somebody is left; else ``go``."""
    if count_violations(findings) or not figures.accounted:
        return _NO_GO
    return _GO_UNSERVED if figures.unserved else _GO


def count_violations(findings: tuple[Finding, ...]) -> int:
    """Findings of severity error."""
    return count_findings(finding for finding in findings if finding.severity is Severity.ERROR)


def render_verdict(plan: Plan, figures: Figures, findings: tuple[Finding, ...], lang: Lang) -> Html:
    """The go / no-go line with its three reasons."""
    verdict = choose_verdict(figures, findings)
    accounted = word("all_accounted", lang).format(count=f"{figures.roster:,}")
    if not figures.accounted:
        accounted = word("not_accounted", lang).format(
            roster=f"{figures.roster:,}", counted=f"{figures.counted:,}"
        )
    lines: list[Cell] = [
        tag("li", word("violations_count", lang).format(count=f"{count_violations(findings):,}")),
        tag("li", accounted),
        tag("li", word("unserved_count", lang).format(count=f"{figures.unserved:,}")),
    ]
    if plan.interrupted:
        lines.append(tag("li", word("interrupted", lang)))
    head = join([tag("span", _SIGNS[verdict], css="sign"), tag("strong", word(verdict, lang))])
    return Html(f'<div id="verdict" class="verdict {verdict}">{tag("p", head)}{tag("ul", join(lines))}</div>')


def render_findings(findings: tuple[Finding, ...], lang: Lang) -> Html:
    """Table of the checker's findings; nothing when there are none."""
    if not findings:
        return Html("")
    heads = [
        word(key, lang) for key in ("finding_code", "finding_message", "finding_action", "finding_where")
    ]
    rows = [(tag("b", f.code), f.message, f.action, str(f.where)) for f in findings]
    return make_section("findings", "findings", lang, make_table(heads, rows))


def render_headline(scenario: Scenario, plan: Plan, figures: Figures, lang: Lang) -> Html:
    """Tiles of figures, the share bar of the roster, and the gap in words."""
    share = render_share(
        word("roster", lang),
        [
            (word("served", lang), figures.served, "#12344d"),
            (word("own_ticket", lang), figures.own_ticket, "#7b9ebd"),
            (word("unserved", lang), figures.unserved, "#c2410c"),
        ],
        "share",
    )
    gap = tag("p", gap_in_words(figures.gap_minor, scenario.currency, lang), css="gap", ident="gap-words")
    people = _tiles(_people_tiles(figures, scenario, lang), lang, css="people")
    work = _tiles(_work_tiles(plan, figures), lang, css="work")
    money = _tiles(_money_tiles(scenario, plan), lang, css="money")
    units = note(word("units_apart", lang))
    return make_section("headline", "headline", lang, people, Html(share), work, money, gap, units)


def _people_tiles(figures: Figures, scenario: Scenario, lang: Lang) -> list[tuple[str, Cell]]:
    latest = figures.latest_arrival_min
    arrival = "–" if latest is None else f"{date_text(scenario.first_date, latest)[5:]} {clock_text(latest)}"
    return [
        ("roster", figures.roster),
        ("served", figures.served),
        ("own_ticket", figures.own_ticket),
        ("unserved", figures.unserved),
        ("latest_arrival", arrival),
    ]


def _work_tiles(plan: Plan, figures: Figures) -> list[tuple[str, Cell]]:
    fill = f"{100 * figures.seats_taken / figures.seats_offered:.0f} %" if figures.seats_offered else "–"
    trips = [(f"trips_{c.key}", figures.trips[c.key]) for c in CLASSES]
    return [("batches", figures.batches), *trips, ("coaches", figures.coaches), ("seat_fill", fill)]


def _money_tiles(scenario: Scenario, plan: Plan) -> list[tuple[str, Cell]]:
    costs, certificate = plan.costs, plan.certificate
    bound = certificate.bound_minor
    return [
        ("cash", format_money(costs.cash_minor, scenario.currency)),
        ("penalties", format_money(costs.penalties_minor, scenario.currency)),
        ("cost_total", format_money(costs.total_minor, scenario.currency)),
        ("bound", "–" if bound is None else format_money(bound, scenario.currency)),
        ("gap", percent_text(certificate.gap_ratio)),
        ("gap_without_unserved", percent_text(certificate.gap_without_unserved_ratio)),
    ]


def _tiles(tiles: list[tuple[str, Cell]], lang: Lang, css: str = "") -> Html:
    items = [
        tag("div", join([tag("dt", word(key, lang)), tag("dd", value, ident=f"figure-{key}")]))
        for key, value in tiles
    ]
    return tag("dl", join(items), css=f"tiles {css}".strip())


def render_reported(scenario: Scenario, plan: Plan, figures: Figures, lang: Lang) -> Html:
    """Reported figures beside the plan's, with sources; and the alternative answers."""
    parts: list[Cell] = []
    if scenario.facts:
        heads = [word(key, lang) for key in ("what", "reported", "in_this_plan", "source", "confidence")]
        rows = []
        for fact in scenario.facts:
            like = find_plan_figure(fact, scenario, plan, figures, lang)
            ours: Cell = (
                tag("b", like) if like is not None else tag("span", word("no_like_figure", lang), css="faint")
            )
            rows.append((fact.label, fact.value, ours, fact.source, fact.confidence))
        table = make_table(heads, rows, numeric=(1, 2))
        parts.append(
            make_section("reported", "reported_vs_plan", lang, table, note(word("confidence_note", lang)))
        )
    if plan.variants:
        table = make_table([word("what", lang), word("value", lang)], plan.variants)
        parts.append(make_section("variants", "variants", lang, table))
    return join(parts)


def render_requests(scenario: Scenario, plan: Plan, lang: Lang) -> Html:
    """What to ask from which carrier, in order of carrier and date."""
    if not plan.requests:
        return make_section("requests", "requests", lang, tag("p", word("requests_none", lang)))
    if len(plan.requests) > ROWS_LISTED:
        return make_section("requests", "requests", lang, _add_up_requests(scenario, plan, lang))
    heads = [word(key, lang) for key in ("carrier", "what", "date", "quantity", "note")]
    rows = [
        (r.carrier, r.what, date_text(scenario.first_date, r.date_min), f"{r.quantity:,} {r.unit}", r.note)
        for r in sorted(plan.requests, key=lambda r: (r.carrier, r.date_min, r.what))
    ]
    return make_section("requests", "requests", lang, make_table(heads, rows, numeric=(3,)))


def _add_up_requests(scenario: Scenario, plan: Plan, lang: Lang) -> Html:
    """Requests over all dates: how many in all, and the most on one date."""
    groups: dict[tuple[str, str, str], list[CarrierRequest]] = {}
    for request in plan.requests:
        groups.setdefault((request.carrier, request.what, request.unit), []).append(request)
    rows = []
    for (carrier, what, unit), asked in sorted(groups.items()):
        dates = sorted(date_text(scenario.first_date, one.date_min) for one in asked)
        span = dates[0] if len(dates) == 1 else f"{dates[0]} – {dates[-1][5:]}"
        total, most = sum(one.quantity for one in asked), max(one.quantity for one in asked)
        rows.append((carrier, what, span, f"{total:,} {unit}", f"{most:,}"))
    heads = [word(key, lang) for key in ("carrier", "what", "dates", "quantity", "most_on_a_day")]
    shown, left = cut_rows(rows, SUMS_LISTED, "duties.csv", lang)
    return join([make_table(heads, shown, numeric=(3, 4)), note(left) if left else ""])
