"""Two plans side by side: money, proof, vehicles, lateness, and who travels otherwise. Needs the plans alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispatch.files.changes import list_changes
from dispatch.model.lookup import find_rows, take_column
from dispatch.model.plan import Plan
from dispatch.model.supply import Mode
from dispatch.privacy import mask_free_text
from dispatch.render.trip_classes import MAIN_ROLES, count_classes

STATUSES = {"itinerary": "served", "own_ticket": "own ticket", "unserved": "unserved"}
#: What may differ for a worker whom both plans carry, in the order of the table.
KINDS = ("leaves earlier", "leaves later", "other mode", "other companions")
#: Shorter numbers are neither phones nor documents.
_LEAST_DIGITS = 11
CHANGED_COLUMNS = (
    "worker_id", "change", "status_before", "status_after", "date_before", "date_after", "mode_before", "mode_after",
    "trip_before", "trip_after",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFigures:
    """Figures of one plan. Money in minor units; ``coaches`` by vehicle type count duties, ``trips`` are by class."""

    scenario: str
    scenario_hash: str
    changes: tuple[str, ...]
    effort: str
    seed: int
    version: str
    interrupted: bool
    people: Mapping[str, int]
    lateness_days: int
    late_workers: int
    batches: int
    trips: Mapping[str, int]
    coaches: Mapping[str, int]
    trains: int
    aircraft: int
    carriages: int
    terms: Mapping[str, int]
    cash_minor: int
    penalties_minor: int
    total_minor: int
    bound_minor: int | None
    gap_ratio: float | None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two plans compared.

    ``same_scenario``: both were made from the same files and what-if changes. ``changed``: one row per worker of both
    plans for whom something differs (``CHANGED_COLUMNS``, ids masked; the largest changes first). ``counts``: workers by kind of change; who leaves
    on another date by another mode counts in both, and companions are only compared for those who change nothing else.
    """

    before: RunFigures
    after: RunFigures
    same_scenario: bool
    in_both: int
    only_before: int
    only_after: int
    counts: Mapping[str, int]
    changed: pd.DataFrame


def compare_plans(before: Plan, after: Plan) -> Comparison:
    """Comparison of two plans, of one scenario or of two; workers are matched by their ids."""
    both = _match_workers(before, after)
    changed, counts = _find_changed(both)
    return Comparison(
        before=count_run(before),
        after=count_run(after),
        same_scenario=before.scenario_hash == after.scenario_hash,
        in_both=len(both),
        only_before=len(before.outcomes) - len(both),
        only_after=len(after.outcomes) - len(both),
        counts=counts,
        changed=changed,
    )


def count_run(plan: Plan) -> RunFigures:
    """Figures of a plan."""
    status = plan.outcomes["status"].value_counts()
    late = plan.outcomes.loc[plan.outcomes["status"] == "itinerary", "lateness_days"]
    late = late[late > 0]
    modes = Counter(trip.mode for trip in plan.trips if trip.service_id)
    return RunFigures(
        scenario=plan.scenario_name,
        scenario_hash=plan.scenario_hash,
        changes=list_changes(plan.assumptions),
        effort=plan.effort,
        seed=plan.seed,
        version=plan.version,
        interrupted=plan.interrupted,
        people={word: int(status.get(name, 0)) for name, word in STATUSES.items()},
        lateness_days=int(late.sum()),
        late_workers=len(late),
        batches=len(plan.batches),
        trips=count_classes(plan),
        coaches=_count_coaches(plan),
        trains=modes[Mode.TRAIN],
        aircraft=modes[Mode.CHARTER],
        carriages=sum(run.carriages for run in plan.service_runs),
        terms=dict(plan.costs.terms),
        cash_minor=plan.costs.cash_minor,
        penalties_minor=plan.costs.penalties_minor,
        total_minor=plan.costs.total_minor,
        bound_minor=plan.certificate.bound_minor,
        gap_ratio=plan.certificate.gap_ratio,
    )


def _count_coaches(plan: Plan) -> dict[str, int]:
    """Coach duties by name of vehicle type; the requests to carriers name it before the depot."""
    asked: Counter[str] = Counter()
    for request in plan.requests:
        if request.unit == "coaches":
            asked[request.what.rsplit(" · ", 1)[0]] += request.quantity
    rest = len(plan.duties) - sum(asked.values())
    return dict(sorted(asked.items())) | ({"other": rest} if rest > 0 else {})


def _match_workers(before: Plan, after: Plan) -> pd.DataFrame:
    """One row per worker of both plans, with what each plan does with them."""
    one, other = _list_journeys(before), _list_journeys(after)
    rows = find_rows(other["worker_id"], one["worker_id"])
    known = rows >= 0
    left = one[known].reset_index(drop=True)
    right = other.iloc[rows[known]].drop(columns="worker_id").reset_index(drop=True)
    return left.rename(columns=lambda name: name if name == "worker_id" else f"{name}_before").join(
        right.rename(columns=lambda name: f"{name}_after")
    )


def _list_journeys(plan: Plan) -> pd.DataFrame:
    """worker_id, status, date, mode and trip (that of the line-haul, else empty), columns as categories to stay small."""
    main = {trip.id for trip in plan.trips if trip.role in MAIN_ROLES}
    trips = plan.rides["trip_id"].astype("category")
    on_main = np.array([str(trip) in main for trip in trips.cat.categories] or [False])[trips.cat.codes]
    rides = plan.rides[on_main]
    seat = find_rows(rides["worker_id"], plan.outcomes["worker_id"])
    outcomes = plan.outcomes
    return pd.DataFrame(
        {
            "worker_id": outcomes["worker_id"].astype("string"),
            "status": outcomes["status"].astype("string").replace(STATUSES).astype("category"),
            "date": outcomes["service_date"],
            "mode": outcomes["mode"].astype("string").astype("category"),
            "trip": take_column(rides, "trip_id", seat).to_numpy(),
        }
    )


def _find_changed(both: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """(rows that differ, workers by kind of change)."""
    both = both.astype({name: "string" for name in both.columns if not name.startswith(("date", "trip"))})
    travels = (both["status_before"] == "served") & (both["status_after"] == "served")
    status = both["status_before"] != both["status_after"]
    kinds = {
        "leaves earlier": travels & (both["date_after"] < both["date_before"]),
        "leaves later": travels & (both["date_after"] > both["date_before"]),
        "other mode": travels & (both["mode_before"] != both["mode_after"]),
    }
    moved = kinds["leaves earlier"] | kinds["leaves later"] | kinds["other mode"]
    kinds["other companions"] = travels & ~moved & _rides_with_others(both)
    words = pd.Series("", index=both.index, dtype="string")
    words[status] = both["status_before"][status] + " → " + both["status_after"][status]
    counts = {str(word): int(count) for word, count in words[status].value_counts().items()}
    for kind in KINDS:
        words[kinds[kind]] = (words[kinds[kind]] + "; " + kind).str.removeprefix("; ")
        counts[kind] = int(kinds[kind].sum())
    rank = np.select([status, moved], [0, 1], default=2)
    changed = both.assign(change=words, rank=rank)[words != ""].sort_values(
        "rank", kind="stable", ignore_index=True
    )
    hidden = changed["worker_id"].str.count(r"\d") >= _LEAST_DIGITS
    changed.loc[hidden, "worker_id"] = changed.loc[hidden, "worker_id"].map(mask_free_text)
    return changed[list(CHANGED_COLUMNS)], counts


def _rides_with_others(both: pd.DataFrame) -> pd.Series:
    """True for workers whose line-haul vehicle does not carry the same people (of both plans) in both.

    All who ride ``before`` together ride ``after`` together, and nobody else with them, where the people on this pair of
    trips are as many as on either of the two.
    """
    pair = both.groupby(["trip_before", "trip_after"], observed=True)["worker_id"].transform("size")
    ones = (both.groupby(name)["worker_id"].transform("size") for name in ("trip_before", "trip_after"))
    differs = pd.Series(False, index=both.index)
    for size in ones:
        differs |= size != pair
    return differs
