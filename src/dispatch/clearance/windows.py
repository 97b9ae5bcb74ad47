"""Clearance: from evidence and the destination's dated entry rule to the days on which each worker may be under way.

The entry rule in force at the destination on the day of arrival must be met from first boarding through arrival. So a
span of cleared days lies in one regime (the days on which one rule is in force), or reaches from one into the next when its
days meet both rules. Of several spans the one with most days inside the worker's wanted dates is taken (the earlier on
ties). A worker whose latest result of any kind of evidence is bad is not cleared, whatever the rule demands.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dispatch.clearance.blocks import BLOCK_WORKERS, join_blocks
from dispatch.clearance.intervals import (
    ALWAYS,
    FOREVER,
    IntArray,
    Intervals,
    intersect,
    join,
    make_unlimited,
    pick_longest,
)
from dispatch.clearance.requirements import (
    BoolArray,
    Evidence,
    day_numbers,
    describe_missing,
    find_owners,
    is_good,
    make_evidence,
    make_requirement_windows,
    name_day,
    name_kind,
    number_alike,
)
from dispatch.model.contracts import CLEARANCE, conform
from dispatch.model.geography import Geography
from dispatch.model.policy import Policy
from dispatch.model.scenario import Scenario

#: Entry rules of one destination over time: (first day, last day, rule name), without holes.
Schedule = tuple[tuple[int, int, str], ...]


def make_clearance(scenario: Scenario) -> pd.DataFrame:
    """Clearance of every worker of a scenario, in roster order, under the contract CLEARANCE.

    ``valid_from`` NaT: cleared since ever; ``valid_until`` NaT: without end. ``rule`` is the rule in force at the destination
    on the first wanted day that is cleared. Workers without a known site are held to the default entry rule.
    """
    workers, health = scenario.workers, scenario.health
    owner = find_owners(health, workers["worker_id"])
    blocks = [
        _clear_block(scenario, workers.iloc[start : start + BLOCK_WORKERS], health, owner - start)
        for start in range(0, max(1, len(workers)), BLOCK_WORKERS)
    ]
    return join_blocks(blocks).assign(worker_id=workers["worker_id"].array)


def _clear_block(
    scenario: Scenario, workers: pd.DataFrame, health: pd.DataFrame, owner: NDArray[np.int32]
) -> pd.DataFrame:
    """Clearance of some workers. ``owner``: number of the worker of each health row, out of range = somebody else's."""
    count = len(workers)
    theirs = np.flatnonzero((owner >= 0) & (owner < count))
    rows = health if len(theirs) == len(health) else health.iloc[theirs]
    evidence = make_evidence(rows, owner[theirs])
    schedules, schedule_of = _find_schedules(scenario, workers["site_id"])
    wanted_from, wanted_until = _get_wanted_days(scenario, workers)
    spans = _find_cleared_spans(evidence, schedules, schedule_of, scenario.policy)
    sick = find_latest_bad(evidence, count)
    best = pick_longest(spans.take(~sick[spans.who]), wanted_from, wanted_until)
    valid_from, valid_until = np.full(count, ALWAYS), np.full(count, FOREVER)
    valid_from[best.who], valid_until[best.who] = best.start, best.end
    cleared = np.zeros(count, bool)
    cleared[best.who] = True
    rules = _find_rules_on(np.maximum(wanted_from, valid_from), schedules, schedule_of)
    missing = np.full(count, "", object)
    missing[~cleared] = _describe_missing_of(
        np.flatnonzero(~cleared), evidence, rules, scenario.policy, wanted_from, wanted_until
    )
    frame = pd.DataFrame(
        {
            "worker_id": workers["worker_id"].array,
            "status": np.where(cleared, "cleared", "not_cleared"),
            "valid_from": _as_dates(valid_from, cleared),
            "valid_until": _as_dates(valid_until, cleared),
            "missing": missing,
            "rule": rules,
        }
    )
    return conform(frame, CLEARANCE)


def find_latest_bad(evidence: Evidence, workers: int) -> BoolArray:
    """Which workers have a bad result that no later good one of the same kind has replaced."""
    sick = np.zeros(workers, bool)
    bad = evidence.take(evidence.result == "bad")
    if not len(bad.who):
        return sick
    good = evidence.take(is_good(evidence))
    healed = pd.MultiIndex.from_arrays([good.who, good.kind])
    still_bad = ~pd.MultiIndex.from_arrays([bad.who, bad.kind]).isin(healed)
    sick[bad.who[still_bad]] = True
    return sick


def make_schedule(geography: Geography, region_id: str, default_rule: str) -> Schedule:
    """Entry rules of a destination region over all time; ``default_rule`` where neither it nor a parent names one."""
    changes = {
        dated.from_date for region in geography.get_ancestors(region_id) for dated in region.entry_rules
    }
    days = [date.min, *sorted(changes)]
    starts = [ALWAYS, *(_day_number(day) for day in days[1:])]
    ends = [*(start - 1 for start in starts[1:]), FOREVER]
    names = [_get_rule_name(geography.find_entry_rule(region_id, day), default_rule) for day in days]
    return tuple(zip(starts, ends, names, strict=True))


def _get_rule_name(named: str | None, default_rule: str) -> str:
    return default_rule if named is None else named


def _find_schedules(scenario: Scenario, sites: pd.Series) -> tuple[list[Schedule], IntArray]:
    """Distinct schedules, and for each worker the number of theirs. ``sites``: site of each worker."""
    geography, default = scenario.geography, scenario.policy.default_entry_rule
    codes, site_ids = pd.factorize(sites)
    numbers: dict[Schedule, int] = {}
    of_site = []
    for site_id in site_ids:
        site = geography.sites.get(str(site_id))
        place = geography.places.get(site.place_id) if site else None
        schedule = make_schedule(geography, place.region_id if place else "", default)
        of_site.append(numbers.setdefault(schedule, len(numbers)))
    return list(numbers), np.array(of_site, np.int64)[codes]


def _get_wanted_days(scenario: Scenario, workers: pd.DataFrame) -> tuple[IntArray, IntArray]:
    """First and last wanted day per worker, cut to the horizon where that leaves any."""
    first, last = _day_number(scenario.first_date), _day_number(scenario.last_date)
    earliest = day_numbers(workers["earliest_date"], first)
    latest = day_numbers(workers["latest_date"], last)
    cut_earliest, cut_latest = np.maximum(earliest, first), np.minimum(latest, last)
    inside = cut_earliest <= cut_latest
    return np.where(inside, cut_earliest, earliest), np.where(
        inside, cut_latest, np.maximum(earliest, latest)
    )


def _find_cleared_spans(
    evidence: Evidence, schedules: list[Schedule], schedule_of: IntArray, policy: Policy
) -> Intervals:
    """Spans of cleared days of all workers; those of one worker may overlap."""
    parts = []
    for number, schedule in enumerate(schedules):
        theirs = schedule_of == number
        pieces, members = evidence.take(theirs[evidence.who]), np.flatnonzero(theirs)
        regimes = [
            (first, last, find_rule_spans(pieces, members, name, policy)) for first, last, name in schedule
        ]
        parts.append(chain_regimes(regimes))
    return join(parts)


def chain_regimes(regimes: list[tuple[int, int, Intervals]]) -> Intervals:
    """Spans of days that may hold a whole journey, out of (first day, last day, spans under its rule) of each regime.

    A span that reaches into a later regime holds only days that the later rule covers too: who arrives under it must
    meet it from first boarding on. The span of the earlier regime alone stays beside it.
    """
    found: list[Intervals] = []
    carried = join([])
    for first, last, spans in regimes:
        inside = (spans.start <= last) & (spans.end >= first)
        spans = spans.take(inside)
        start = np.maximum(spans.start, first)
        if len(carried.who):
            at = np.minimum(np.searchsorted(carried.who, spans.who), len(carried.who) - 1)
            goes_on = (spans.start <= first) & (carried.who[at] == spans.who)
            start[goes_on] = np.maximum(carried.start[at], spans.start)[goes_on]
        cut = Intervals(spans.who, start, np.minimum(spans.end, last))
        found.append(cut)
        carried = cut.take(cut.end == last)
    return join(found)


def find_rule_spans(evidence: Evidence, members: IntArray, rule_name: str, policy: Policy) -> Intervals:
    """Spans of days on which each of ``members`` meets one entry rule. A rule nobody defined is never met."""
    if rule_name and rule_name not in policy.entry_rules:
        return join([])
    requirements = policy.entry_rules[rule_name].requirements if rule_name else ()
    if not requirements:
        return make_unlimited(members)
    return intersect([make_requirement_windows(evidence, requirement) for requirement in requirements])


def _find_rules_on(days: IntArray, schedules: list[Schedule], schedule_of: IntArray) -> NDArray[np.object_]:
    """Name of the rule in force on each worker's day."""
    names = np.full(len(days), "", object)
    for number, schedule in enumerate(schedules):
        for first, last, rule_name in schedule:
            names[(schedule_of == number) & (days >= first) & (days <= last)] = rule_name
    return names


def _describe_missing_of(
    uncleared: IntArray,
    evidence: Evidence,
    rules: NDArray[np.object_],
    policy: Policy,
    wanted_from: IntArray,
    wanted_until: IntArray,
) -> list[str]:
    """Words for every worker who is not cleared; workers with the same papers and wishes are looked at once."""
    evidence = evidence.take(np.isin(evidence.who, uncleared))
    codes = number_alike(evidence)
    order = np.lexsort((codes, evidence.who))
    begin = np.searchsorted(evidence.who[order], uncleared, side="left")
    end = np.searchsorted(evidence.who[order], uncleared, side="right")
    known: dict[tuple[bytes, str, int, int], str] = {}
    words = []
    for who, lo, hi in zip(uncleared.tolist(), begin.tolist(), end.tolist(), strict=True):
        wanted = (int(wanted_from[who]), int(wanted_until[who]))
        key = (codes[order[lo:hi]].tobytes(), str(rules[who]), *wanted)
        if key not in known:
            known[key] = _describe_worker(evidence.take(order[lo:hi]), str(rules[who]), policy, wanted)
        words.append(known[key])
    return words


def _describe_worker(pieces: Evidence, rule_name: str, policy: Policy, wanted: tuple[int, int]) -> str:
    """Everything one uncleared worker lacks, joined by ``; ``."""
    if rule_name and rule_name not in policy.entry_rules:
        return f"entry rule {rule_name} is not defined"
    words = _describe_bad_results(pieces)
    for requirement in policy.entry_rules[rule_name].requirements if rule_name else ():
        lack = describe_missing(pieces.take(pieces.kind == requirement.kind), requirement, wanted)
        if lack and lack not in words:
            words.append(lack)
    return "; ".join(words) or "the papers do not hold together on any wanted day"


def _describe_bad_results(pieces: Evidence) -> list[str]:
    bad = pieces.take(pieces.result == "bad")
    healed = set(pieces.kind[is_good(pieces)])
    latest = {kind: int(bad.day[bad.kind == kind].max()) for kind in bad.kind if kind not in healed}
    return [
        f"{name_kind(kind)}: bad result{'' if day == ALWAYS else f' on {name_day(day)}'}"
        for kind, day in latest.items()
    ]


def _as_dates(days: IntArray, cleared: BoolArray) -> NDArray[np.datetime64]:
    limited = cleared & (days > ALWAYS) & (days < FOREVER)
    dates = np.full(len(days), np.datetime64("NaT"), "datetime64[D]")
    dates[limited] = days[limited].astype("datetime64[D]")
    return dates.astype("datetime64[s]")


def _day_number(day: date) -> int:
    return (day - date(1970, 1, 1)).days
