"""The invented roster and its health evidence as tables, one row per worker or paper."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dispatch.files.synthesis_demand import Ints, Windows, choose_whole_parties
from dispatch.files.synthesis_facts import Evidence, Facts, Roster
from dispatch.files.synthesis_people import make_birth_years, make_documents, make_names, make_phones

Texts = NDArray[np.object_]
Flags = NDArray[np.bool_]
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
    documents = make_documents(rng, birth_year, women)
    documents[rng.random(count) < roster.document_missing_share] = ""
    whole = np.bincount(party, weights=minor, minlength=1)[party] > 0 if count else minor
    sizes = np.bincount(party) if count else np.zeros(0, dtype=np.int64)
    width = max(4, len(str(count)))
    frame = pd.DataFrame(
        {
            "worker_id": number_texts(roster.id_prefix, np.arange(1, count + 1), width),
            "name": make_names(rng, party, women),
            "document": documents,
            "phone": make_phones(count),
            "sex": np.where(women, "F", "M"),
            "birth_year": birth_year,
            "home": "",
            "site": "",
            "earliest": _date_texts(roster, windows.earliest),
            "preferred": np.where(
                windows.preferred > windows.earliest, _date_texts(roster, windows.preferred), ""
            ),
            "latest": _date_texts(roster, windows.latest),
            "required_on_post": _date_texts(roster, windows.required),
            "party": np.where(sizes[party] > 1, number_texts(f"{roster.id_prefix}P", party + 1, width), ""),
            "all_or_none": np.where(whole, "yes", ""),
            "class": _choose_classes(rng, roster, scale, party, ~minor),
            "modes": _choose_modes(rng, roster, party),
            "needs": _choose_needs(rng, roster, count),
            "payer": roster.payer,
        }
    )
    return frame[list(WORKER_COLUMNS)]


def number_texts(prefix: str, numbers: Ints, width: int) -> Texts:
    """``prefix`` followed by each number, padded with zeros to ``width``."""
    texts: Texts = np.array([f"{prefix}{number:0{width}d}" for number in numbers.tolist()], dtype=object)
    return texts


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
) -> Texts:
    classes = np.full(len(party), "", dtype=object)
    for name, number in roster.priority.items():
        chosen = choose_whole_parties(rng, party, adult & (classes == ""), round(number * scale))
        classes[chosen] = name
    return classes


def _choose_modes(rng: np.random.Generator, roster: Roster, party: Ints) -> Texts:
    """Accepted modes: the same for all members of a party."""
    chances = np.array(list(roster.modes.values()), dtype=float)
    parties = int(party.max()) + 1 if len(party) else 0
    drawn = rng.choice(len(chances), size=parties, p=chances / chances.sum())
    modes: Texts = np.array(list(roster.modes), dtype=object)[drawn[party]]
    return modes


def _choose_needs(rng: np.random.Generator, roster: Roster, count: int) -> Texts:
    needs = np.full(count, "", dtype=object)
    for name, share in roster.needs.items():
        needs[(rng.random(count) < share) & (needs == "")] = name
    return needs


def _date_texts(roster: Roster, days: Ints) -> Texts:
    """ISO dates of days after the first service date; empty for negative ones."""
    first = roster.first_service_date
    shown = [(first + timedelta(days=day)).isoformat() for day in range(int(days.max(initial=-1)) + 1)]
    texts: Texts = np.array([*shown, ""], dtype=object)[np.where(days < 0, -1, days)]
    return texts


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
    earliest = workers["earliest"].to_numpy(dtype="datetime64[D]")
    pieces = [
        _make_evidence(
            rng, evidence, workers["worker_id"].to_numpy(), earliest, bad, incomplete, ~held_back | bad
        )
        for evidence in facts.health.evidence
    ]
    return pd.concat(pieces, ignore_index=True)


def _make_evidence(
    rng: np.random.Generator, evidence: Evidence, ids: Texts, earliest: NDArray[np.datetime64],
    bad: Flags, incomplete: Flags, holds: Flags,
) -> pd.DataFrame:  # fmt: skip
    count = len(ids)
    fewest, most = evidence.days_before
    day = earliest - rng.integers(fewest, most + 1, count).astype("timedelta64[D]")
    verified = rng.random(count) < evidence.verified_share
    until = day + np.timedelta64((evidence.valid_days or 1) - 1, "D")
    rows = np.repeat(np.flatnonzero(holds), evidence.readings)
    back = np.tile(np.arange(evidence.readings)[::-1], int(holds.sum())).astype("timedelta64[D]")
    lacking = incomplete[rows]
    return pd.DataFrame(
        {
            "worker_id": ids[rows],
            "kind": evidence.kind,
            "date": (day[rows] - back).astype(str),
            "result": np.where(
                bad[rows], "bad", np.where(lacking & (evidence.signatures == 0), "pending", "ok")
            ),
            "issuer": evidence.issuer,
            "signatures": np.where(lacking, evidence.signatures // 2, evidence.signatures),
            "seals": np.where(lacking, evidence.seals // 2, evidence.seals),
            "valid_until": until[rows].astype(str) if evidence.valid_days else "",
            "verified": np.where(verified[rows], "yes", "no"),
        }
    )
