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
from dispatch.files.texts import Codes, arrow_of, choose_texts, factorize, fill_words, is_among, text_column
from dispatch.files.typed import TypedTable
from dispatch.model.contracts import WORKERS, conform, make_words
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
    home = _find_places(table, "home", PlaceKind.VILLAGE, context, report)
    own = _find_places(table, "boarding_place", PlaceKind.ASSEMBLY, context, report)
    columns["home_place_id"] = make_words(*home)
    columns["boarding_place_id"] = _choose_boarding(own, home, context.atlas)
    columns["site_id"] = _find_sites(table, context, report)
    columns |= _read_dates(table, context)
    party = arrow_of(frame["party"])
    alone = np.asarray(frame["party"] == "", dtype=bool)
    columns["party_id"] = text_column(choose_texts(alone, arrow_of(frame["worker_id"]), party))
    columns["all_or_none"] = frame["all_or_none"].map(bool)
    columns["priority_class"] = frame["class"]
    columns["modes"] = fill_words(frame["modes"], ALL_MODES)
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
    return workers.iloc[table.good].reset_index(drop=True) if table.raw.rejected.any() else workers


#: Numbers of rows into a list of answers; -1 where there is none.
Answers = tuple[Codes, list[str]]


def _spread(
    cells: pd.Series, find: Callable[[str], str | Trouble]
) -> tuple[Answers, list[tuple[np.ndarray[Any, Any], Trouble]]]:
    """Answers of ``find`` for each distinct text, spread over the rows, and the rows in trouble."""
    codes, texts = factorize(cells)
    used = np.bincount(codes, minlength=len(texts)) > 0 if len(codes) else np.zeros(len(texts), dtype=bool)
    answers = [""] * len(texts)
    troubles = []
    for k in np.flatnonzero(used).tolist():
        found = find(texts[k]) if texts[k] else ""
        if isinstance(found, Trouble):
            troubles.append((np.flatnonzero(codes == k), found))
        else:
            answers[k] = found
    return (codes, answers), troubles


def _find_places(
    table: TypedTable, column: str, kind: PlaceKind, context: RosterContext, report: Report
) -> Answers:
    answers, troubles = _spread(
        table.frame[column], lambda text: context.atlas.find_place(text, kind, "workers")
    )
    for rows, trouble in troubles:
        report.note_rows(trouble.code, table.raw, rows, column, trouble.message)
    return answers


def _choose_boarding(own: Answers, home: Answers, atlas: Atlas) -> pd.Series:
    """Own boarding place, else the assembly point of the home, else the home."""
    places = atlas.places
    assembly = [places[text].assembly_place_id or text if text in places else text for text in home[1]]
    stated = np.array([text != "" for text in own[1]], dtype=bool)
    if not len(own[0]):
        return make_words(own[0], [])
    codes = np.where(stated[own[0]], own[0].astype(np.int64), home[0].astype(np.int64) + len(own[1]))
    return make_words(codes, [*own[1], *assembly])


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
    return make_words(*answers)


def _read_dates(table: TypedTable, context: RosterContext) -> dict[str, pd.Series]:
    dates = {name: table.frame[name] for name in ("earliest", "preferred", "latest", "required_on_post")}
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
    double = np.asarray(upper.duplicated() & (upper != ""), dtype=bool) & ~(wrong & tail)
    firsts = upper[upper.isin(upper[double])].drop_duplicates() if double.any() else upper[:0]
    first = dict(zip(firsts, firsts.index, strict=True))
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
    """Members of a party who differ from its first member in site or boarding place."""
    rows = np.flatnonzero(~table.raw.rejected)
    party = pd.factorize(workers["party_id"].iloc[rows])[0]
    if len(party) == int(party.max(initial=-1)) + 1:
        return
    first = rows[np.unique(party, return_index=True)[1]][party]
    for column, source in (("site_id", "site"), ("boarding_place_id", "boarding_place")):
        codes, texts = factorize(workers[column])
        differs = codes[rows] != codes[first]
        expected = dict(zip(rows[differs].tolist(), codes[first[differs]].tolist(), strict=True))

        def say(
            row: int, codes: Codes = codes, texts: list[str] = texts, expected: dict[int, int] = expected
        ) -> str:
            party_id = workers["party_id"].iloc[row]
            return f"Party '{party_id}' has {_quote(texts[expected[row]])} and {_quote(texts[codes[row]])}."

        report.note_rows("E132", table.raw, rows[differs], source, say)


def _quote(value: object) -> str:
    return f"'{value}'" if value else "none"


def _check_minors(table: TypedTable, workers: pd.DataFrame, context: RosterContext, report: Report) -> None:
    age = context.first.year - workers["birth_year"]
    minor = (workers["birth_year"] > 0) & (age < 14)
    if not minor.any():
        return
    adult = (workers["birth_year"] == 0) | (age >= 18)
    with_adult = workers.loc[adult, "party_id"]
    young = np.flatnonzero(minor.to_numpy(dtype=bool) & ~table.raw.rejected)
    alone = young[~is_among(workers["party_id"].iloc[young], with_adult)]
    report.note_rows(
        "W205", table.raw, alone, "party", "A child younger than 14 without an adult in the party."
    )
