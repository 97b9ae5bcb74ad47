"""Rows of ``health``, ``payers``, ``locks`` and ``facts``."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd

from dispatch.files.assumed import Default
from dispatch.files.columns import MODES
from dispatch.files.report import Report, say_near_misses
from dispatch.files.texts import fill_words
from dispatch.files.typed import TypedTable, check_references
from dispatch.files.values import Unreadable, parse_date
from dispatch.model.contracts import HEALTH, conform
from dispatch.model.plan import CASH_TERMS
from dispatch.model.scenario import Lock, LockKind, Payer, ReportedFigure
from dispatch.units import minor_from_decimal


def make_health(table: TypedTable, known: pd.Series, seen: pd.Series, report: Report) -> pd.DataFrame:
    """Evidence of known workers under the ``HEALTH`` contract."""
    check_references(table, "worker_id", known, seen, "worker", report)
    frame = table.frame
    reversed_ = frame["valid_until"] < frame["date"]
    report.note_rows(
        "E131",
        table.raw,
        np.flatnonzero(reversed_.to_numpy(dtype=bool)),
        "valid_until",
        lambda row: (
            f"valid_until {frame['valid_until'].iloc[row].date()} is before the date {frame['date'].iloc[row].date()}."
        ),
    )
    made = frame.assign(result=fill_words(frame["result"], "ok"))
    made["verified"] = made["verified"].map(bool)
    return conform(made.iloc[table.good] if table.raw.rejected.any() else made, HEALTH)


def make_payers(table: TypedTable, report: Report) -> tuple[Payer, ...]:
    """Payers, the rows of one id put together; shares of one group should add up to 1."""
    terms = {*CASH_TERMS, "*"}
    check_references(table, "term", terms, set(), "cost term", report)
    shares: dict[str, list[tuple[str, int]]] = {}
    heads: dict[str, tuple[str, str, int | None]] = {}
    for row, cells in table.iterate_good():
        key = cells["payer_id"]
        budget = None if cells["budget"] is None else minor_from_decimal(cells["budget"])
        head = (cells["name"] or key, cells["group"] or key, budget)
        old = heads.setdefault(key, head)
        if (cells["group"] and old[1] != head[1]) or (budget is not None and old[2] not in (None, budget)):
            report.note_rows(
                "E138",
                table.raw,
                [row],
                "payer_id",
                f"Payer '{key}' differs from an earlier row.",
            )
            continue
        heads[key] = (old[0], old[1], old[2] if budget is None else budget)
        share = Decimal(1) if cells["share"] is None else cells["share"]
        shares.setdefault(key, []).append((cells["term"] or "*", int(share * 1000)))
    payers = tuple(
        Payer(id=key, name=name, group_id=group, shares=tuple(shares[key]), budget_minor=budget)
        for key, (name, group, budget) in heads.items()
        if key in shares
    )
    _check_shares(payers, table, report)
    return payers


def _check_shares(payers: tuple[Payer, ...], table: TypedTable, report: Report) -> None:
    sums: dict[tuple[str, str], int] = {}
    for payer in payers:
        for term, ratio in payer.shares:
            sums[payer.group_id, term] = sums.get((payer.group_id, term), 0) + ratio
    for (group, term), total in sums.items():
        if total != 1000:
            good = [
                row for row, cells in table.iterate_good() if (cells["group"] or cells["payer_id"]) == group
            ]
            message = f"Shares of group '{group}' for '{term}' add up to {total / 1000:g}."
            report.note_rows("W210", table.raw, good[:1], "share", message)


def make_locks(
    table: TypedTable, known: pd.Series, seen: pd.Series, ids: dict[LockKind, set[str]], report: Report
) -> tuple[Lock, ...]:
    """Locks whose worker and value exist. ``ids``: known values of the kinds service and fleet."""
    if not len(table.frame):
        return ()
    check_references(table, "worker_id", known, seen, "worker", report)
    workers = set(known)
    values = ids | {LockKind.TOGETHER: workers, LockKind.APART: workers}
    locks = []
    for row, cells in table.iterate_good():
        kind = LockKind(cells["kind"])
        value, trouble = _read_lock_value(kind, cells["value"], values, excel=table.raw.excel)
        if trouble:
            report.note_rows(trouble[0], table.raw, [row], "value", trouble[1])
        else:
            locks.append(Lock(kind=kind, worker_id=cells["worker_id"], value=value))
    return tuple(locks)


def _read_lock_value(
    kind: LockKind, text: str, values: dict[LockKind, set[str]], *, excel: bool
) -> tuple[str, tuple[str, str] | None]:
    if kind is LockKind.DATE:
        try:
            return parse_date(text, excel=excel).isoformat(), None
        except Unreadable as error:
            return "", (error.code, str(error))
    if kind is LockKind.MODE:
        mode = MODES.get(text.lower(), "")
        return mode, None if mode else ("E125", f"'{text}' is not one of: bus train charter.")
    if text in values[kind]:
        return text, None
    noun = {LockKind.SERVICE: "service", LockKind.FLEET: "fleet line"}.get(kind, "worker")
    return "", ("E128", f"There is no {noun} '{text}'.{say_near_misses(text, values[kind])}")


def make_facts(table: TypedTable) -> tuple[ReportedFigure, ...]:
    """Reported figures in the order of the rows."""
    return tuple(
        ReportedFigure(
            key=cells["key"],
            label=cells["label"],
            value=cells["value"],
            source=cells["source"],
            confidence=cells["confidence"],
        )
        for _, cells in table.iterate_good()
    )


def make_stated_defaults(table: TypedTable, scenario_name: str) -> list[Default]:
    """Values that the scenario itself says were assumed; without a number of people they touch everybody."""
    return [
        Default(
            subject=cells["subject"] or scenario_name,
            what=cells["what"],
            value="; ".join(text for text in (cells["value"], cells["why"]) if text),
            table=cells["table"],
            people=int(cells["people"] or -1),
        )
        for _, cells in table.iterate_good()
    ]
