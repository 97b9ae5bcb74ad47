"""Plan book as text: the figures of the plan, the blocks in order, no personal data, hostile text inert."""

from __future__ import annotations

import html
import re

import page_world as world
import pandas as pd
import pytest

from dispatch.findings import Finding, Severity
from dispatch.model.contracts import OUTCOMES, RIDES, make_frame
from dispatch.model.plan import Certificate
from dispatch.model.scenario import Assumption, ReportedFigure
from dispatch.render.book import render_book
from dispatch.render.payer_shares import PayerShare, share_cash
from dispatch.render.plan_figures import count_figures, gap_in_words
from dispatch.render.reported_figures import find_plan_figure

SCENARIO = world.make_scenario()
PLAN = world.make_plan(SCENARIO)
RUN = {
    "plan_hash": "3f9a1c77e2b0" + "13812345678",
    "version": "0.1.0",
    "printed_at": "2020-02-28 17:05",
    "seconds": "41.2",
    "effort": "quick",
    "seed": "1",
    "scenario_path": "scenarios/small",
}
BROKEN = Finding(
    code="C2", severity=Severity.ERROR, message="T-001 <b>carries</b> 25, 24 allowed", action="Take one off"
)


@pytest.fixture(scope="module")
def page() -> str:
    return render_book(SCENARIO, PLAN, RUN, ())


def text_of(page: str, ident: str) -> str:
    """Plain text of one section."""
    part = re.search(rf'<section id="{ident}">(.*?)</section>', page, re.S)[1]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", part)))


def figure(page: str, key: str) -> str:
    return re.search(rf'id="figure-{key}">([^<]*)<', page)[1]


def verdict(page: str) -> str:
    return re.search(r'class="verdict (\w+)"', page)[1]


def test_a_lawful_plan_with_people_left_is_a_go_with_a_warning(page):
    assert verdict(page) == "go_unserved"
    assert "all 58 workers accounted for" in page
    assert "3 unserved" in page


def test_a_broken_rule_makes_it_a_no_go_and_is_listed():
    page = render_book(SCENARIO, PLAN, RUN, (BROKEN,))
    assert verdict(page) == "no_go"
    assert "1 rule violations" in page
    assert "T-001 <b>carries</b> 25, 24 allowed" in text_of(page, "findings")


def test_a_warning_alone_does_not_make_it_a_no_go():
    warning = Finding(code="W1", severity=Severity.WARNING, message="coordinates assumed")
    assert verdict(render_book(SCENARIO, PLAN, RUN, (warning,))) == "go_unserved"


def test_somebody_without_an_outcome_makes_it_a_no_go():
    plan = world.dataclasses.replace(PLAN, outcomes=PLAN.outcomes.iloc[1:])
    page = render_book(SCENARIO, plan, RUN, ())
    assert verdict(page) == "no_go"
    assert "roster 58, accounted for 57" in page


def test_somebody_with_two_outcomes_makes_it_a_no_go():
    twice = pd.concat([PLAN.outcomes, PLAN.outcomes.iloc[:1]], ignore_index=True)
    assert verdict(render_book(SCENARIO, world.dataclasses.replace(PLAN, outcomes=twice), RUN, ())) == "no_go"


def test_nobody_left_and_nothing_broken_is_a_plain_go():
    served = PLAN.outcomes[PLAN.outcomes["status"] != "unserved"]
    scenario = SCENARIO.replace(
        workers=SCENARIO.workers[SCENARIO.workers["worker_id"].isin(served["worker_id"])]
    )
    assert verdict(render_book(scenario, world.dataclasses.replace(PLAN, outcomes=served), RUN, ())) == "go"


def test_headline_figures_are_those_of_the_plan(page):
    wanted = {
        "roster": "58",
        "served": "53",
        "own_ticket": "2",
        "unserved": "3",
        "batches": "3",
        "coaches": "5",
    }
    wanted |= {
        "trips_bus": "3",
        "trips_train": "1",
        "trips_charter": "0",
        "trips_feeder": "1",
        "trips_last_mile": "1",
    }
    wanted |= {
        "cash": "18,400.00 CNY",
        "penalties": "3,400.00 CNY",
        "cost_total": "21,800.00 CNY",
        "bound": "21,000.00 CNY",
    }
    # 800 / 21,800 = 3.67 %; 73 seats taken of 24 + 24 + 24 + 60 + 24 + 24 = 180 offered
    wanted |= {"gap": "3.67 %", "seat_fill": "41 %", "latest_arrival": "02-29 18:20"}
    assert {key: figure(page, key) for key in wanted} == wanted


def test_the_gap_is_said_in_words(page):
    assert "cash plus penalties could fall by at most 800.00 CNY" in text_of(page, "headline")
    assert gap_in_words(1_230_000, "CNY", "en") == "cash plus penalties could fall by at most 12,300.00 CNY"
    assert gap_in_words(None, "CNY", "en").startswith("stopped before any proof")
    assert gap_in_words(0, "CNY", "en").startswith("proven optimal")


def test_a_plan_without_a_bound_says_so():
    plan = world.dataclasses.replace(
        PLAN,
        certificate=Certificate(bound_minor=None, gap_ratio=None, gap_without_unserved_ratio=None, method=""),
    )
    page = render_book(SCENARIO, plan, RUN, ())
    assert figure(page, "bound") == "–"
    assert "the gap is unknown" in text_of(page, "certificate")


def test_blocks_stand_in_the_order_of_the_book(page):
    assert re.findall(r'<section id="([\w-]+)"', page) == [
        "headline", "reported", "variants", "requests", "by-day", "batches", "unserved", "own-tickets", "money",
        "certificate", "mode-prices", "assumptions", "rules", "capacity", "trips", "vehicles", "provenance",
    ]  # fmt: skip


def test_reported_figures_stand_beside_the_plans_with_their_source(page):
    text = text_of(page, "reported")
    assert "点对点输送人数 3666 53 洋县人民政府 2020-04 B" in text
    assert "批次 47 3 洋县人民政府" in text
    assert "no like figure" in text, "a key without a counterpart is not forced beside one"


def plan_figure(key, scenario=SCENARIO):
    fact = ReportedFigure(key=key, label="", value="", source="")
    return find_plan_figure(fact, scenario, PLAN, count_figures(scenario, PLAN), "en")


@pytest.mark.parametrize(
    ("key", "figure"),
    [
        ("people@320500", "38"),  # 20 + 18
        ("coaches_people@苏州", "2 / 38"),
        ("batches@东莞市", "1"),
        ("people@昆山", "38"),  # a county stands for its destination area
        ("trains@南京", "1"),
        ("people@nowhere", "0"),
        ("employers", "1"),  # all workers of the small world go to one employer
        ("per_employer", "53.00"),
        ("modes", "coach 3; train 1; feeder 1; last mile 1"),
        ("dates", "2020-02-28 – 2020-02-29"),
        ("train", "D1946"),
        ("cap", "0.5"),
        ("poor", None),
    ],
)
def test_a_reported_figure_is_compared_with_one_of_its_own_kind(key, figure):
    assert plan_figure(key) == figure


def test_a_priority_class_of_the_roster_is_counted_among_those_who_travel():
    classes = ["poor" if n in (0, 1, 57) else "" for n in range(world.ROSTER)]  # W057 is unserved
    scenario = SCENARIO.replace(workers=SCENARIO.workers.assign(priority_class=classes))
    assert plan_figure("poor", scenario) == "2"


def test_days_are_counted_in_chart_and_table_alike(page):
    text = text_of(page, "by-day")
    assert "2020-02-28 2 0 1 0 3" in text  # T-001, T-002 and the feeder
    assert "2020-02-29 1 1 0 1 3" in text  # T-003, the train and the last mile
    assert "2020-02-28 38 0 38" in text  # people, each once: 20 + 18
    assert "2020-02-29 5 10 15" in text


def test_a_batch_shows_its_whole_chain_with_stops_times_and_head_counts(page):
    text = text_of(page, "batches")
    chain = text[text.index("B3") :]
    order = [chain.index(part) for part in ("F-001", "T-004", "L-001")]
    assert order == sorted(order)
    assert "龙亭镇 02-28 22:30 +10" in chain
    assert "江宁汽车厂 18:20 −10" in chain


def test_no_stop_order_is_claimed_where_places_are_known_only_to_the_county(page):
    text = text_of(page, "batches")
    assert "no stop order is claimed there" in text
    assert text.count("※") >= 3, "the mark stands at both coarse stops and in the explanation"


def test_unserved_are_listed_by_id_with_reason_next_step_and_remedy(page):
    text = text_of(page, "unserved")
    assert "W055" in text
    assert "not cleared" in text
    assert "补办 <b>证明</b>" in text
    assert "one more 53-seat coach at 洋县 on 2020-02-29 1" in text
    assert "814.00 CNY" in text
    assert "confirmed by re-solving" in text


def test_large_groups_of_unserved_fold_their_ids_but_keep_them_all():
    rows = [
        {"worker_id": f"Q{n:02d}", "status": "unserved", "reason": "seeking", "detail": "d"}
        for n in range(20)
    ]
    plan = world.dataclasses.replace(PLAN, outcomes=make_frame(OUTCOMES, rows))
    page = render_book(SCENARIO, plan, RUN, ())
    assert "<details>" in page
    assert all(f"Q{n:02d}" in page for n in range(20))


def test_cash_and_penalties_stand_apart_term_by_term(page):
    text = text_of(page, "money")
    cash, penalties = text.split("planning penalties (not paid)")[:2]
    assert "vehicle-days 5,000.00" in cash
    assert "total 18,400.00" in cash
    assert "lateness 400.00" in penalties
    assert "total 3,400.00" in penalties


def test_cash_is_shared_among_payers_pro_rata_by_passengers():
    # T-001 costs 3,000.00 with 20 riders: W000–W009 'poor' (10), W010–W019 'firm' (10). Nobody else of either group rides.
    # poor: 3,000 × 10/20 = 1,500.00. firm: half of 1,500.00 = 750.00, 250.00 under its budget of 1,000.00.
    # The rest of 18,400.00 has no payer: 16,150.00. Travelling or own ticket: 55 people, 35 of them without a payer.
    assert share_cash(SCENARIO, PLAN) == [
        PayerShare(name="洋县人社局", workers=10, cash_minor=150_000, budget_minor=5_000_000),
        PayerShare(name="昆山电子厂<b>", workers=10, cash_minor=75_000, budget_minor=100_000),
        PayerShare(name="", workers=35, cash_minor=1_615_000),
    ]


def test_the_certificate_shows_the_gap_by_cause_largest_first(page):
    text = text_of(page, "certificate")
    assert "column generation <over> corridors" in text
    assert text.index("洋县 → 苏州市 38 7,000.00 6,400.00 600.00") < text.index(
        "feeders 10 3,000.00 2,800.00 200.00"
    )


def test_mode_prices_say_above_which_price_another_mode_wins(page):
    assert "洋县 → 南京市 10 火车 · train 880.00 1,200.00 大巴 · coach" in text_of(page, "mode-prices")


def test_assumptions_stand_once_most_people_affected_first():
    again = SCENARIO.replace(
        assumptions=(PLAN.assumptions[0], Assumption(subject="x", what="speed", value="70", people=58))
    )
    text = text_of(render_book(again, PLAN, RUN, ()), "assumptions")
    assert [int(n) for n in re.findall(r"(\d+) (?:x|f_yang|黄金峡镇) ", text)] == [58, 53, 3]


def test_rules_state_value_since_source_and_confidence(page):
    assert "load_cap_ratio 0.5 2020-02-14 bus, intercity 交通运输部 明电 A" in text_of(page, "rules")


def test_vehicles_are_counted_by_fleet_line(page):
    # Five duties of two days with two drivers: 10 vehicle-days, 20 driver-days. Out on 29 Feb: D1, D2 still, D3, D5 and
    # none of D4 (in at 23:35 the day before): 4 of 6. Loaded 1,345.6 + 1,340.0 + 1,502.0 + 12.0 + 18.1 = 4,217.7 km,
    # empty 5 × 10.0 km.
    assert "5 4 (02-29) 6 10 20 4,267.7 50.0" in text_of(page, "vehicles")


def test_the_trips_table_has_every_trip_once_with_links(page):
    table = re.search(r'<table id="trips-table".*?</table>', page, re.S)[0]
    assert table.count("<tr>") == 1 + 6
    assert 'href="map.html#trip=T-003%2F.."' in table
    assert 'href="manifests/T-001.lead.pdf"' in table
    assert "lead.pdf" not in render_book(SCENARIO, PLAN, RUN, (), with_pdf=False)


def test_links_from_batches_reach_their_trips(page):
    targets = re.findall(r'href="#(trip-[^"]+)"', page)
    assert len(targets) == 6
    assert all(page.count(f'id="{target}"') == 1 for target in targets)


def test_every_printed_page_carries_hash_version_and_print_time(page):
    foot = re.search(r'@page \{ @bottom-left \{ content: "([^"]*)"', page)[1]
    assert "3f9a1c77e2b0" in foot
    assert "0.1.0" in foot
    assert "2020-02-28 17:05" in foot


def test_a_hash_is_never_masked_as_if_it_were_a_phone(page):
    assert RUN["plan_hash"] in text_of(page, "provenance")
    assert "ab" * 32 in text_of(page, "provenance")


def test_no_name_document_or_phone_of_anybody_is_in_the_book(page):
    body = page.replace(RUN["plan_hash"], "")
    for secret in (world.PHONE, world.DOCUMENT, "李司机", "王五", "张1{", "张三家门口"):
        assert secret not in body, secret


def test_hostile_text_is_shown_literally(page):
    assert "<script>window.hacked" not in page
    assert "<img" not in page
    assert "洋县返岗 " + world.HOSTILE in text_of(page, "provenance")
    assert world.HOSTILE in text_of(page, "unserved")


def test_a_hostile_stamp_cannot_leave_the_style_sheet():
    page = render_book(SCENARIO, PLAN, {**RUN, "version": '";}</style><script>x'}, ())
    assert "</style><script>x" not in page
    assert page.count("</style>") == 1


@pytest.mark.parametrize(("lang", "heading"), [("zh", "总览"), ("en", "At a glance")])
def test_the_book_comes_in_one_language_too(lang, heading):
    page = render_book(SCENARIO, PLAN, RUN, (), lang=lang)
    assert f"<h2>{heading}</h2>" in page


def test_an_empty_roster_makes_a_book():
    scenario = SCENARIO.replace(workers=SCENARIO.workers.iloc[:0], facts=(), payers=())
    plan = world.dataclasses.replace(
        PLAN, trips=(), duties=(), service_runs=(), batches=(), outcomes=make_frame(OUTCOMES), rides=make_frame(RIDES),
        costs=world.CostTerms(terms={}), requests=(), remedies=(), mode_prices=(), rules=(), assumptions=(), variants=(),
        certificate=Certificate(bound_minor=0, gap_ratio=0.0, gap_without_unserved_ratio=0.0, method="nothing to plan"),
    )  # fmt: skip
    page = render_book(scenario, plan, RUN, ())
    assert verdict(page) == "go"
    assert figure(page, "seat_fill") == "–"
    assert "it cannot fall any further" in page
