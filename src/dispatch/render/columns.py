"""Who may see what: the columns of each view of a manifest, and of the tables around it.

Views: ``coordinator``, ``lead`` (the person in charge on board), ``driver`` (no sex, no document: names and seats to
count heads by) and ``employer`` (its own people only). Documents and phones arrive masked in all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from dispatch.render.blocks import Head
from dispatch.render.tables import Passenger


class View(StrEnum):
    """Reader of a manifest."""

    COORDINATOR = "coordinator"
    LEAD = "lead"
    DRIVER = "driver"
    EMPLOYER = "employer"


VIEW_WORDS = {
    View.COORDINATOR: "协调员用 coordinator",
    View.LEAD: "领队用 lead person",
    View.DRIVER: "驾驶员用 driver",
    View.EMPLOYER: "用工企业用 employer",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a view: its head and how a passenger fills it."""

    head: Head
    fill: Callable[[Passenger], str]


def _blank(_: Passenger) -> str:
    return ""


def _site(one: Passenger) -> str:
    return one.site if one.site == one.employer else f"{one.employer}\n{one.site}"


def _site_or_onward(one: Passenger) -> str:
    return f"{_site(one)}\n→ {one.onward}" if one.onward else _site(one)


_BOX = Field(Head("到", "here", "6mm", "box"), _blank)
_SEAT = Field(Head("座位", "seat", "10mm", "center"), lambda one: one.seat)
_NAME = Field(Head("姓名", "name", "28mm", "strong"), lambda one: one.name)
_SEX = Field(Head("性别", "sex", "9mm", "center"), lambda one: one.sex)
_PAPERS = Field(
    Head("证件 / 电话", "ID · phone (masked)", "28mm", "small"),
    lambda one: f"{one.document}\n{one.phone}".strip(),
)
_DOCUMENT = Field(Head("证件号", "ID (masked)", "28mm", "small"), lambda one: one.document)
_PHONE = Field(Head("电话", "phone (masked)", "20mm", "small"), lambda one: one.phone)
_HOME = Field(Head("住址", "home", "1fr"), lambda one: one.home)
_BOARDS = Field(Head("上车点", "boards at", "1fr"), lambda one: f"{one.board_stop} {one.board_place}")
_SITE = Field(Head("用工单位", "employer · site", "1.5fr"), _site_or_onward)
_CLEARED = Field(Head("核验", "cleared", "9mm", "center"), lambda _: "✓")
_GROUP = Field(Head("同行", "party", "10mm", "center"), lambda one: one.party)
_BOARD_TEMPERATURE = Field(Head("上车体温", "°C boarding", "14mm", "blank"), _blank)
_ARRIVAL_TEMPERATURE = Field(Head("到达体温", "°C arrival", "14mm", "blank"), _blank)
_CERTIFICATE = Field(Head("健康证明号", "certificate no.", "24mm", "blank"), _blank)
_REMARKS = Field(Head("备注", "remarks", "20mm", "small"), lambda one: one.remarks)
_WIDE_REMARKS = Field(Head("备注", "remarks", "1fr", "small"), lambda one: one.remarks)
_NEEDS = Field(Head("提示", "needs", "26mm", "small"), lambda one: one.needs)

FIELDS: dict[View, tuple[Field, ...]] = {
    View.COORDINATOR: (
        _BOX, _SEAT, _NAME, _SEX, _DOCUMENT, _PHONE, _HOME, _BOARDS, _SITE, _CLEARED, _GROUP, _REMARKS,
    ),
    View.LEAD: (
        _BOX, _SEAT, _NAME, _SEX, _PAPERS, _BOARDS, _SITE, _CLEARED, _GROUP, _BOARD_TEMPERATURE, _REMARKS,
    ),
    View.DRIVER: (_BOX, _SEAT, _NAME, _PHONE, _BOARDS, _SITE, _CLEARED, _NEEDS),
    View.EMPLOYER: (_BOX, _SEAT, _NAME, _SEX, _DOCUMENT, _PHONE, _ARRIVAL_TEMPERATURE, _CERTIFICATE, _WIDE_REMARKS),
}  # fmt: skip

STOP_HEADS = (
    Head("序", "no.", "7mm", "center"),
    Head("停靠站", "stop", "1fr"),
    Head("到达", "arrive", "21mm", "center"),
    Head("离开", "leave", "21mm", "center"),
    Head("上", "on", "9mm", "center"),
    Head("下", "off", "9mm", "center"),
    Head("应在车", "aboard", "13mm", "center"),
    Head("实点人数", "head count", "20mm", "blank"),
    Head("清点人", "counted by", "24mm", "blank"),
)
TOTAL_HEADS = (
    Head("用工单位 / 转乘", "employer or onward trip", "1.6fr"),
    Head("厂区", "site", "1.2fr"),
    Head("应到", "expected", "14mm", "center"),
    Head("到达", "arrived", "16mm", "blank"),
    Head("异常", "abnormal", "20mm", "blank"),
    Head("接收人签字盖章", "received by, stamp", "38mm", "blank"),
)
EXCEPTION_HEADS = (
    Head("姓名", "name", "34mm", "blank"),
    Head("时间地点", "time, place", "48mm", "blank"),
    Head("原因", "why", "1fr", "blank"),
    Head("移交给", "handed to", "42mm", "blank"),
)
