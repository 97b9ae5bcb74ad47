"""Manifests as workbooks and CSV: every cell from a person or a file is text, never a formula.

Documents and phones arrive masked; ids that look like numbers stay text, so that no spreadsheet rounds them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from dispatch.errors import UsageError
from dispatch.render.run_info import RunInfo
from dispatch.render.tables import MODE_WORDS, ROLE_WORDS, Passenger, TripPaper

#: A cell that begins so is a formula to some spreadsheet when it is read from CSV.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_MAX_ROWS = 1_048_576

_TRIP_HEADS = (
    "趟次 trip",
    "日期 date",
    "批次 batch",
    "方式 mode",
    "类型 role",
    "车辆 vehicle",
    "路线 route",
    "人数 people",
    "限载 capacity",
)
_TRIP_WIDTHS = (16, 12, 20, 24, 20, 20, 34, 10, 10)
_STOP_HEADS = (
    "序 no.",
    "停靠站 stop",
    "厂区 sites",
    "到达 arrive",
    "离开 leave",
    "上 on",
    "下 off",
    "应在车 aboard",
    "实点 head count",
)
#: Wide enough for the trip's head above the stops, which shares the columns.
_STOP_WIDTHS = (16, 24, 30, 24, 20, 20, 34, 12, 16)
_PASSENGER_HEADS = (
    "趟次 trip", "日期 date", "车厢 carriage", "座位 seat", "姓名 name", "性别 sex", "证件号(掩码)ID masked", "电话(掩码)phone masked",
    "住址 home", "上车序 board no.", "上车点 boards at", "上车时间 boards", "下车序 alight no.", "下车点 alights at", "到达时间 arrives",
    "用工单位 employer", "厂区 site", "同行 party", "转乘 onward trip", "备注 remarks", "编号 worker id",
)  # fmt: skip
_PASSENGER_WIDTHS = (14, 12, 10, 8, 18, 8, 22, 16, 20, 8, 20, 17, 8, 20, 17, 28, 24, 8, 14, 24, 16)


def trip_workbook_bytes(paper: TripPaper, run_info: RunInfo) -> bytes:
    """Workbook of one trip: a sheet of its head and stops, a sheet of passengers. Same input, same bytes."""
    buffer, workbook = _open_workbook(f"dispatch {paper.trip_id}", run_info)
    sheet = workbook.add_worksheet("停靠站 stops")
    _write_stamp(workbook, sheet, run_info)
    _write_table(workbook, sheet, 2, _TRIP_HEADS, _TRIP_WIDTHS, [_trip_row(paper)])
    _write_table(workbook, sheet, 5, _STOP_HEADS, _STOP_WIDTHS, _stop_rows(paper))
    _add_passengers(workbook, (paper,), run_info)
    workbook.close()
    return buffer.getvalue()


def day_workbook_bytes(papers: Sequence[TripPaper], day: str, run_info: RunInfo) -> bytes:
    """Workbook of one ISO date: a sheet of trips, and one flat table of all passengers with a filter.

    Raises ``UsageError`` when the passengers do not fit one sheet.
    """
    if sum(len(paper.passengers) for paper in papers) + 3 > _MAX_ROWS:
        raise UsageError(
            f"{day}: more passengers than a worksheet has rows ({_MAX_ROWS:,}); use the CSV files of the trips."
        )
    buffer, workbook = _open_workbook(f"dispatch {day}", run_info)
    sheet = workbook.add_worksheet("趟次 trips")
    _write_stamp(workbook, sheet, run_info)
    _write_table(workbook, sheet, 2, _TRIP_HEADS, _TRIP_WIDTHS, [_trip_row(paper) for paper in papers])
    _finish(sheet, 2, len(papers), len(_TRIP_HEADS))
    _add_passengers(workbook, papers, run_info)
    workbook.close()
    return buffer.getvalue()


def csv_bytes(papers: Sequence[TripPaper], run_info: RunInfo) -> bytes:
    """Passengers as CSV for Excel: UTF-8 with BOM, CRLF; a cell that could be a formula gets a leading ``'``.

    The last columns carry plan hash and print time in every row, as every printed page does.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow((*_PASSENGER_HEADS, "方案 plan", "打印 printed"))
    for paper in papers:
        for passenger in paper.passengers:
            cells = (*_passenger_row(paper, passenger), run_info.short_hash, run_info.printed_text)
            writer.writerow([make_inert(str(cell)) for cell in cells])
    return buffer.getvalue().encode("utf-8-sig")


def make_inert(cell: str) -> str:
    """Cell text that no spreadsheet takes for a formula: ``=cmd()`` -> ``'=cmd()``."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA_STARTS) else cell


def _add_passengers(workbook: Any, papers: Sequence[TripPaper], run_info: RunInfo) -> None:
    sheet = workbook.add_worksheet("乘客 passengers")
    rows = [_passenger_row(paper, one) for paper in papers for one in paper.passengers]
    _write_stamp(workbook, sheet, run_info)
    _write_table(workbook, sheet, 2, _PASSENGER_HEADS, _PASSENGER_WIDTHS, rows)
    _finish(sheet, 2, len(rows), len(_PASSENGER_HEADS))


def _trip_row(paper: TripPaper) -> tuple[str | int, ...]:
    words = (MODE_WORDS[paper.mode], ROLE_WORDS[paper.role], paper.vehicle, paper.route)
    return (paper.trip_id, paper.date, paper.batch, *words, len(paper.passengers), paper.capacity)


def _stop_rows(paper: TripPaper) -> list[tuple[str | int, ...]]:
    return [
        (
            one.number,
            one.place,
            one.sites,
            one.arrive_at,
            one.depart_at,
            one.board,
            one.alight,
            one.aboard,
            "",
        )
        for one in paper.stops
    ]


def _passenger_row(paper: TripPaper, one: Passenger) -> tuple[str | int, ...]:
    leaves, arrives = paper.stops[one.board_stop - 1].depart_at, paper.stops[one.alight_stop - 1].arrive_at
    return (
        paper.trip_id, paper.date, one.carriage or "", one.seat, one.name, one.sex, one.document, one.phone,
        one.home, one.board_stop, one.board_place, leaves, one.alight_stop, one.alight_place, arrives,
        one.employer, one.site, one.party, one.onward, one.remarks, one.worker_id,
    )  # fmt: skip


def _open_workbook(title: str, run_info: RunInfo) -> tuple[io.BytesIO, Any]:
    import xlsxwriter

    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    workbook = xlsxwriter.Workbook(buffer, options)
    created = run_info.printed_at.replace(tzinfo=None)
    workbook.set_properties({"title": title, "created": created, "comments": _stamp_text(run_info)})
    return buffer, workbook


def _stamp_text(run_info: RunInfo) -> str:
    return f"方案 plan {run_info.short_hash} · dispatch {run_info.version} · 打印 printed {run_info.printed_text}"


def _write_stamp(workbook: Any, sheet: Any, run_info: RunInfo) -> None:
    sheet.write_string(
        0, 0, _stamp_text(run_info), workbook.add_format({"font_color": "#555555", "font_size": 9})
    )
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{_stamp_text(run_info)}&R&P/&N")


def _write_table(
    workbook: Any,
    sheet: Any,
    first_row: int,
    heads: Sequence[str],
    widths: Sequence[int],
    rows: Sequence[Sequence[str | int]],
) -> None:
    """Heads and rows from ``first_row`` (0-based) on; whole numbers as numbers, everything else as text."""
    head = workbook.add_format(
        {"bold": True, "bg_color": "#DDDDDD", "border": 1, "text_wrap": True, "valign": "vcenter"}
    )
    text = workbook.add_format({"num_format": "@", "border": 1})
    number = workbook.add_format({"border": 1})
    for column, (title, width) in enumerate(zip(heads, widths, strict=True)):
        sheet.write_string(first_row, column, title, head)
        sheet.set_column(column, column, width)
    for row_number, row in enumerate(rows, start=first_row + 1):
        for column, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(row_number, column, value, number)
            else:
                sheet.write_string(row_number, column, value, text)


def _finish(sheet: Any, head_row: int, rows: int, columns: int) -> None:
    """Filter over the table, head kept in sight and repeated on every printed page."""
    sheet.autofilter(head_row, 0, head_row + max(rows, 1), columns - 1)
    sheet.freeze_panes(head_row + 1, 0)
    sheet.repeat_rows(head_row)
