"""Rows of ``services``: each service on each of its dates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from dispatch.files.report import Report
from dispatch.files.service_stops import Halt, ServiceContext, collect_halts, time_stops
from dispatch.files.typed import TypedTable, check_references
from dispatch.files.values import Unreadable, parse_date
from dispatch.model.supply import Mode, Service, ServiceKind, ServiceStatus, ServiceStop
from dispatch.units import minor_from_decimal


def make_services(
    services: TypedTable, stops: TypedTable, context: ServiceContext, report: Report
) -> tuple[Service, ...]:
    """Every service on each of its dates, in the order of the rows and dates."""
    ids = {cells["service_id"] for _, cells in services.iterate_good()}
    check_references(stops, "service_id", ids, set(services.frame["service_id"]), "service", report)
    halts = collect_halts(stops, context, report)
    made: list[Service] = []
    seen: set[str] = set()
    for row, cells in services.iterate_good():
        if cells["service_id"] in seen and not cells["dates"]:
            key = cells["service_id"]
            report.note_rows("E127", services.raw, [row], "service_id", f"Service '{key}' stands twice.")
            continue
        seen.add(cells["service_id"])
        made += _make_on_dates(row, cells, halts.get(cells["service_id"]), services, stops, context, report)
    return tuple(_drop_double(made, services, report))


def _drop_double(made: list[Service], services: TypedTable, report: Report) -> Iterable[Service]:
    ids: set[str] = set()
    for service in made:
        if service.id in ids:
            base = service.id.split("@")[0]
            rows = [row for row, cells in services.iterate_good() if cells["service_id"] == base]
            report.note_rows(
                "E127",
                services.raw,
                rows[-1:],
                "service_id",
                f"Service '{service.id}' stands twice.",
            )
        else:
            ids.add(service.id)
            yield service


def parse_dates(text: str, *, excel: bool = False) -> tuple[date, ...]:
    """Dates of ``2020-03-01``, ``2020-03-01;2020-03-03`` or ``2020-03-01..2020-03-10`` (daily). Raises ``Unreadable``."""
    days: list[date] = []
    for part in re.split(r"[;；,，、|]", text):
        if not part.strip():
            continue
        begin, dots, end = re.sub(r"[~～至]", "..", part).partition("..")
        first = parse_date(begin, excel=excel)
        last = parse_date(end, excel=excel) if dots else first
        if last < first:
            raise Unreadable("E131", f"{last} is before {first}.")
        days += [first + timedelta(days=day) for day in range((last - first).days + 1)]
    return tuple(dict.fromkeys(days))


def _make_on_dates(
    row: int, cells: dict[str, Any], halts: list[Halt] | None, services: TypedTable, stops: TypedTable,
    context: ServiceContext, report: Report,
) -> list[Service]:  # fmt: skip
    if halts is None:
        if cells["service_id"] not in set(stops.frame["service_id"]):
            report.note_rows(
                "E136",
                services.raw,
                [row],
                "service_id",
                f"Service '{cells['service_id']}' has no stops.",
            )
        return []
    days = _find_days(row, cells, halts, services, report)
    if not days or not _check_halts(row, cells, halts, services, stops, days[0], context, report):
        return []
    if not all(context.first <= day <= context.last for day in days):
        report.note_rows(
            "W209",
            services.raw,
            [row],
            "dates",
            f"Service '{cells['service_id']}' runs outside the horizon.",
        )
    several = len(days) > 1 or _is_listed_again(cells, services)
    made = []
    for day in days:
        service_id = f"{cells['service_id']}@{day.isoformat()}" if several else cells["service_id"]
        made.append(_make_service(service_id, cells, time_stops(halts, day, context)))
    return made


def _is_listed_again(cells: dict[str, Any], services: TypedTable) -> bool:
    return int((services.frame["service_id"] == cells["service_id"]).sum()) > 1


def _find_days(
    row: int, cells: dict[str, Any], halts: list[Halt], services: TypedTable, report: Report
) -> tuple[date, ...]:
    if cells["dates"]:
        try:
            return parse_dates(cells["dates"], excel=services.raw.excel)
        except Unreadable as error:
            report.note_rows(error.code, services.raw, [row], "dates", str(error))
            return ()
    own = halts[0].depart[0] if halts else None
    if own is None:
        report.note_rows(
            "E121",
            services.raw,
            [row],
            "dates",
            "Neither the service nor its first stop has a date.",
        )
        return ()
    return (own,)


def _check_halts(
    row: int, cells: dict[str, Any], halts: list[Halt], services: TypedTable, stops: TypedTable, day: date,
    context: ServiceContext, report: Report,
) -> bool:  # fmt: skip
    boards = [i for i, halt in enumerate(halts) if halt.boards]
    alights = [i for i, halt in enumerate(halts) if halt.alights]
    if len(halts) < 2 or not boards or not alights or boards[0] >= alights[-1]:
        report.note_rows(
            "E136",
            services.raw,
            [row],
            "service_id",
            f"On service '{cells['service_id']}' nobody can ride.",
        )
        return False
    if cells["min_carriages"] and cells["max_carriages"] and cells["min_carriages"] > cells["max_carriages"]:
        report.note_rows(
            "E131", services.raw, [row], "max_carriages", "max_carriages is below min_carriages."
        )
        return False
    timed = time_stops(halts, day, context)
    moments = [moment for stop in timed for moment in (stop.arrive_min, stop.depart_min)]
    for i in range(1, len(moments)):
        if moments[i] < moments[i - 1] or (i % 2 == 0 and moments[i] == moments[i - 1]):
            late = halts[i // 2].row
            report.note_rows("E135", stops.raw, [late], "arrive" if i % 2 == 0 else "depart",
                             f"Times of service '{cells['service_id']}' go back.")  # fmt: skip
            return False
    return True


def _make_service(service_id: str, cells: dict[str, Any], stops: tuple[ServiceStop, ...]) -> Service:
    low = cells["min_carriages"] or 1
    return Service(
        id=service_id,
        name=cells["name"] or cells["service_id"],
        mode=Mode(cells["mode"]),
        kind=ServiceKind(cells["kind"] or "chartered"),
        status=ServiceStatus(cells["status"] or "candidate"),
        committed=bool(cells["committed"]),
        stops=stops,
        carriage_seats=cells["carriage_seats"],
        min_carriages=low,
        max_carriages=cells["max_carriages"] or low,
        isolation_seats=cells["isolation_seats"],
        min_load=cells["min_load"] or 0,
        fixed_minor=minor_from_decimal(cells["fixed"] or 0),
        carriage_minor=minor_from_decimal(cells["per_carriage"] or 0),
        seat_minor=minor_from_decimal(cells["per_seat"] or 0),
        operator=cells["operator"],
        assumed=bool(cells["assumed"]),
    )
