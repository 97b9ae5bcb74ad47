"""Column contracts of the big tables: name, dtype, unit and meaning of every column.

A test compares each contract with real frames. Text columns are pandas ``string`` with "" for empty; word columns, whose
few different texts repeat, are ``category`` with the texts sorted (one or two bytes a row instead of twenty);
dates are ``datetime64[s]`` at midnight, NaT for empty; whole numbers are ``int64``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``dtype`` is one of text, word, date, int, bool."""

    name: str
    dtype: str
    meaning: str


PANDAS_DTYPES = {
    "text": "string",
    "word": "category",
    "date": "datetime64[s]",
    "int": "int64",
    "bool": "bool",
}

WORKERS = (
    Column("worker_id", "text", "unique id in the roster"),
    Column("name", "text", "name as written"),
    Column("document", "text", "document number, optional, never shown unmasked"),
    Column("phone", "text", "phone, never shown unmasked"),
    Column("sex", "word", "F, M or empty"),
    Column("birth_year", "int", "year, 0 = unknown"),
    Column("home_place_id", "word", "place of the home"),
    Column(
        "boarding_place_id",
        "word",
        "resolved boarding place: own, else the home's assembly point, else home; empty = unknown",
    ),
    Column("site_id", "word", "site, empty = seeking work or unknown"),
    Column("earliest_date", "date", "first line-haul service date wanted"),
    Column("preferred_date", "date", "preferred service date (= earliest where none was given)"),
    Column("latest_date", "date", "last service date wanted"),
    Column("required_on_post_date", "date", "must have arrived by the end of this date, NaT = none"),
    Column("party_id", "text", "party; a lone worker has their own worker_id here"),
    Column("all_or_none", "bool", "the party travels only whole"),
    Column("priority_class", "word", "class of the unserved penalty, empty = ordinary"),
    Column("modes", "word", "accepted modes joined by |, e.g. bus|train"),
    Column(
        "needs", "word", "special needs joined by |: no_bus, no_charter, no_train, wheelchair, front_seat …"
    ),
    Column("payer_id", "word", "payer group, empty = none"),
    Column("emergency_contact", "text", "name and phone, never shown unmasked"),
    Column("source_row", "int", "1-based row of the input file"),
)

HEALTH = (
    Column("worker_id", "text", "worker"),
    Column("kind", "word", "certificate, temperature_log, nucleic_test, chest_exam, blood_test …"),
    Column("date", "date", "date of the evidence"),
    Column("result", "word", "ok, bad or pending"),
    Column("issuer", "word", "who issued it"),
    Column("signatures", "int", "number of signatures"),
    Column("seals", "int", "number of seals"),
    Column("valid_until", "date", "last valid date printed on it, NaT = none"),
    Column("verified", "bool", "verified rather than declared"),
)

TRAVEL = (
    Column("from_id", "text", "place"),
    Column("to_id", "text", "place"),
    Column("km_tenths", "int", "road distance, tenths of a km"),
    Column("minutes", "int", "driving minutes, whole, rounded up"),
)

CLEARANCE = (
    Column("worker_id", "text", "worker"),
    Column("status", "word", "cleared or not_cleared"),
    Column("valid_from", "date", "first date on which the worker may be under way (first boarding)"),
    Column("valid_until", "date", "last date on which they may still be under way (arrival)"),
    Column("missing", "word", "requirements that are missing, joined by ; (empty when cleared)"),
    Column("rule", "word", "entry rule applied"),
)

PARTIES = (
    Column("party_key", "text", "party_id, or party_id#worker_id where a member was set aside"),
    Column("size", "int", "workers"),
    Column("minors", "int", "members younger than 14 in the horizon's year"),
    Column("boarding_place_id", "word", "boarding place"),
    Column("site_id", "word", "site"),
    Column("earliest", "int", "first service date, days after the horizon's first date"),
    Column("preferred", "int", "preferred service date, days after the horizon's first date"),
    Column("latest", "int", "last service date, days after the horizon's first date"),
    Column("arrive_by", "int", "last arrival date (required on post), days; 100000 = none"),
    Column("clear_from", "int", "first cleared date, days"),
    Column("clear_until", "int", "last cleared date (arrival), days; 100000 = none"),
    Column("modes", "word", "accepted modes after needs, joined by |"),
    Column("priority_class", "word", "dearest class of the members"),
    Column("payer_id", "word", "payer group of the members (of the first)"),
)

OUTCOMES = (
    Column("worker_id", "text", "worker"),
    Column("party_key", "text", "party as planned"),
    Column("status", "text", "itinerary, own_ticket or unserved"),
    Column("batch_id", "text", "batch, empty unless itinerary"),
    Column("service_date", "date", "service date of the line-haul, NaT unless itinerary"),
    Column("mode", "text", "mode of the line-haul, empty unless itinerary"),
    Column("arrive_min", "int", "planning minute of arrival at the gate, 0 unless itinerary"),
    Column("lateness_days", "int", "days from preferred to service date"),
    Column("reason", "text", "reason code of an unserved worker (see Reason)"),
    Column("detail", "text", "the reason in words"),
    Column("next_step", "text", "what would mend it"),
)

RIDES = (
    Column("worker_id", "text", "worker"),
    Column("leg", "int", "1, 2 or 3: order within the itinerary"),
    Column("trip_id", "text", "trip"),
    Column("board_stop", "int", "index of the trip's stop where they board"),
    Column("alight_stop", "int", "index of the trip's stop where they alight"),
    Column("carriage", "int", "carriage number from 1; 0 on coaches"),
    Column("seat", "text", "seat label, e.g. 3A"),
)

CONTRACTS = {
    "workers": WORKERS,
    "health": HEALTH,
    "travel": TRAVEL,
    "clearance": CLEARANCE,
    "parties": PARTIES,
    "outcomes": OUTCOMES,
    "rides": RIDES,
}


def make_frame(contract: tuple[Column, ...], rows: list[dict[str, object]] | None = None) -> pd.DataFrame:
    """Frame with exactly the contract's columns and dtypes, from row dictionaries (default: empty)."""
    return conform(pd.DataFrame(rows or [], columns=[column.name for column in contract]), contract)


def conform(frame: pd.DataFrame, contract: tuple[Column, ...]) -> pd.DataFrame:
    """Frame with the contract's columns, order and dtypes; missing columns are filled with empties."""
    columns = {}
    for column in contract:
        values = (
            frame[column.name] if column.name in frame else pd.Series([None] * len(frame), index=frame.index)
        )
        columns[column.name] = _as_dtype(values, column.dtype)
    return pd.DataFrame(columns, index=frame.index).reset_index(drop=True)


def _as_dtype(values: pd.Series, dtype: str) -> pd.Series:
    if dtype == "text":
        text = values.astype("string")
        return text.fillna("") if text.hasnans else text
    if dtype == "word":
        return as_words(values)
    if values.dtype == PANDAS_DTYPES[dtype]:
        return values
    if dtype == "date":
        return pd.to_datetime(values).astype("datetime64[s]")
    if dtype == "int":
        return pd.to_numeric(values).fillna(0).astype("int64")
    return values.astype("boolean").fillna(False).astype("bool")


def as_words(values: pd.Series) -> pd.Series:
    """Column of words: a category whose texts are sorted and all used, "" for empty cells."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, texts = values.cat.codes.to_numpy(), values.cat.categories.astype(object).tolist()
    else:
        codes, uniques = pd.factorize(values)
        texts = uniques.astype(object).tolist()
    return make_words(codes, [str(text) for text in texts], values.index)


def make_words(
    codes: NDArray[np.integer[Any]], texts: Sequence[str], index: pd.Index | None = None
) -> pd.Series:
    """Column of words from numbers into a list of texts, which may repeat; a negative number is an empty cell."""
    used = np.bincount(codes + 1, minlength=len(texts) + 1)[: len(texts) + 1] > 0
    every = ("", *texts)
    words = sorted({text for text, is_used in zip(every, used.tolist(), strict=True) if is_used})
    number = {word: k for k, word in enumerate(words)}
    small = np.min_scalar_type(-max(1, len(words)))
    recode = np.array([number.get(text, -1) for text in every], dtype=small)
    categories = pd.Index(words, dtype="str")
    column = pd.Categorical.from_codes(recode[codes + 1], categories=categories)
    return pd.Series(column, index=index)
