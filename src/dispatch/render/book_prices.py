"""Shadow prices in the plan book: what one more coach, seat or day would save."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.messages import Lang, word
from dispatch.model.plan import Plan, Scarce, ShadowPrice
from dispatch.model.scenario import Scenario
from dispatch.render.book_markup import Cell, Html, join, make_section, make_table, note, tag
from dispatch.render.scale import ROWS_LISTED, cut_rows
from dispatch.render.trip_classes import date_text
from dispatch.units import format_money

#: Sentences about coaches, and as many about services.
_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class _Scarcity:
    """Shadow prices of one fleet line or service over all dates."""

    subject_id: str
    prices: tuple[ShadowPrice, ...]

    @property
    def total_minor(self) -> int:
        return sum(price.amount_minor for price in self.prices)

    @property
    def dearest(self) -> ShadowPrice:
        return max(self.prices, key=lambda price: (price.amount_minor, -price.date_min))


def render_prices(scenario: Scenario, plan: Plan, lang: Lang) -> Html:
    """What one more coach, seat or day would save: sentences, then depots by line, services, and dates."""
    prices = plan.certificate.prices
    if not prices:
        return Html("")
    coaches, services = _group(prices, Scarce.COACH), _group(prices, Scarce.SERVICE)
    sentences = [tag("li", _say_coach(scenario, one, lang)) for one in coaches[:_SENTENCES]]
    sentences += [tag("li", _say_service(scenario, plan, one, lang)) for one in services[:_SENTENCES]]
    parts: list[Cell] = [note(word("prices_note", lang)), tag("ul", join(sentences), css="say")]
    if coaches:
        parts += [tag("h3", word("prices_of_depots", lang)), _coach_table(scenario, coaches, lang)]
        parts += [tag("h3", word("prices_of_days", lang)), _day_table(scenario, prices, lang)]
    if services:
        parts += [tag("h3", word("prices_of_services", lang)), _service_table(scenario, plan, services, lang)]
    return make_section("prices", "shadow_prices", lang, *parts)


def _group(prices: Sequence[ShadowPrice], scarce: Scarce) -> list[_Scarcity]:
    """Scarce things by what they would save on their dearest date, largest first."""
    found: dict[str, list[ShadowPrice]] = defaultdict(list)
    for price in prices:
        if price.scarce is scarce:
            found[price.subject_id].append(price)
    made = [_Scarcity(subject, tuple(some)) for subject, some in sorted(found.items())]
    return sorted(made, key=lambda one: -one.dearest.amount_minor)


def _name_line(scenario: Scenario, line_id: str) -> tuple[str, str]:
    """(vehicle type, depot) of a fleet line in words; the id where the scenario has no such line."""
    line = next((line for line in scenario.fleet if line.id == line_id), None)
    if line is None:
        return line_id, ""
    kind, depot = scenario.vehicle_types.get(line.type_id), scenario.geography.places.get(line.depot_place_id)
    return kind.name if kind else line.type_id, depot.name if depot else line.depot_place_id


def _say_coach(scenario: Scenario, one: _Scarcity, lang: Lang) -> str:
    kind, depot = _name_line(scenario, one.subject_id)
    return word("say_coach_price", lang).format(
        vehicle=kind,
        depot=depot,
        date=date_text(scenario.first_date, one.dearest.date_min),
        amount=format_money(one.dearest.amount_minor, scenario.currency),
    )


def _say_service(scenario: Scenario, plan: Plan, one: _Scarcity, lang: Lang) -> str:
    return word("say_service_price", lang).format(
        service=_name_service(scenario, plan, one.subject_id),
        date=date_text(scenario.first_date, one.dearest.date_min),
        amount=format_money(one.dearest.amount_minor, scenario.currency),
    )


def _name_service(scenario: Scenario, plan: Plan, service_id: str) -> str:
    for service in (*scenario.services, *plan.proposed_services):
        if service.id == service_id:
            return service.name or service_id
    return service_id


def _coach_table(scenario: Scenario, coaches: list[_Scarcity], lang: Lang) -> Html:
    rows = [
        (
            one.subject_id,
            *_name_line(scenario, one.subject_id),
            len(one.prices),
            date_text(scenario.first_date, one.dearest.date_min),
            format_money(one.dearest.amount_minor),
            format_money(one.total_minor),
        )
        for one in coaches
    ]
    keys = (
        "fleet_line",
        "vehicle_type",
        "depot",
        "dates_scarce",
        "dearest_date",
        "saves_that_date",
        "saves_all_dates",
    )
    shown, left = cut_rows(rows, ROWS_LISTED, "plan.json", lang)
    table = make_table([word(key, lang) for key in keys], shown, numeric=(3, 5, 6))
    return join([table, note(left) if left else ""])


def _day_table(scenario: Scenario, prices: Sequence[ShadowPrice], lang: Lang) -> Html:
    """For each date the dearest coach, and how many lines are scarce on it."""
    days: dict[int, list[ShadowPrice]] = defaultdict(list)
    for price in prices:
        if price.scarce is Scarce.COACH:
            days[price.date_min].append(price)
    rows = []
    for date_min, some in sorted(days.items()):
        dearest = max(some, key=lambda price: price.amount_minor)
        named = " · ".join(part for part in _name_line(scenario, dearest.subject_id) if part)
        rows.append(
            (date_text(scenario.first_date, date_min), len(some), named, format_money(dearest.amount_minor))
        )
    keys = ("date", "lines_scarce", "dearest_coach", "saves_that_date")
    return make_table([word(key, lang) for key in keys], rows, numeric=(1, 3))


def _service_table(scenario: Scenario, plan: Plan, services: list[_Scarcity], lang: Lang) -> Html:
    rows = [
        (
            _name_service(scenario, plan, one.subject_id),
            date_text(scenario.first_date, one.dearest.date_min),
            format_money(one.dearest.amount_minor),
        )
        for one in services
    ]
    keys = ("service", "date", "saves_one_more")
    shown, left = cut_rows(rows, ROWS_LISTED, "plan.json", lang)
    table = make_table([word(key, lang) for key in keys], shown, numeric=(2,))
    return join([table, note(left) if left else ""])
