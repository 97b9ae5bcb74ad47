"""The one-vehicle-one-plan sheet (一车一方案): everything about one vehicle's journey and nothing about its passengers."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from dispatch.model.plan import CoachDuty, Trip
from dispatch.model.supply import Mode, Service, ServiceKind, ServiceStatus
from dispatch.render.blocks import Block, Head, Part, checks, facts, heading, notes, signs, table
from dispatch.render.coach_sheets import capacity_text, coach_blocks
from dispatch.render.sources import PrintSource, printable
from dispatch.render.tables import MODE_WORDS, ROLE_WORDS, TripPaper, get_trip_paper
from dispatch.render.views import stop_table
from dispatch.units import date_of_min

_KIND_WORDS = {
    ServiceKind.CHARTERED: "包列/包机 chartered",
    ServiceKind.BLOCK: "包车厢/切位 block",
    ServiceKind.SEATS: "公共车次席位 scheduled seats",
}
_STATUS_WORDS = {
    ServiceStatus.CANDIDATE: "待申请 candidate",
    ServiceStatus.REQUESTED: "已申请 requested",
    ServiceStatus.CONFIRMED: "已确认 confirmed",
    ServiceStatus.REFUSED: "已拒绝 refused",
}
_TIER_WORDS = {"low": "低 low", "medium": "中 medium", "high": "高 high", "": "—"}
_CHECKLISTS = Path(__file__).parent / "templates" / "checklists.json"
_MOST_NAMED = 5
_ALL = "全体人员 everyone on board"


def make_vehicle_sheet(source: PrintSource, paper: TripPaper) -> Part:
    """Vehicle sheet of a trip: of its coach's whole duty, or of its train or aircraft.

    Holds header, vehicle and capacity with the rule behind it, drivers and duty table, route and halts, head-count
    lines, papers, supplies, emergency steps, confirmations and what follows. Names, plates and phones are lines to fill in.
    """
    trip = source.trips[paper.trip_id]
    duty = source.duties.get(trip.duty_id)
    words = get_checklists(source.scenario.policy.profile_names)
    body = coach_blocks(source, trip, duty) if duty is not None else _service_blocks(source, trip, paper)
    blocks = (
        _header(source, paper, duty),
        *body,
        *_stop_blocks(source, paper, duty),
        *_closing_blocks(source, paper, duty, words),
    )
    return Part("一车一方案", "One vehicle, one plan", "驾驶员、领队用 driver and lead", blocks)


@lru_cache(maxsize=8)
def get_checklists(profile_names: tuple[str, ...]) -> Mapping[str, list[str]]:
    """Check lists of the first entry that names one of the rule profiles, else those that fit everywhere."""
    entries = json.loads(_CHECKLISTS.read_text(encoding="utf-8"))["entries"]
    fitting = (
        entry for entry in entries if not entry["profiles"] or set(entry["profiles"]) & set(profile_names)
    )
    return dict(next(fitting))


def count_masks(paper: TripPaper, source: PrintSource, mask_hours: int) -> int:
    """Masks for everybody aboard: one per person and begun ``mask_hours`` of their ride.

    24 people for 17 hours at 4 hours a mask: 24 × 5 = 120.
    """
    stops = source.trips[paper.trip_id].stops
    return sum(
        -(
            -(stops[one.alight_stop - 1].arrive_min - stops[one.board_stop - 1].depart_min)
            // (60 * mask_hours)
        )
        for one in paper.passengers
    )


def _header(source: PrintSource, paper: TripPaper, duty: CoachDuty | None) -> Block:
    trips = "、".join(duty.trip_ids) if duty is not None else paper.trip_id
    return facts(
        (
            ("车辆任务 / 趟次", "duty, trips", f"{duty.id}: {trips}" if duty is not None else trips),
            ("批次", "batch", paper.batch or "—"),
            ("日期", "service date", paper.date),
            ("路线", "route", paper.route),
            ("方式", "mode", f"{MODE_WORDS[paper.mode]} · {ROLE_WORDS[paper.role]}"),
            (
                "状态",
                "status",
                "计划 planned" + (" (停止时最好方案 best so far)" if source.plan.interrupted else ""),
            ),
            ("负责人、电话", "owner, phone", ""),
            ("有效期至", "valid until", ""),
            ("领队 / 副领队、电话", "lead person, deputy, phone", ""),
        )
    )


def _service_blocks(source: PrintSource, trip: Trip, paper: TripPaper) -> list[Block]:
    service = source.services.get(trip.service_id)
    blocks: list[Block] = [heading("车次 / 航班", "service"), facts(_service_facts(source, trip, service))]
    if trip.mode is Mode.TRAIN:
        blocks += [
            heading("按车厢排队", "queue by carriage; one seat card per passenger"),
            _queue_table(paper),
        ]
    return blocks


def _service_facts(source: PrintSource, trip: Trip, service: Service | None) -> list[tuple[str, str, str]]:
    day = date_of_min(source.scenario.first_date, trip.service_date_min)
    unit = "节车厢 carriages" if trip.mode is Mode.TRAIN else "架 aircraft"
    seats = service.carriage_seats if service is not None else 0
    return [
        ("车次 / 航班", "service", printable(service.name) if service is not None else trip.service_id),
        ("承运人", "operator", printable(service.operator) if service is not None else ""),
        ("状态", "kind, status", _status_text(service) if service is not None else "—"),
        ("编组", "carriages × approved", f"{max(trip.carriages, 1)} {unit} × {seats}"),
        ("限载", "capacity in force", f"{trip.capacity}(计划 planned {trip.load})"),
        ("限载依据", "rule and date", capacity_text(source.scenario, trip, day)),
    ]


def _status_text(service: Service) -> str:
    marks = ("(建议申请 proposed)" if service.proposed else "") + (
        "(假设 assumed)" if service.assumed else ""
    )
    return f"{_KIND_WORDS[service.kind]} · {_STATUS_WORDS[service.status]}{marks}"


def _queue_table(paper: TripPaper) -> Block:
    carriages: dict[int, Counter[str]] = defaultdict(Counter)
    stops: dict[int, Counter[str]] = defaultdict(Counter)
    for one in paper.passengers:
        carriages[one.carriage][one.onward or one.employer] += 1
        stops[one.carriage][f"{one.board_stop} {one.board_place}"] += 1
    rows = [
        (str(carriage), str(count.total()), _count_text(stops[carriage]), _count_text(count), "", "")
        for carriage, count in sorted(carriages.items())
    ]
    return table(
        _QUEUE_HEADS, [("", rows), ("", [("Σ", str(len(paper.passengers)), "", "", "", "")])], tall=True
    )


def _count_text(counts: Counter[str]) -> str:
    """The largest few with their numbers, and how many more there are."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    more = len(ordered) - _MOST_NAMED
    shown = "、".join(f"{name} ×{count}" for name, count in ordered[:_MOST_NAMED])
    return f"{shown} 等 and {more} more" if more > 0 else shown


def _stop_blocks(source: PrintSource, paper: TripPaper, duty: CoachDuty | None) -> list[Block]:
    """A head-count table for each trip of the vehicle's duty."""
    blocks: list[Block] = []
    for trip_id in duty.trip_ids if duty is not None else (paper.trip_id,):
        one = paper if trip_id == paper.trip_id else get_trip_paper(source, trip_id)
        blocks += [
            heading(f"清点人数 {trip_id}", f"count heads after every stop; {len(one.passengers)} people"),
            stop_table(one.stops),
            notes(_stop_notes(source, one)),
        ]
    return blocks


def _stop_notes(source: PrintSource, paper: TripPaper) -> list[str]:
    tiers = dict.fromkeys(
        f"{stop.place} {_TIER_WORDS[stop.tier]}" for stop in paper.stops if stop.board or stop.alight
    )
    sentences = [
        f"上下客点风险等级 tier of boarding and alighting stops: {'、'.join(tiers)}",
        "中途不上客，每站清点 nobody else boards on the way; count heads at every stop.",
    ]
    points = (source.plan.points.get(stop.place_id) for stop in source.trips[paper.trip_id].stops)
    assumed = dict.fromkeys(printable(point.name) for point in points if point is not None and point.assumed)
    if assumed:
        sentences.append(f"位置为推定,请核实 position assumed, please check: {'、'.join(assumed)}")
    return sentences


def _closing_blocks(
    source: PrintSource, paper: TripPaper, duty: CoachDuty | None, words: Mapping[str, list[str]]
) -> list[Block]:
    supplies = list(words["supplies"])
    mask_hours = words["mask_hours"]
    if isinstance(mask_hours, int) and mask_hours:
        supplies.insert(
            0, f"口罩 masks: {count_masks(paper, source, mask_hours)}({_ALL},每 {mask_hours} h 一只)"
        )
    papers = [heading("证件清单", "papers on board"), checks(words["papers"])] if duty is not None else []
    return [
        *papers,
        heading("物资", "supplies"),
        checks(supplies),
        heading("应急处置", "emergency"),
        notes(words["emergency"]),
        facts(
            (
                ("指挥 / 值班电话", "command, duty phone", ""),
                ("始发地联络员", "origin liaison, phone", ""),
                ("目的地联络员", "destination liaison, phone", ""),
                ("备用车辆、电话", "reserve vehicle, phone", ""),
                ("就近定点医院（始发）", "designated hospital, origin", ""),
                ("就近定点医院（到达）", "designated hospital, destination", ""),
            )
        ),
        heading("三个对接与接收确认", "dockings and acceptance: who, date"),
        signs(words["confirmations"], columns=4),
        heading("返程后", "afterwards"),
        checks(words["after"], columns=4),
        notes(("到达后按交接单逐单位交接 hand over by employer with the handover sheet; Σ = 到达 arrived.",)),
    ]


_QUEUE_HEADS = (
    Head("车厢", "carriage", "13mm", "center"),
    Head("人数 / 席位卡", "people = seat cards", "22mm", "center"),
    Head("上车站", "boards at", "1fr"),
    Head("交接对象", "handed to", "1.6fr"),
    Head("车厢长、电话", "in charge, phone", "32mm", "blank"),
    Head("实点", "head count", "16mm", "blank"),
)
