"""``plan.json``: one JSON document, laid out with one trip, duty or other noun per line.

So a province is written and read line by line, and two plans can be compared with line tools. A document that an editor has
laid out otherwise is read whole.
"""

from __future__ import annotations

import dataclasses
import json
import typing
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from dispatch.errors import RunDamaged
from dispatch.files.plain import noun_from
from dispatch.files.plan_hash import FIELDS, HINTS, LISTS, PlanDigest, encode, list_nouns
from dispatch.model.events import DutyEvent, pack_events
from dispatch.model.plan import CoachDuty, Plan, Trip
from dispatch.units import datetime_of_min

SCHEMA_VERSION = 2
LocalTime = Callable[[int], str]
_EVENT_DEFAULTS = tuple(
    (item.name, item.default)
    for item in dataclasses.fields(DutyEvent)
    if item.default is not dataclasses.MISSING
)


class OtherLayout(ValueError):
    """The document is not laid out line by line."""


def list_lines(plan: Plan, first_date: date, time_zone: str, digest: PlanDigest) -> Iterator[str]:
    """Lines of ``plan.json``; the same plan gives the same lines.

    ``digest`` hears of the plan on the way, so that its hash can stand in the last line: the work is done once.
    """
    head = {
        "schema_version": SCHEMA_VERSION,
        "first_date": first_date.isoformat(),
        "time_zone": time_zone,
        "tables": plan.table_files,
    }
    yield "{\n"
    for key, value in head.items():
        yield f'"{key}": {encode(value)},\n'
    yield '"plan": {\n'
    tell_time = _make_clock(first_date, time_zone)
    for number, name in enumerate(FIELDS, 1):
        yield from _list_field(plan, name, tell_time, digest, "," if number < len(FIELDS) else "")
    yield "},\n"
    digest.add_tables(plan)
    yield f'"plan_hash": "{digest.hexdigest()}"\n'
    yield "}\n"


def _list_field(plan: Plan, name: str, tell_time: LocalTime, digest: PlanDigest, comma: str) -> Iterator[str]:
    digest.begin(name)
    is_list = name in LISTS
    yield f'"{name}": [' if is_list else f'"{name}": '
    before = "\n"
    for noun in list_nouns(plan, name):
        line = encode(_complete(digest.add(noun), noun, tell_time))
        yield f"{before}{line}" if is_list else line
        before = ",\n"
    yield f"\n]{comma}\n" if is_list else f"{comma}\n"


def _complete(plain: Any, noun: Any, tell_time: LocalTime) -> Any:
    """Plain form with the events of a duty; stops of a trip also state their local time, for people.

    What is at its default in an event (no place, no driver) is left out: nine tenths of a large plan are events.
    """
    if isinstance(noun, CoachDuty):
        plain["events"] = [_plain_event(event) for event in noun.events]
    if isinstance(noun, Trip):
        for stop in plain["stops"]:
            for key in ("arrive", "depart"):
                stop[f"{key}_at"] = tell_time(stop[f"{key}_min"])
    return plain


def _plain_event(event: DutyEvent) -> dict[str, Any]:
    plain = {"kind": event.kind.value, "start_min": event.start_min, "end_min": event.end_min}
    for name, default in _EVENT_DEFAULTS:
        value = getattr(event, name)
        if value != default:
            plain[name] = value
    return plain


def _make_clock(first_date: date, time_zone: str) -> LocalTime:
    @cache
    def tell(at_min: int) -> str:
        return datetime_of_min(first_date, at_min, time_zone).isoformat()

    return tell


def read_document(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """(values beside the plan, fields of the plan as nouns) of a ``plan.json``.

    Raises ``RunDamaged`` when it is no JSON object of this version, ``NotPlain`` or ``KeyError`` when it is no plan.
    """
    try:
        with path.open(encoding="utf-8") as stream:
            return _read_lines(stream)
    except OtherLayout:
        document = read_json(path)
        content = document.pop("plan")
        return _check_version(document), {name: _read_field(name, content[name]) for name in FIELDS}
    except (OSError, UnicodeDecodeError) as error:
        raise RunDamaged(f"{path} cannot be read: {error}.") from error


def _read_lines(stream: Iterable[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    lines = (line.rstrip("\r\n") for line in stream)
    head: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    if next(lines, "") != "{":
        raise OtherLayout
    for line in lines:
        if line == '"plan": {':
            _check_version(head)
            fields = _read_fields(lines)
        elif line == "}":
            if any(line.strip() for line in lines):
                raise OtherLayout
            return head, fields
        else:
            head |= _parse(f"{{{line.removesuffix(',')}}}")
    raise OtherLayout


def _read_fields(lines: Iterator[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for line in lines:
        if line in ("}", "},"):
            break
        if line.endswith("["):
            name = _parse(f"{{{line}]}}").popitem()[0]
            fields[name] = _read_items(name, lines)
        else:
            name, value = _parse(f"{{{line.removesuffix(',')}}}").popitem()
            fields[name] = _read_field(name, value)
    if set(fields) < set(FIELDS):
        raise OtherLayout
    return fields


def _read_items(name: str, lines: Iterator[str]) -> tuple[Any, ...]:
    if name not in LISTS:
        raise OtherLayout
    kind = typing.get_args(HINTS[name])[0]
    items: list[Any] = []
    for line in lines:
        if line in ("]", "],"):
            return tuple(items)
        items.append(_settle(noun_from(kind, _parse(line.removesuffix(",")))))
    raise OtherLayout


def _read_field(name: str, value: Any) -> Any:
    if name not in HINTS:
        raise OtherLayout
    noun = noun_from(HINTS[name], value)
    return tuple(_settle(item) for item in noun) if name in LISTS else noun


def _settle(noun: Any) -> Any:
    """Noun in the form in which it takes least memory."""
    if isinstance(noun, CoachDuty):
        return dataclasses.replace(noun, events=pack_events(noun.events))
    return noun


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise OtherLayout from error


def _check_version(document: dict[str, Any]) -> dict[str, Any]:
    if document.get("schema_version") != SCHEMA_VERSION:
        raise RunDamaged(
            f"plan.json has version {document.get('schema_version')!r}; this program reads {SCHEMA_VERSION}. Plan again."
        )
    return document


def read_json(path: Path) -> dict[str, Any]:
    """JSON object of a file. Raises ``RunDamaged`` when there is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunDamaged(f"{path} cannot be read: {error}.") from error
    if not isinstance(data, dict):
        raise RunDamaged(f"{path} is not a JSON object.")
    return data
