"""One worker at a time: dates as day numbers, accepted modes, and reasons that need no look at the party."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

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

#: Words made for the rows they are needed for.
Wording = Callable[[pd.DataFrame], list[str]]


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
    places, sites = scenario.geography.places, scenario.geography.sites
    opens = {i: (site.opens_on - scenario.first_date).days for i, site in sites.items()}
    people["opens"] = people["site_id"].map(opens).fillna(0).to_numpy(np.int64)
    seeking = people["site_id"] == ""
    no_home = ~people["boarding_place_id"].isin(list(places))
    no_gate = ~people["site_id"].isin([i for i, site in sites.items() if site.place_id in places])
    refused = people["site_id"].isin([i for i, site in sites.items() if not site.accepted])
    late = people["opens"] > (scenario.last_date - scenario.first_date).days + LONGEST_JOURNEY_DAYS
    no_mode = ~people[list(Mode)].any(axis=1)
    step = "match the worker with a vacancy or find local work"
    mark(people, seeking, Reason.SEEKING, "no employer is named", step)
    step = "give the place where the worker boards"
    mark(people, no_home, Reason.UNKNOWN_PLACE, "home and boarding place are unknown", step)
    mark(
        people, no_gate, Reason.UNKNOWN_PLACE, "the employer's gate is unknown", "give the place of the site"
    )
    mark(
        people,
        refused,
        Reason.SITE_CLOSED,
        "the employer is not accepted",
        "ask for the employer's acceptance",
    )
    words = _name_days("the employer opens only on {opens}", scenario.first_date)
    mark(people, late, Reason.SITE_CLOSED, words, "plan the worker for a later horizon")
    mark(
        people, people["not_cleared"], Reason.NOT_CLEARED, _quote_missing(""), _quote_missing("get or mend: ")
    )
    step = "agree on another mode with the worker"
    mark(people, no_mode, Reason.NO_MODE, "special needs exclude every accepted mode", step)
    mark_empty_windows(people, scenario.first_date)


def mark_empty_windows(frame: pd.DataFrame, first_date: date) -> None:
    """Give ``window_empty`` to the rows (people or parties) whose dates leave no service date."""
    step = "widen the dates wanted or the horizon"
    words = _name_days("no wanted date lies in the horizon (from {earliest}, until {latest})", first_date)
    mark(frame, frame["earliest"] > frame["latest"], Reason.WINDOW_EMPTY, words, step)
    unclear = (frame["clear_from"] > frame["latest"]) | (frame["clear_until"] < frame["earliest"])
    unclear |= frame["clear_from"] > frame["clear_until"]
    mark(frame, unclear, Reason.WINDOW_EMPTY, "the papers hold on no wanted date", "renew the papers")
    late = frame["arrive_by"] < frame[["earliest", "opens", "clear_from"]].max(axis=1)
    words = _name_days("required on post by {arrive_by}, before arrival is possible", first_date)
    mark(frame, late, Reason.WINDOW_EMPTY, words, "agree on a later date with the employer")
    closed = frame["opens"] > frame["latest"] + LONGEST_JOURNEY_DAYS
    words = _name_days("the employer opens only on {opens}", first_date)
    mark(frame, closed, Reason.WINDOW_EMPTY, words, step)


def mark(
    frame: pd.DataFrame, which: pd.Series, reason: Reason, detail: str | Wording, next_step: str | Wording
) -> None:
    """Give reason and words to those rows of ``which`` that have none yet."""
    chosen = which.to_numpy(bool) & (frame["reason"] == "").to_numpy(bool)
    if not chosen.any():
        return
    rows = frame[chosen]
    frame.loc[chosen, "reason"] = str(reason)
    frame.loc[chosen, "detail"] = detail if isinstance(detail, str) else detail(rows)
    frame.loc[chosen, "next_step"] = next_step if isinstance(next_step, str) else next_step(rows)


def _name_days(pattern: str, first_date: date) -> Wording:
    """Words with dates in place of the day numbers of the columns named in ``pattern``."""

    def name(rows: pd.DataFrame) -> list[str]:
        columns = [name for name in ("earliest", "latest", "arrive_by", "opens") if f"{{{name}}}" in pattern]
        days = zip(*(rows[column].tolist() for column in columns), strict=True)
        return [
            pattern.format(**{c: first_date + timedelta(days=d) for c, d in zip(columns, row, strict=True)})
            for row in days
        ]

    return name


def _quote_missing(before: str) -> Wording:
    return lambda rows: [before + words for words in rows["missing"]]
