"""People left over, in the plan book: unserved with reasons, next steps and remedies; own tickets. Ids only, no names."""

from __future__ import annotations

from dispatch.messages import Lang, word
from dispatch.messages.catalogue import WORDS
from dispatch.model.plan import HOPELESS, Plan, Reason, Remedy
from dispatch.model.scenario import Scenario
from dispatch.render.book_markup import Cell, Html, disclose, join, make_section, make_table, note, tag
from dispatch.render.plan_figures import UNSERVED, Figures
from dispatch.render.scale import IDS_LISTED, cut_rows
from dispatch.units import format_money

_IDS_SHOWN_AT_ONCE = 8


def render_unserved(scenario: Scenario, plan: Plan, lang: Lang) -> Html:
    """Unserved workers grouped by reason, detail and next step, largest group first; then the remedies."""
    left = plan.outcomes[plan.outcomes["status"] == UNSERVED]
    if not len(left):
        return make_section("unserved", "unserved_people", lang, tag("p", word("unserved_none", lang)))
    groups: dict[tuple[str, str, str], list[str]] = {}
    for reason, detail, step, worker_id in left[["reason", "detail", "next_step", "worker_id"]].itertuples(
        index=False
    ):
        groups.setdefault((reason, detail, step), []).append(worker_id)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    rows = [_group_row(key, ids, lang) for key, ids in ordered]
    heads = [word(key, lang) for key in ("reason", "people", "detail", "next_step", "worker_id")]
    table = make_table(
        heads, rows, numeric=(1,), css="unserved", total=(word("total", lang), len(left), "", "", "")
    )
    hint = note(word("explain_hint", lang))
    return make_section("unserved", "unserved_people", lang, table, hint, _remedies(scenario, plan, lang))


def _group_row(key: tuple[str, str, str], ids: list[str], lang: Lang) -> list[Cell]:
    reason, detail, next_step = key
    name: Cell = tag("b", reason_text(reason, lang))
    if reason in {one.value for one in HOPELESS}:
        name = join([name, tag("div", word("hopeless", lang), css="faint")])
    return [name, len(ids), detail, next_step, _ids(ids, lang)]


def reason_text(reason: str, lang: Lang) -> str:
    """Reason code in words; an unknown code as it is."""
    key = f"reason_{reason}"
    return word(key, lang) if key in WORDS else reason


def _ids(ids: list[str], lang: Lang) -> Cell:
    if len(ids) <= _IDS_SHOWN_AT_ONCE:
        return ", ".join(ids)
    first = ", ".join(ids[:_IDS_SHOWN_AT_ONCE]) + f" … ({len(ids):,})"
    shown, left = cut_rows(ids[_IDS_SHOWN_AT_ONCE:], IDS_LISTED, "outcomes.csv", lang)
    return disclose(first, ", ".join(shown) + (f" … {left}" if left else ""))


def _remedies(scenario: Scenario, plan: Plan, lang: Lang) -> Html:
    if not plan.remedies:
        return Html("")
    heads = [word(key, lang) for key in ("remedy", "people", "reason", "extra_cost", "confirmation")]
    rows = [_remedy_row(scenario, remedy, lang) for remedy in plan.remedies]
    return join([tag("h3", word("remedies", lang)), make_table(heads, rows, numeric=(1, 3))])


def _remedy_row(scenario: Scenario, remedy: Remedy, lang: Lang) -> list[Cell]:
    extra = "–" if remedy.extra_minor is None else format_money(remedy.extra_minor, scenario.currency)
    reason = reason_text(Reason(remedy.reason).value, lang)
    confirmed = word("confirmed" if remedy.confirmed else "not_confirmed", lang)
    return [remedy.change, len(remedy.worker_ids), reason, extra, confirmed]


def render_own_tickets(scenario: Scenario, plan: Plan, figures: Figures, lang: Lang) -> Html:
    """How many buy their own tickets, and the subsidy."""
    amount = format_money(plan.costs.terms.get("own_tickets", 0), scenario.currency)
    rows: list[tuple[Cell, Cell]] = [
        (word("own_ticket", lang), figures.own_ticket),
        (word("term_own_tickets", lang), amount),
    ]
    table = make_table([word("key", lang), word("value", lang)], rows, numeric=(1,), css="narrow")
    return make_section("own-tickets", "own_ticket", lang, table, note(word("own_tickets_note", lang)))
