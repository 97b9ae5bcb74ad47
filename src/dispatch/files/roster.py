"""The roster: the workers table to the ``WORKERS`` contract, with places, sites and parties resolved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from dispatch.files.assumed import Default
from dispatch.files.atlas import Atlas, Trouble
from dispatch.files.columns import MODES
from dispatch.files.documents import check_documents
from dispatch.files.report import Report, say_near_misses
from dispatch.files.typed import TypedTable
from dispatch.model.contracts import WORKERS, conform
from dispatch.model.geography import PlaceKind, Site
from dispatch.privacy import mask_document

_SEEKING = {"seeking", "none", "求职", "待业", "无", "找工作"}
ALL_MODES = "|".join(dict.fromkeys(MODES.values()))


@dataclass(frozen=True, kw_only=True)
class RosterContext:
    """What the roster refers to. ``site_ids``: all site ids of the table, rejected ones too."""

    atlas: Atlas
    sites: dict[str, Site]
    site_ids: set[str]
    first: date
    last: date


def make_workers(table: TypedTable, context: RosterContext, report: Report) -> pd.DataFrame:
    """Workers of the rows without errors. Findings and defaults go to ``report`` and the atlas."""
    frame = table.frame
    columns: dict[str, Any] = {
        name: frame[name] for name in ("worker_id", "name", "document", "phone", "sex")
    }
    columns["birth_year"] = pd.to_numeric(frame["birth_year"]).fillna(0).astype("int64")
    columns["home_place_id"] = _find_places(table, "home", PlaceKind.VILLAGE, context, report)
    own = _find_places(table, "boarding_place", PlaceKind.ASSEMBLY, context, report)
    columns["boarding_place_id"] = _choose_boarding(own, columns["home_place_id"], context.atlas)
    columns["site_id"] = _find_sites(table, context, report)
    columns |= _read_dates(table, context)
    party = frame["party"]
    columns["party_id"] = party.where(party != "", frame["worker_id"])
    columns["all_or_none"] = frame["all_or_none"].map(bool)
    columns["priority_class"] = frame["class"]
    columns["modes"] = frame["modes"].where(frame["modes"] != "", ALL_MODES)
    for name, source in (
        ("needs", "needs"),
        ("payer_id", "payer"),
        ("emergency_contact", "emergency_contact"),
    ):
        columns[name] = frame[source]
    columns["source_row"] = table.raw.lines
    workers = conform(pd.DataFrame(columns, index=frame.index), WORKERS)
    _check_people(table, workers, context, report)
    _note_defaults(table, context)
    return workers.iloc[table.good].reset_index(drop=True)


def _spread(
    cells: pd.Series, find: Callable[[str], str | Trouble]
) -> tuple[np.ndarray[Any, Any], list[tuple[np.ndarray[Any, Any], Trouble]]]:
    """Answers of ``find`` for each distinct text, spread over the rows, and the rows in trouble."""
    codes, uniques = pd.factorize(cells)
    answers = np.full(len(uniques), "", dtype=object)
    troubles = []
    for k, text in enumerate(uniques):
        found = find(str(text)) if text else ""
        if isinstance(found, Trouble):
            troubles.append((np.flatnonzero(codes == k), found))
        else:
            answers[k] = found
    return (answers[codes] if len(uniques) else np.empty(0, dtype=object)), troubles


def _find_places(
    table: TypedTable, column: str, kind: PlaceKind, context: RosterContext, report: Report
) -> pd.Series:
    answers, troubles = _spread(
        table.frame[column], lambda text: context.atlas.find_place(text, kind, "workers")
    )
    for rows, trouble in troubles:
        report.note_rows(trouble.code, table.raw, rows, column, trouble.message)
    return pd.Series(answers, index=table.frame.index, dtype="string")


def _choose_boarding(own: pd.Series, home: pd.Series, atlas: Atlas) -> pd.Series:
    assembly = {place.id: place.assembly_place_id or place.id for place in atlas.places.values()}
    return own.where(own != "", home.map(lambda place: assembly.get(place, place)))


def _find_sites(table: TypedTable, context: RosterContext, report: Report) -> pd.Series:
    names: dict[str, set[str]] = {}
    for site in context.sites.values():
        for name in {site.name, site.employer}:
            names.setdefault(name, set()).add(site.id)

    def find(text: str) -> str | Trouble:
        if text.lower() in _SEEKING or text in context.sites:
            return "" if text.lower() in _SEEKING else text
        same = sorted(names.get(text, ()))
        if len(same) == 1:
            return same[0]
        if same:
            return Trouble(code="E134", message=f"'{text}' has several gates: {', '.join(same[:6])}.")
        if text in context.site_ids:
            return Trouble(code="E137", message=f"The row of site '{text}' was rejected.")
        hint = say_near_misses(text, [*context.sites, *names])
        return Trouble(code="E128", message=f"There is no site '{text}'.{hint}")

    answers, troubles = _spread(table.frame["site"], find)
    for rows, trouble in troubles:
        report.note_rows(trouble.code, table.raw, rows, "site", trouble.message)
    return pd.Series(answers, index=table.frame.index, dtype="string")


def _read_dates(table: TypedTable, context: RosterContext) -> dict[str, pd.Series]:
    dates = {
        name: pd.Series(
            pd.to_datetime(table.frame[name]).to_numpy(dtype="datetime64[s]"), index=table.frame.index
        )
        for name in ("earliest", "preferred", "latest", "required_on_post")
    }
    earliest = dates["earliest"].fillna(pd.Timestamp(context.first))
    return {
        "earliest_date": earliest,
        "preferred_date": dates["preferred"].fillna(earliest),
        "latest_date": dates["latest"].fillna(pd.Timestamp(context.last)),
        "required_on_post_date": dates["required_on_post"],
    }


def _note_defaults(table: TypedTable, context: RosterContext) -> None:
    good = table.good
    for column, what, value in (
        ("earliest", "first date wanted", context.first.isoformat()),
        ("latest", "last date wanted", context.last.isoformat()),
        ("modes", "accepted modes", ALL_MODES),
    ):
        cells = table.frame[column].iloc[good]
        people = int((cells.isna() | (cells == "")).sum())
        if people:
            context.atlas.defaults.append(
                Default(subject=column, what=what, value=value, table="workers", people=people)
            )


def _check_people(table: TypedTable, workers: pd.DataFrame, context: RosterContext, report: Report) -> None:
    if not len(workers):
        return
    _check_documents(table, workers, report)
    _check_windows(table, workers, context, report)
    _check_parties(table, workers, report)
    _check_minors(table, workers, context, report)
    homeless = np.flatnonzero((workers["boarding_place_id"] == "").to_numpy(dtype=bool) & ~table.raw.rejected)
    report.note_rows("W211", table.raw, homeless, "home", "The worker has neither home nor boarding place.")
    known = (workers["name"] != "").to_numpy(dtype=bool) & ~table.raw.rejected
    same = np.flatnonzero(workers["name"].duplicated().to_numpy(dtype=bool) & known)
    report.note_rows(
        "I301",
        table.raw,
        same,
        "name",
        lambda row: f"'{workers['name'].iloc[row]}' is the name of two people.",
    )


def _check_documents(table: TypedTable, workers: pd.DataFrame, report: Report) -> None:
    """Damaged, doubtful and double document numbers, also in rows that are rejected for another reason."""
    documents = workers["document"]
    wrong, tail = check_documents(documents)

    def show(row: int) -> str:
        return mask_document(str(documents.iloc[row]))

    report.note_rows(
        "E129", table.raw, np.flatnonzero(wrong & tail), "document",
        lambda row: f"Document {show(row)} keeps 15 digits and ends in 000.",
    )  # fmt: skip
    report.note_rows(
        "W213", table.raw, np.flatnonzero(~wrong & tail), "document",
        lambda row: f"Document {show(row)} ends in 000.",
    )  # fmt: skip
    report.note_rows(
        "W203", table.raw, np.flatnonzero(wrong & ~tail), "document",
        lambda row: f"Document {show(row)} has a wrong check digit.",
    )  # fmt: skip
    upper = documents.str.upper()
    double = (upper.duplicated() & (upper != "")).to_numpy(dtype=bool) & ~(wrong & tail)
    firsts = upper.drop_duplicates()
    first = dict(zip(firsts, firsts.index, strict=True)) if double.any() else {}
    report.note_rows(
        "E130", table.raw, np.flatnonzero(double), "document",
        lambda row: f"Document {show(row)} stands already in line {table.raw.lines[first[upper.iloc[row]]]}.",
    )  # fmt: skip


def _check_windows(table: TypedTable, workers: pd.DataFrame, context: RosterContext, report: Report) -> None:
    earliest, latest = workers["earliest_date"], workers["latest_date"]
    preferred = workers["preferred_date"]
    first, last = pd.Timestamp(context.first), pd.Timestamp(context.last)
    outside = ((earliest > last) | (latest < first)).to_numpy(dtype=bool)
    stated = table.frame["earliest"].notna() & table.frame["latest"].notna()
    reversed_ = ((earliest > latest) & (stated | ~outside)).to_numpy(dtype=bool)
    report.note_rows(
        "E131", table.raw, np.flatnonzero(reversed_), "latest",
        lambda row: f"latest {latest.iloc[row].date()} is before earliest {earliest.iloc[row].date()}.",
    )  # fmt: skip
    misplaced = ((preferred < earliest) | (preferred > latest)).to_numpy(dtype=bool) & ~reversed_ & ~outside
    report.note_rows(
        "E131", table.raw, np.flatnonzero(misplaced), "preferred",
        lambda row: f"preferred {preferred.iloc[row].date()} is not within earliest and latest.",
    )  # fmt: skip
    report.note_rows(
        "W204", table.raw, np.flatnonzero(outside & ~reversed_ & ~table.raw.rejected), "earliest",
        lambda row: f"{earliest.iloc[row].date()} to {latest.iloc[row].date()} lies outside the horizon.",
    )  # fmt: skip


def _check_parties(table: TypedTable, workers: pd.DataFrame, report: Report) -> None:
    shared = workers["party_id"].duplicated(keep=False) & ~table.raw.rejected
    if not shared.any():
        return
    members = workers[shared]
    groups = members.groupby("party_id", sort=False)
    for column, source in (("site_id", "site"), ("boarding_place_id", "boarding_place")):
        expected = groups[column].transform("first")
        differs = np.asarray(members.index[(members[column] != expected).to_numpy(dtype=bool)])
        messages = {
            int(row): f"Party '{workers['party_id'].iloc[row]}' has {_quote(expected.loc[row])} "
            f"and {_quote(workers[column].iloc[row])}."
            for row in differs
        }
        report.note_rows("E132", table.raw, differs, source, messages.__getitem__)


def _quote(value: object) -> str:
    return f"'{value}'" if value else "none"


def _check_minors(table: TypedTable, workers: pd.DataFrame, context: RosterContext, report: Report) -> None:
    age = context.first.year - workers["birth_year"]
    minor = (workers["birth_year"] > 0) & (age < 14)
    if not minor.any():
        return
    adult = (workers["birth_year"] == 0) | (age >= 18)
    guarded = adult.groupby(workers["party_id"]).transform("any")
    alone = np.flatnonzero((minor & ~guarded).to_numpy(dtype=bool) & ~table.raw.rejected)
    report.note_rows(
        "W205", table.raw, alone, "party", "A child younger than 14 without an adult in the party."
    )
