"""The lists of a trip as papers: the manifest for one view, the totals of the hand-over, one sheet per employer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from dispatch.model.plan import Role
from dispatch.model.supply import Mode
from dispatch.render.blocks import Block, Part, equation, facts, heading, page_break, signs, table
from dispatch.render.columns import EXCEPTION_HEADS, FIELDS, STOP_HEADS, TOTAL_HEADS, VIEW_WORDS, Field, View
from dispatch.render.tables import (
    MODE_WORDS,
    ROLE_WORDS,
    Passenger,
    StopLine,
    TripPaper,
    group_by_employer,
    group_by_onward,
)


def make_manifest(paper: TripPaper, view: View) -> Part:
    """Passenger list of a trip for one view other than the employer's; on a train one table per carriage."""
    blocks: list[Block] = [_head_facts(paper), heading("停靠站", "stops"), stop_table(paper.stops)]
    fields = FIELDS[view]
    for carriage, people in groupby(paper.passengers, key=lambda one: one.carriage):
        members = list(people)
        title = (
            f"{carriage} 号车厢乘客({len(members)} 人)"
            if carriage and paper.mode is Mode.TRAIN
            else f"乘客({len(members)} 人)"
        )
        if carriage > 1 and paper.mode is Mode.TRAIN:
            blocks.append(page_break())
        blocks += [heading(title, _list_words(paper, carriage)), _people_table(paper, members, fields)]
    blocks.append(signs(("领队签字 lead person", "驾驶员/乘务签字 driver or crew", "日期时间 date, time")))
    return Part(
        "乘车名册", "Passenger manifest", VIEW_WORDS[view], tuple(blocks), landscape=view is View.COORDINATOR
    )


def make_handover(paper: TripPaper) -> Part:
    """Totals of the hand-over: expected − absent + added = boarded; boarded − left = arrived = Σ employers."""
    employers, onward = group_by_employer(paper), group_by_onward(paper)
    rows = [(name, _sites(people), str(len(people)), "", "", "") for name, people in employers.items()]
    rows += [(f"转乘 change to {trip}", "", str(len(people)), "", "", "") for trip, people in onward.items()]
    total = sum(len(people) for people in (*employers.values(), *onward.values()))
    blocks = (
        _head_facts(paper),
        _equation(total, "各单位+转乘 employers, onward" if onward else "各单位 employers"),
        heading("按用工单位", "by employer; the arrived column must add up to 到达 arrived"),
        table(TOTAL_HEADS, [("", rows), ("", [("合计 Σ", "", str(total), "", "", "")])], tall=True),
        heading("途中离开 / 未到 / 增加", "left on the way, absent, added: who, where, why, to whom"),
        table(EXCEPTION_HEADS, [("", [("", "", "", "")] * 4)], tall=True),
        signs(_TOTAL_SIGNS),
    )
    return Part("交接单（总表）", "Handover sheet: totals", VIEW_WORDS[View.LEAD], blocks)


def make_employer_sheet(paper: TripPaper, employer: str) -> Part:
    """Handover sheet of one employer: its own people only. Raises ``KeyError`` if it has nobody on this trip."""
    people = group_by_employer(paper)[employer]
    last = paper.stops[max(one.alight_stop for one in people) - 1]
    blocks = (
        facts(
            (
                ("用工单位", "employer", employer),
                ("厂区", "site", _sites(people)),
                ("计划到达", "planned arrival", f"{last.arrive} {last.place}"),
                ("人数", "people", str(len(people))),
                ("实际到达", "arrived at", ""),
                ("车牌", "plate", ""),
            )
        ),
        _equation(len(people)),
        _people_table(paper, list(people), FIELDS[View.EMPLOYER]),
        signs(_EMPLOYER_SIGNS),
    )
    return Part("交接单", "Handover sheet", VIEW_WORDS[View.EMPLOYER], blocks)


def stop_table(stops: Sequence[StopLine]) -> Block:
    """Stops with times and a head-count line each: planned heads on leaving, and room for the count and its taker."""
    rows = [
        (
            str(stop.number),
            stop.place if stop.sites in ("", stop.place) else f"{stop.place}\n{stop.sites}",
            stop.arrive,
            stop.depart,
            str(stop.board or ""),
            str(stop.alight or ""),
            str(stop.aboard),
            "",
            "",
        )
        for stop in stops
    ]
    return table(STOP_HEADS, [("", rows)])


_TOTAL_SIGNS = (
    "交付人（姓名、职务）delivered by",
    "卫生人员 health officer",
    "到达时间 arrived at",
    "移交材料 documents handed over",
    "下次回访日期 next follow-up",
    "联络员 liaison",
)
_EMPLOYER_SIGNS = (
    "交付人（姓名、职务）delivered by",
    "接收人（单位盖章）received by, stamp",
    "卫生人员 health officer",
    "移交材料 documents handed over",
    "异常情况 abnormal",
    "下次回访日期 next follow-up",
)


def _head_facts(paper: TripPaper) -> Block:
    crew = "乘务/车长" if paper.role is Role.LINE_HAUL else "驾驶员"
    return facts(
        (
            ("趟次", "trip", f"{paper.trip_id} · {ROLE_WORDS[paper.role]}"),
            ("批次", "batch", paper.batch or "—"),
            ("日期", "date", paper.date),
            ("方式", "mode", f"{MODE_WORDS[paper.mode]} · {paper.vehicle}"),
            ("人数 / 限载", "people / capacity", f"{len(paper.passengers)} / {paper.capacity}"),
            ("车牌/车次号", "plate or number", ""),
            (crew, "drivers or crew, phone", ""),
            ("领队", "lead person, phone", ""),
            ("副领队", "deputy, phone", ""),
        )
    )


def _list_words(paper: TripPaper, carriage: int) -> str:
    return (
        f"carriage {carriage}, by alighting stop, then seat"
        if carriage and paper.mode is Mode.TRAIN
        else "by alighting stop, then seat"
    )


def _people_table(paper: TripPaper, people: Sequence[Passenger], fields: tuple[Field, ...]) -> Block:
    groups = []
    for number, members in groupby(people, key=lambda one: one.alight_stop):
        rows = [tuple(field.fill(one) for field in fields) for one in members]
        stop = paper.stops[number - 1]
        groups.append((f"下车 off at {number} {stop.place} · {stop.arrive} · {len(rows)} 人", rows))
    return table([field.head for field in fields], groups, tall=True)


def _equation(expected: int, total: str = "") -> Block:
    """Reconciling totals with the planned number filled in; ``total`` names what the arrived add up from."""
    terms = [
        ("", "应到 expected", str(expected)),
        ("−", "未到 absent", ""),
        ("+", "增加 added", ""),
        ("=", "上车 boarded", ""),
        ("−", "途中离开 left", ""),
        ("=", "到达 arrived", ""),
    ]
    return equation([*terms, ("= Σ", total, "")] if total else terms)


def _sites(people: Sequence[Passenger]) -> str:
    return "、".join(dict.fromkeys(one.site for one in people))
