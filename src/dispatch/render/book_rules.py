"""Last pages of the plan book: assumed values, rules in force, where the plan comes from."""

from __future__ import annotations

from collections.abc import Mapping

from dispatch.messages import Lang, word
from dispatch.model.plan import Plan
from dispatch.model.scenario import Assumption, Scenario
from dispatch.render.book_markup import Cell, Html, make_section, make_table, note, tag
from dispatch.render.scale import ROWS_LISTED, cut_rows

RUN_KEYS = ("plan_hash", "version", "printed_at", "effort", "seed", "seconds", "scenario_path")


def sort_assumptions(scenario: Scenario, plan: Plan) -> list[Assumption]:
    """Assumptions of scenario and plan without repeats, most people affected first."""
    distinct = dict.fromkeys((*scenario.assumptions, *plan.assumptions))
    return sorted(distinct, key=lambda one: (-one.people, one.table, one.subject, one.what))


def render_assumptions(scenario: Scenario, plan: Plan, lang: Lang) -> Html:
    """Everything that was defaulted, in one place."""
    found = sort_assumptions(scenario, plan)
    if not found:
        return make_section("assumptions", "assumptions", lang, tag("p", word("assumptions_none", lang)))
    heads = [word(key, lang) for key in ("people_affected", "subject", "what", "assumed_value", "table")]
    shown, left = cut_rows(found, ROWS_LISTED, "", lang)
    rows = [(one.people, one.subject, one.what, tag("b", one.value), one.table) for one in shown]
    table = make_table(heads, rows, numeric=(0,))
    said = note(word("assumptions_note", lang))
    return make_section("assumptions", "assumptions", lang, said, table, note(left) if left else "")


def render_rules(plan: Plan, lang: Lang) -> Html:
    """Rules that bound this plan: value, since when, source, how sure."""
    heads = [word(key, lang) for key in ("rule", "value", "rule_since", "applies_to", "source", "confidence")]
    rows = [
        (tag("code", r.key), tag("b", r.value), r.since, r.applies_to, r.source, r.confidence)
        for r in plan.rules
    ]
    table = make_table(heads, rows)
    return make_section("rules", "rules", lang, table, note(word("confidence_note", lang)))


def render_provenance(scenario: Scenario, plan: Plan, run_info: Mapping[str, str], lang: Lang) -> Html:
    """Hashes, versions, effort and seed: what is needed to get the same plan again."""
    rows: list[tuple[Cell, Cell]] = [
        (word("scenario", lang), f"{scenario.name} · {scenario.title}"),
        (word("horizon", lang), f"{scenario.first_date} – {scenario.last_date} ({scenario.time_zone})"),
        (word("rule_profiles", lang), ", ".join(scenario.policy.profile_names)),
        (word("scenario_hash", lang), hash_code(plan.scenario_hash or scenario.content_hash)),
    ]
    values = {"effort": plan.effort, "seed": str(plan.seed), "version": plan.version, **run_info}
    rows += [
        (word(key, lang), hash_code(values[key]) if key == "plan_hash" else values[key])
        for key in RUN_KEYS
        if values.get(key)
    ]
    table = make_table([word("key", lang), word("value", lang)], rows)
    return make_section("provenance", "provenance", lang, table, note(word("page_private", lang)))


def hash_code(text: str) -> Html:
    """A hash set in fixed width. Only letters, digits and ``:`` stay: a hash is never masked as if it were a phone."""
    return Html(f"<code>{''.join(c for c in text if c.isascii() and (c.isalnum() or c == ':'))}</code>")
