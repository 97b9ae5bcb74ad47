"""One worker at a time: dates as day numbers, accepted modes, and reasons that need no look at the party."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from dispatch.model.plan import Reason
from dispatch.model.scenario import Scenario
from dispatch.model.supply import Mode

#: No last arrival date; no first or last cleared date.
NO_LIMIT_DAYS = 100_000
#: Younger members are minors, who do not travel without an adult of their party.
ADULT_AGE = 14
#: Most days between a service date and arrival that are thought possible when a late opening is judged.
LONGEST_JOURNEY_DAYS = 3


def describe_people(scenario: Scenario, clearance: pd.DataFrame) -> pd.DataFrame:
    """One row per worker with day numbers relative to the horizon, one column per mode, and empty reasons."""
    workers = scenario.workers
    first, last = scenario.first_date, scenario.last_date
    horizon_last = (last - first).days
    party = workers["party_id"].where(workers["party_id"] != "", workers["worker_id"])
    codes, keys = pd.factorize(party)
    people = pd.DataFrame(
        {
            "worker_id": workers["worker_id"].to_numpy(object),
            "party": codes,
            "party_key": np.asarray(keys, object)[codes],
            "boarding_place_id": workers["boarding_place_id"].to_numpy(object),
            "site_id": workers["site_id"].to_numpy(object),
            "earliest": np.maximum(_days_after(workers["earliest_date"], first, 0), 0),
            "latest": np.minimum(_days_after(workers["latest_date"], first, horizon_last), horizon_last),
            "arrive_by": _days_after(workers["required_on_post_date"], first, NO_LIMIT_DAYS),
            "clear_from": _days_after(clearance["valid_from"], first, -NO_LIMIT_DAYS),
            "clear_until": _days_after(clearance["valid_until"], first, NO_LIMIT_DAYS),
            "not_cleared": (clearance["status"] != "cleared").to_numpy(bool),
            "missing": clearance["missing"].to_numpy(object),
            "minor": _find_minors(workers["birth_year"].to_numpy(np.int64), first),
            "all_or_none": workers["all_or_none"].to_numpy(bool),
            "priority_class": workers["priority_class"].to_numpy(object),
            "payer_id": workers["payer_id"].to_numpy(object),
            "reason": "",
            "detail": "",
            "next_step": "",
        }
    )
    people["preferred"] = _days_after(workers["preferred_date"], first, NO_LIMIT_DAYS)
    people["preferred"] = np.where(
        people["preferred"] == NO_LIMIT_DAYS, people["earliest"], people["preferred"]
    )
    for mode in Mode:
        people[mode] = _accept_mode(workers, mode)
    return people


def _days_after(dates: pd.Series, first: date, empty: int) -> np.ndarray:
    days = dates.to_numpy("datetime64[D]")
    return np.where(np.isnat(days), empty, (days - np.datetime64(first)).astype(np.int64))


def _find_minors(birth_year: np.ndarray, first: date) -> np.ndarray:
    """Younger than ``ADULT_AGE`` in the horizon's year; an unknown year (0) is an adult's."""
    return (birth_year > 0) & (first.year - birth_year < ADULT_AGE)


def _accept_mode(workers: pd.DataFrame, mode: Mode) -> np.ndarray:
    """Workers who accept a mode: named among theirs (none named = all) and not excluded by a need."""
    modes, mode_words = pd.factorize(workers["modes"])
    needs, need_words = pd.factorize(workers["needs"])
    accepted = np.array([not words or mode in words.split("|") for words in mode_words], bool)
    excluded = np.array([f"no_{mode}" in words.split("|") for words in need_words], bool)
    return accepted[modes] & ~excluded[needs] if len(workers) else np.empty(0, bool)


def set_aside_alone(people: pd.DataFrame, scenario: Scenario) -> None:
    """Reasons of workers who cannot travel whatever their party does; the first that applies."""
    geography = scenario.geography
    site = {s.id: s for s in geography.sites.values()}
    horizon_last = (scenario.last_date - scenario.first_date).days
    opens = people["site_id"].map({i: (s.opens_on - scenario.first_date).days for i, s in site.items()})
    accepted = people["site_id"].map({i: s.accepted for i, s in site.items()})
    known_gate = people["site_id"].isin([i for i, s in site.items() if s.place_id in geography.places])
    known_home = people["boarding_place_id"].isin(list(geography.places))
    seeking = people["site_id"] == ""
    mark(
        people,
        seeking,
        Reason.SEEKING,
        "no employer named",
        "match the worker with a vacancy or find local work",
    )
    mark(
        people,
        ~known_home,
        Reason.UNKNOWN_PLACE,
        "home and boarding place unknown",
        "give the place where they board",
    )
    mark(
        people,
        ~known_gate,
        Reason.UNKNOWN_PLACE,
        "the employer's gate is unknown",
        "give the place of the site",
    )
    mark(
        people,
        accepted.eq(False),
        Reason.SITE_CLOSED,
        "the employer is not accepted",
        "ask for its acceptance",
    )
    dates = people["site_id"].map({i: s.opens_on.isoformat() for i, s in site.items()})
    mark(
        people,
        opens > horizon_last,
        Reason.SITE_CLOSED,
        "the employer opens on " + dates,
        "travel after the opening",
    )
    mark(people, people["not_cleared"], Reason.NOT_CLEARED, people["missing"], "supply: " + people["missing"])
    no_mode = ~people[list(Mode)].any(axis=1)
    mark(
        people,
        no_mode,
        Reason.NO_MODE,
        "needs exclude every accepted mode",
        "agree on a mode with the worker",
    )
    people["opens"] = opens.fillna(0).to_numpy(np.int64)
    mark_empty_windows(people, scenario.first_date)


def mark_empty_windows(frame: pd.DataFrame, first_date: date) -> None:
    """Give ``window_empty`` to the rows (people or parties) whose dates leave no service date."""
    day = first_date.toordinal()

    def text(days: pd.Series) -> pd.Series:
        return days.map(
            {d: date.fromordinal(day + d).isoformat() for d in days.unique() if abs(d) < NO_LIMIT_DAYS}
        )

    step = "widen the dates wanted or the horizon"
    detail = (
        "no date is wanted that lies in the horizon (from "
        + text(frame["earliest"])
        + ", until "
        + text(frame["latest"])
        + ")"
    )
    mark(frame, frame["earliest"] > frame["latest"], Reason.WINDOW_EMPTY, detail, step)
    unclear = (frame["clear_from"] > frame["latest"]) | (frame["clear_until"] < frame["earliest"])
    unclear |= frame["clear_from"] > frame["clear_until"]
    mark(frame, unclear, Reason.WINDOW_EMPTY, "the papers hold on no wanted date", "renew the papers")
    late = frame["arrive_by"] < frame[["earliest", "opens", "clear_from"]].max(axis=1)
    detail = "required on post by " + text(frame["arrive_by"]) + ", before arrival is possible"
    mark(frame, late, Reason.WINDOW_EMPTY, detail, "agree on a later date with the employer")
    closed = frame["opens"] > frame["latest"] + LONGEST_JOURNEY_DAYS
    mark(frame, closed, Reason.WINDOW_EMPTY, "the employer opens only on " + text(frame["opens"]), step)


def mark(
    frame: pd.DataFrame, which: pd.Series, reason: Reason, detail: str | pd.Series, next_step: str | pd.Series
) -> None:
    """Give reason and words to those rows of ``which`` that have none yet."""
    chosen = which.to_numpy(bool) & (frame["reason"] == "").to_numpy(bool)
    if not chosen.any():
        return
    frame.loc[chosen, "reason"] = str(reason)
    frame.loc[chosen, "detail"] = detail[chosen] if isinstance(detail, pd.Series) else detail
    frame.loc[chosen, "next_step"] = next_step[chosen] if isinstance(next_step, pd.Series) else next_step
