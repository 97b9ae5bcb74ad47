"""Money in the plan book: cash and penalties apart, by term and payer; prices between modes."""

from __future__ import annotations

from dispatch.messages import Lang, word
from dispatch.messages.catalogue import WORDS
from dispatch.model.plan import CASH_TERMS, PENALTY_TERMS, Plan
from dispatch.model.scenario import Scenario
from dispatch.render.book_markup import Cell, Html, join, make_section, make_table, note, tag
from dispatch.render.charts import render_bars
from dispatch.render.map_payload import name_area
from dispatch.render.payer_shares import PayerShare, share_cash
from dispatch.render.scale import ROWS_LISTED, cut_rows
from dispatch.units import format_money


def render_money(scenario: Scenario, plan: Plan, lang: Lang) -> Html:
    """Every term of cash, then every term of the penalties, then cash by payer."""
    terms = plan.costs.terms
    cash = [(_term(t, lang), terms[t], format_money(terms[t])) for t in CASH_TERMS if terms.get(t)]
    chart = (
        tag("div", Html(render_bars(word("cash", lang), cash, "#12344d", "chart-cash")), css="figure")
        if cash
        else ""
    )
    paid = join(
        [
            tag("h3", f"{word('cash', lang)} ({scenario.currency})"),
            _terms(CASH_TERMS, plan, plan.costs.cash_minor, lang),
        ]
    )
    unpaid = join(
        [
            tag("h3", f"{word('penalties', lang)} ({scenario.currency})"),
            _terms(PENALTY_TERMS, plan, plan.costs.penalties_minor, lang),
            _penalty_rates(scenario, plan, lang),
        ]
    )
    halves = tag("div", join([tag("div", paid), tag("div", unpaid)]), css="halves")
    parts: list[Cell] = [halves, chart, _payers(scenario, plan, lang)]
    return make_section("money", "money", lang, *parts)


def _term(term: str, lang: Lang) -> str:
    key = f"term_{term}"
    return word(key, lang) if key in WORDS else term


def _terms(names: tuple[str, ...], plan: Plan, total: int, lang: Lang) -> Html:
    rows = [(_term(name, lang), format_money(plan.costs.terms.get(name, 0))) for name in names]
    return make_table(
        [word("term", lang), word("amount", lang)],
        rows,
        numeric=(1,),
        css="narrow",
        total=(word("total", lang), format_money(total)),
    )


def _penalty_rates(scenario: Scenario, plan: Plan, lang: Lang) -> Html:
    if not plan.unserved_penalty_minor:
        return Html("")
    rows = [
        (name or word("ordinary", lang), format_money(amount, scenario.currency))
        for name, amount in sorted(plan.unserved_penalty_minor.items())
    ]
    table = make_table([word("priority_class", lang), word("amount", lang)], rows, numeric=(1,), css="narrow")
    return join([tag("h3", word("unserved_penalties", lang)), table])


def _payers(scenario: Scenario, plan: Plan, lang: Lang) -> Html:
    shares = share_cash(scenario, plan)
    heads = [word(key, lang) for key in ("payer", "workers", "cash", "budget", "remaining")]
    rows = [_payer_row(share, lang) for share in shares if share.name or share.cash_minor or share.workers]
    total = (word("total", lang), "", format_money(plan.costs.cash_minor), "", "")
    table = make_table(heads, rows, numeric=(1, 2, 3, 4), total=total)
    return join([tag("h3", word("by_payer", lang)), table, note(word("payer_note", lang))])


def _payer_row(share: PayerShare, lang: Lang) -> list[Cell]:
    budget, left = "", Html("")
    if share.budget_minor is not None:
        budget = format_money(share.budget_minor)
        rest = share.budget_minor - share.cash_minor
        over = f" {word('budget_exceeded', lang)}" if rest < 0 else ""
        left = tag("span", format_money(rest) + over, css="bad" if rest < 0 else "")
    return [share.name or word("no_payer", lang), share.workers, format_money(share.cash_minor), budget, left]


def render_mode_prices(scenario: Scenario, plan: Plan, lang: Lang) -> Html:
    """For each corridor the mode chosen, its cost per head, and above which price the other mode wins."""
    if not plan.mode_prices:
        return Html("")
    keys = ("corridor", "workers", "mode_now", "price_per_head", "switch_above", "alternative", "note")
    rows = [
        (
            f"{_region(scenario, p.origin_region_id)} → {name_area(scenario, p.destination_area)}",
            p.workers,
            word(p.chosen, lang),
            format_money(p.chosen_minor_per_head),
            format_money(p.switch_above_minor_per_head),
            word(p.alternative, lang),
            p.note,
        )
        for p in sorted(plan.mode_prices, key=lambda p: -p.workers)
    ]
    shown, left = cut_rows(rows, ROWS_LISTED, "", lang)
    table = make_table([word(key, lang) for key in keys], shown, numeric=(1, 3, 4))
    return make_section(
        "mode-prices",
        "mode_prices",
        lang,
        note(word("mode_prices_note", lang).format(currency=scenario.currency)),
        table,
        note(left) if left else "",
    )


def _region(scenario: Scenario, region_id: str) -> str:
    region = scenario.geography.regions.get(region_id)
    return region.name if region else region_id
