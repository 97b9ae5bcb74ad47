"""What makes a piece of evidence count: one requirement = one small function, and the words for what is missing.

``Evidence`` is the health table as parallel arrays. Each ``has_*``/``is_*`` function answers for every piece at once;
``make_requirement_windows`` turns the pieces that count into the days on which a requirement is met.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dispatch.clearance.intervals import ALWAYS, FOREVER, IntArray, Intervals, merge
from dispatch.model.policy import EvidenceRequirement

BoolArray = NDArray[np.bool_]

#: Names of kinds of evidence for coordinators; other kinds show with spaces for underscores.
KIND_NAMES = {
    "certificate": "health certificate",
    "temperature_log": "temperature log",
    "nucleic_test": "nucleic acid test",
    "chest_exam": "chest examination",
    "blood_test": "blood test",
    "health_code": "health code",
}

#: Day of an undated piece.
UNDATED = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Pieces of evidence as parallel arrays. Days count from 1970-01-01; ``until`` FOREVER = none printed.

    ``void_until``: the last day with a bad result of the same worker and kind; a piece counts only after it
    (ALWAYS = never a bad one).
    """

    who: IntArray
    kind: NDArray[np.object_]
    day: IntArray
    result: NDArray[np.object_]
    signatures: IntArray
    seals: IntArray
    until: IntArray
    verified: BoolArray
    void_until: IntArray

    def take(self, chosen: BoolArray | IntArray) -> Evidence:
        """Pieces picked by a mask or by positions."""
        return Evidence(**{name: getattr(self, name)[chosen] for name in self.__slots__})


def find_owners(health: pd.DataFrame, worker_ids: pd.Series) -> NDArray[np.int32]:
    """Position in ``worker_ids`` of the worker of each row of the health table; -1 where there is none."""
    known, asked = (_arrow_of(ids) for ids in (worker_ids, health["worker_id"]))
    found = pc.index_in(asked, value_set=known).fill_null(-1)
    owners: NDArray[np.int32] = found.to_numpy(zero_copy_only=False).astype(np.int32)
    return owners


def _arrow_of(ids: pd.Series) -> pa.Array:
    array = pa.array(ids.astype("string"), from_pandas=True)
    return (array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array).cast(pa.large_string())


def make_evidence(health: pd.DataFrame, who: NDArray[np.int32]) -> Evidence:
    """Evidence of rows of the health table; ``who`` numbers the worker of each row, and -1 leaves the row out."""
    known = who >= 0
    if not known.all():
        health, who = health[known], who[known]
    numbers = who.astype(np.int64)
    kind, result = health["kind"].to_numpy(dtype=object), health["result"].to_numpy(dtype=object)
    day = day_numbers(health["date"], UNDATED)
    return Evidence(
        who=numbers,
        kind=kind,
        day=day,
        result=result,
        signatures=health["signatures"].to_numpy(np.int64),
        seals=health["seals"].to_numpy(np.int64),
        until=day_numbers(health["valid_until"], FOREVER),
        verified=health["verified"].to_numpy(bool),
        void_until=_find_last_bad_day(numbers, kind, day, result == "bad"),
    )


def number_alike(evidence: Evidence) -> IntArray:
    """A number per piece; pieces that differ only in whose they are have the same one."""
    fields = [name for name in Evidence.__slots__ if name != "who"]
    columns = {name: pd.factorize(getattr(evidence, name))[0] for name in fields}
    numbers = pd.DataFrame(columns).groupby(fields, sort=False).ngroup()
    return numbers.to_numpy().astype(np.int64)


def day_numbers(dates: pd.Series, empty: int) -> IntArray:
    """Days after 1970-01-01 of a column of dates, ``empty`` where there is none."""
    days = dates.to_numpy("datetime64[D]")
    return np.where(np.isnat(days), empty, days.astype(np.int64))


def _find_last_bad_day(who: IntArray, kind: NDArray[np.object_], day: IntArray, bad: BoolArray) -> IntArray:
    if not bad.any():
        return np.full(len(who), ALWAYS - 1)
    codes, _ = pd.factorize(kind)
    key = who * (codes.max() + 1) + codes
    last = pd.Series(day[bad]).groupby(key[bad]).max()
    return last.reindex(key).fillna(ALWAYS - 1).to_numpy(np.int64)


# --- one requirement, one function -------------------------------------------------------------


def is_good(pieces: Evidence) -> BoolArray:
    """Result is ok and no bad result of this kind came on the same day or later."""
    return np.asarray((pieces.result == "ok") & (pieces.day > pieces.void_until))


def has_signatures(pieces: Evidence, requirement: EvidenceRequirement) -> BoolArray:
    """At least the demanded number of signatures."""
    return pieces.signatures >= requirement.signatures


def has_seals(pieces: Evidence, requirement: EvidenceRequirement) -> BoolArray:
    """At least the demanded number of seals."""
    return pieces.seals >= requirement.seals


def is_verified_enough(pieces: Evidence, requirement: EvidenceRequirement) -> BoolArray:
    """Verified, where the rule takes no declarations."""
    return pieces.verified | (not requirement.verified_only)


def is_dated(pieces: Evidence) -> BoolArray:
    """Bears a date: from it validity is counted, so an undated piece counts for nothing."""
    return np.asarray(pieces.day != UNDATED)


def make_validity(pieces: Evidence, requirement: EvidenceRequirement) -> Intervals:
    """Days each piece covers: from its date, or the day after, for ``valid_days`` days, at most to its printed end.

    ``valid_days`` 3 dated 1 March: 1 to 3 March; with ``from_day_after``: 2 to 4 March.
    """
    start = pieces.day + int(requirement.from_day_after)
    end = pieces.until
    if requirement.valid_days is not None:
        end = np.minimum(end, start + requirement.valid_days - 1)
    return Intervals(pieces.who, start, end)


def require_readings(pieces: Evidence, spans: Intervals, least: int) -> Intervals:
    """Days on which ``least`` readings of different dates hold, counted from the day after the last of them."""
    order = np.lexsort((spans.end, pieces.day, pieces.who))
    spans, day = spans.take(order), pieces.day[order]
    different = np.append((spans.who[1:] != spans.who[:-1]) | (day[1:] != day[:-1]), True)
    spans, day = spans.take(different), day[different]
    count = max(0, len(day) - least + 1)
    same_worker = spans.who[:count] == spans.who[least - 1 :]
    end = spans.end[:count].copy()
    for shift in range(1, least):
        end = np.minimum(end, spans.end[shift : shift + count])
    return Intervals(spans.who[:count], day[least - 1 :] + 1, end).take(same_worker)


# --- all of one requirement --------------------------------------------------------------------


def find_countable(pieces: Evidence, requirement: EvidenceRequirement) -> BoolArray:
    """Pieces (of the requirement's kind) that count for it, whatever the day."""
    return (
        is_good(pieces)
        & has_signatures(pieces, requirement)
        & has_seals(pieces, requirement)
        & is_verified_enough(pieces, requirement)
        & is_dated(pieces)
    )


def make_requirement_windows(evidence: Evidence, requirement: EvidenceRequirement) -> Intervals:
    """Disjoint spans of days on which each worker meets a requirement."""
    pieces = evidence.take(evidence.kind == requirement.kind)
    pieces = pieces.take(find_countable(pieces, requirement))
    spans = make_validity(pieces, requirement)
    if requirement.min_readings > 1 and len(pieces.who):
        spans = require_readings(pieces, spans, requirement.min_readings)
    return merge(spans)


def describe_missing(pieces: Evidence, requirement: EvidenceRequirement, wanted: tuple[int, int]) -> str:
    """What one worker lacks for one requirement, in words, e.g. ``health certificate: 2 of 3 signatures``.

    ``pieces`` are that worker's of the requirement's kind, ``wanted`` the first and last day wanted. Empty when the
    requirement alone is met on some wanted day.
    """
    windows = make_requirement_windows(pieces, requirement)
    if bool(((windows.start <= wanted[1]) & (windows.end >= wanted[0])).any()):
        return ""
    name = name_kind(requirement.kind)
    if not len(pieces.who):
        return f"{name}: none on record"
    good = pieces.take(is_good(pieces))
    if not len(good.who):
        bad = pieces.day[pieces.result == "bad"]
        return f"{name}: bad result{_on(int(bad.max()))}" if len(bad) else f"{name}: result pending"
    if len(windows.who):
        return f"{name}: {_describe_dates(windows, wanted)}"
    return f"{name}: {_describe_papers(good, requirement)}"


def name_kind(kind: str) -> str:
    """Kind of evidence in words."""
    return KIND_NAMES.get(kind, kind.replace("_", " "))


def _describe_papers(good: Evidence, requirement: EvidenceRequirement) -> str:
    """What the best piece lacks: signatures, seals, verification, a date, or further readings."""
    score = np.minimum(good.signatures, requirement.signatures) + np.minimum(good.seals, requirement.seals)
    best = good.take(np.lexsort((good.day, good.verified, score))[-1:])
    lacks = []
    if not has_signatures(best, requirement)[0]:
        lacks.append(f"{best.signatures[0]} of {requirement.signatures} signatures")
    if not has_seals(best, requirement)[0]:
        lacks.append(f"{best.seals[0]} of {requirement.seals} seals")
    if not is_verified_enough(best, requirement)[0]:
        lacks.append("declared only, not verified")
    if not is_dated(best)[0]:
        lacks.append("not dated")
    if not lacks and requirement.min_readings > 1:
        days = len(np.unique(good.day[find_countable(good, requirement)]))
        lacks.append(f"{days} of {requirement.min_readings} daily readings")
    return ", ".join(lacks) or "expired before it became valid"


def _describe_dates(windows: Intervals, wanted: tuple[int, int]) -> str:
    before = windows.end < wanted[0]
    if before.any():
        return f"valid only until {name_day(int(windows.end[before].max()))}, travel wanted from {name_day(wanted[0])}"
    return f"valid only from {name_day(int(windows.start.min()))}, travel wanted until {name_day(wanted[1])}"


def name_day(day: int) -> str:
    """ISO date of a day number."""
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def _on(day: int) -> str:
    return "" if day == UNDATED else f" on {name_day(day)}"
