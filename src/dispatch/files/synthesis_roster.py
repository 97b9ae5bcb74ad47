"""The invented roster and its health evidence as tables, one row per worker or paper."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from dispatch.files.synthesis_demand import Ints, Windows, choose_whole_parties
from dispatch.files.synthesis_facts import Evidence, Facts, Roster
from dispatch.files.synthesis_people import make_birth_years, make_documents, make_names, make_phones
from dispatch.files.texts import arrow_of, blank_where, coded_column, factorize, number_column, text_column

Flags = NDArray[np.bool_]
_FIRST_YEAR = 1900
_YEARS = [str(year) for year in range(_FIRST_YEAR, 2101)]
WORKER_COLUMNS = (
    "worker_id", "name", "document", "phone", "sex", "birth_year", "home", "site", "earliest", "preferred", "latest",
    "required_on_post", "party", "all_or_none", "class", "modes", "needs", "payer",
)  # fmt: skip


def make_workers(
    rng: np.random.Generator, roster: Roster, scale: float, party: Ints, windows: Windows
) -> pd.DataFrame:
    """Roster rows; ``party`` and ``windows`` have one entry per worker. ``home`` and ``site`` are left empty."""
    count = len(party)
    women = rng.random(count) < roster.women_share
    minor = _choose_minors(rng, party, round(roster.minors * scale))
    year = roster.first_service_date.year
    birth_year = np.where(minor, year - rng.integers(3, 14, count), make_birth_years(rng, count, year))
    documents = make_documents(rng, birth_year, women, roster.document_missing_share)
    whole = np.bincount(party, weights=minor, minlength=1)[party] > 0 if count else minor
    sizes = np.bincount(party) if count else np.zeros(0, dtype=np.int64)
    width = max(4, len(str(count)))
    later = np.where(windows.preferred > windows.earliest, windows.preferred, -1)
    frame = pd.DataFrame(
        {
            "worker_id": number_column(roster.id_prefix, np.arange(1, count + 1), width),
            "name": make_names(rng, party, women),
            "document": documents,
            "phone": make_phones(count),
            "sex": coded_column(women.astype(np.int8), ["M", "F"]),
            "birth_year": coded_column(birth_year - _FIRST_YEAR, _YEARS),
            "home": "",
            "site": "",
            "earliest": _date_words(roster, windows.earliest),
            "preferred": _date_words(roster, later),
            "latest": _date_words(roster, windows.latest),
            "required_on_post": _date_words(roster, windows.required),
            "party": _number_parties(roster, party, sizes, width),
            "all_or_none": coded_column(whole.astype(np.int8), ["", "yes"]),
            "class": _choose_classes(rng, roster, scale, party, ~minor),
            "modes": _choose_modes(rng, roster, party),
            "needs": _choose_needs(rng, roster, count),
            "payer": coded_column(np.zeros(count, dtype=np.int8), [roster.payer]),
        }
    )
    return frame[list(WORKER_COLUMNS)]


def _number_parties(roster: Roster, party: Ints, sizes: Ints, width: int) -> pd.Series:
    """Party ids of the people of parties of two and more; the others have none."""
    numbered = number_column(f"{roster.id_prefix}P", party + 1, width)
    return text_column(blank_where(arrow_of(numbered), sizes[party] == 1))


def _choose_minors(rng: np.random.Generator, party: Ints, wanted: int) -> Flags:
    """The last members of randomly chosen parties of three or more: never the first two, who are adults."""
    minor = np.zeros(len(party), dtype=bool)
    if wanted:
        sizes = np.bincount(party)
        last = np.cumsum(sizes) - 1
        candidates = last[sizes >= 3]
        minor[rng.permutation(candidates)[:wanted]] = True
    return minor


def _choose_classes(
    rng: np.random.Generator, roster: Roster, scale: float, party: Ints, adult: Flags
) -> pd.Series:
    classes = np.zeros(len(party), dtype=np.int8)
    for number, people in enumerate(roster.priority.values(), start=1):
        classes[choose_whole_parties(rng, party, adult & (classes == 0), round(people * scale))] = number
    return coded_column(classes, ["", *roster.priority])


def _choose_modes(rng: np.random.Generator, roster: Roster, party: Ints) -> pd.Series:
    """Accepted modes: the same for all members of a party."""
    chances = np.array(list(roster.modes.values()), dtype=float)
    parties = int(party.max()) + 1 if len(party) else 0
    drawn = rng.choice(len(chances), size=parties, p=chances / chances.sum())
    return coded_column(drawn[party], list(roster.modes))


def _choose_needs(rng: np.random.Generator, roster: Roster, count: int) -> pd.Series:
    needs = np.zeros(count, dtype=np.int8)
    for number, share in enumerate(roster.needs.values(), start=1):
        needs[(rng.random(count) < share) & (needs == 0)] = number
    return coded_column(needs, ["", *roster.needs])


def _date_words(roster: Roster, days: Ints) -> pd.Series:
    """ISO dates of days after the first service date; empty for negative ones."""
    first = roster.first_service_date
    shown = [(first + timedelta(days=day)).isoformat() for day in range(int(days.max(initial=-1)) + 1)]
    return coded_column(np.maximum(days, -1) + 1, ["", *shown])


def make_health(
    rng: np.random.Generator, facts: Facts, scale: float, workers: pd.DataFrame, party: Ints
) -> pd.DataFrame:
    """Evidence rows, kind after kind. People not cleared hold none or a bad result; incomplete papers lack
    their signatures and seals or are still pending."""
    count = len(workers)
    everyone = np.ones(count, dtype=bool)
    held_back = choose_whole_parties(rng, party, everyone, round(facts.health.not_cleared * scale))
    incomplete = choose_whole_parties(rng, party, ~held_back, round(facts.health.incomplete * scale))
    bad = held_back & (rng.random(count) < 0.3)
    earliest = _read_days(workers["earliest"])
    ids = arrow_of(workers["worker_id"])
    pieces = [
        _make_evidence(rng, evidence, ids, earliest, bad, incomplete, ~held_back | bad)
        for evidence in facts.health.evidence
    ]
    return pieces[0] if len(pieces) == 1 else pd.concat(pieces, ignore_index=True)


def _read_days(dates: pd.Series) -> Ints:
    """Days after 1970-01-01 of a column of ISO dates."""
    codes, texts = factorize(dates)
    days: Ints = np.array(texts, dtype="datetime64[D]").astype(np.int64)[codes]
    return days


def _day_words(days: Ints) -> pd.Series:
    """ISO dates of days after 1970-01-01."""
    different, codes = np.unique(days, return_inverse=True)
    return coded_column(codes, different.astype("datetime64[D]").astype(str).tolist())


def _make_evidence(
    rng: np.random.Generator, evidence: Evidence, ids: pa.Array, earliest: Ints,
    bad: Flags, incomplete: Flags, holds: Flags,
) -> pd.DataFrame:  # fmt: skip
    count = len(ids)
    fewest, most = evidence.days_before
    day = earliest - rng.integers(fewest, most + 1, count)
    verified = rng.random(count) < evidence.verified_share
    rows = np.repeat(np.flatnonzero(holds), evidence.readings)
    back = np.tile(np.arange(evidence.readings)[::-1], int(holds.sum()))
    lacking = incomplete[rows].astype(np.int8)
    pending = lacking * (evidence.signatures == 0)
    once = np.zeros(len(rows), dtype=np.int8)
    until = _day_words(day[rows] + (evidence.valid_days or 1) - 1)
    return pd.DataFrame(
        {
            "worker_id": text_column(ids.take(pa.array(rows))),
            "kind": coded_column(once, [evidence.kind]),
            "date": _day_words(day[rows] - back),
            "result": coded_column(np.where(bad[rows], 2, pending), ["ok", "pending", "bad"]),
            "issuer": coded_column(once, [evidence.issuer]),
            "signatures": _count_words(lacking, evidence.signatures),
            "seals": _count_words(lacking, evidence.seals),
            "valid_until": until if evidence.valid_days else coded_column(once, [""]),
            "verified": coded_column(verified[rows].astype(np.int8), ["no", "yes"]),
        }
    )


def _count_words(lacking: NDArray[np.int8], full: int) -> pd.Series:
    """``full`` signatures or seals, half of them (rounded down) on papers that lack some."""
    half = full // 2
    return coded_column(lacking, [str(full), str(half)]) if full else coded_column(lacking * 0, ["0"])
