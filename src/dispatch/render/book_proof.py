"""The certificate in the plan book: bound, and the gap by cause, by size of corridor and by corridor."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.messages import Lang, word
from dispatch.model.plan import Certificate, GapCause, Plan, SizeClass
from dispatch.model.scenario import Scenario
from dispatch.render.book_markup import Cell, Html, join, make_section, make_table, note, tag
from dispatch.render.charts import render_bars
from dispatch.render.plan_figures import gap_in_words, percent_text
from dispatch.render.scale import cut_rows
from dispatch.units import format_money

#: Corridors listed in the table of gaps, the largest first.
PARTS_LISTED = 60


def render_certificate(scenario: Scenario, plan: Plan, lang: Lang) -> Html:
    """Bound, gap in words, how it was proven; the gap by cause, by size of corridor and by corridor."""
    certificate, total = plan.certificate, plan.costs.total_minor
    bound = certificate.bound_minor
    rows = [
        (word("cost_total", lang), format_money(total, scenario.currency)),
        (word("bound", lang), "–" if bound is None else format_money(bound, scenario.currency)),
        (word("gap", lang), percent_text(certificate.gap_ratio)),
        (word("gap_without_unserved", lang), percent_text(certificate.gap_without_unserved_ratio)),
    ]
    gap = None if bound is None else total - bound
    parts: list[Cell] = [
        tag("p", gap_in_words(gap, scenario.currency, lang), css="gap"),
        make_table([word("key", lang), word("value", lang)], rows, numeric=(1,), css="narrow"),
        tag("p", join([tag("b", word("method", lang)), ": ", certificate.method])),
        _causes(certificate, lang),
        _sizes(certificate.sizes, lang),
        _gap_parts(certificate, lang),
    ]
    return make_section("certificate", "certificate", lang, *parts)


def _causes(certificate: Certificate, lang: Lang) -> Html:
    """Where money could still hide: bars and what each cause means."""
    shares = [share for share in certificate.causes if share.amount_minor or share.cause is GapCause.ROUTING]
    if not sum(share.amount_minor for share in shares):
        return Html("")
    bars = [
        (word(f"cause_{share.cause.value}", lang), share.amount_minor, format_money(share.amount_minor))
        for share in shares
    ]
    rows = [
        (
            tag("b", word(f"cause_{share.cause.value}", lang)),
            format_money(share.amount_minor),
            word(f"standing_{share.standing.value}", lang),
            word(f"cause_{share.cause.value}_means", lang),
        )
        for share in shares
    ]
    heads = [word(key, lang) for key in ("cause", "amount", "how_known", "cause_means")]
    chart = tag(
        "div", Html(render_bars(word("gap_by_cause", lang), bars, "#7b4f9e", "chart-causes")), css="figure"
    )
    table = make_table(heads, rows, numeric=(1,), css="causes")
    return join([tag("h3", word("gap_by_cause", lang)), chart, table])


def _sizes(sizes: Sequence[SizeClass], lang: Lang) -> Html:
    if not sizes:
        return Html("")
    keys = (
        "corridor_size",
        "corridors",
        "corridors_closed",
        "workers",
        "part_cost",
        "part_bound",
        "part_gap",
        "gap",
    )
    rows, least = [], 0
    for one in sizes:
        gap = one.cost_minor - one.bound_minor
        rows.append(
            (
                _size_text(least, one.most_workers),
                one.corridors,
                "–" if one.closed is None else one.closed,
                one.workers,
                format_money(one.cost_minor),
                format_money(one.bound_minor),
                format_money(gap),
                percent_text(gap / one.cost_minor if one.cost_minor else None),
            )
        )
        least = one.most_workers or least
    table = make_table([word(key, lang) for key in keys], rows, numeric=range(1, 8), css="sizes")
    return join([tag("h3", word("gap_by_size", lang)), table, note(word("gap_by_size_note", lang))])


def _size_text(least: int, most: int | None) -> str:
    if most is None:
        return f"> {least:,}"
    return f"≤ {most:,}"


def _gap_parts(certificate: Certificate, lang: Lang) -> Html:
    if not certificate.parts:
        return Html("")
    parts = sorted(certificate.parts, key=lambda part: part.bound_minor - part.cost_minor)
    shown, left = cut_rows(parts, PARTS_LISTED, "plan.json", lang)
    heads = [word(key, lang) for key in ("part", "workers", "part_cost", "part_bound", "part_gap", "note")]
    rows = [
        (
            part.label,
            part.workers,
            format_money(part.cost_minor),
            format_money(part.bound_minor),
            format_money(part.cost_minor - part.bound_minor),
            part.note,
        )
        for part in shown
    ]
    table = make_table(heads, rows, numeric=(1, 2, 3, 4))
    said = note(word("gap_by_corridor_note", lang))
    return join([tag("h3", word("gap_by_corridor", lang)), said, table, note(left) if left else ""])
