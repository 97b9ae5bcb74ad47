"""The checker's own reading of health evidence: what a destination demands and which days a worker's papers cover.

Where the text is silent it is mild: readings dated on the day of travel count, and one piece may take over from another
on the way. Results other than ``ok`` count for nothing.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from dispatch.checker.columns import (
    NO_DAY,
    Flags,
    Ints,
    bound_slices,
    each_run,
    list_distinct,
    list_runs,
    locate,
    read_days,
    read_flags,
    read_strings,
    read_texts,
    read_whole,
)
from dispatch.checker.people import People
from dispatch.checker.view import View
from dispatch.model.policy import EvidenceRequirement
from dispatch.model.scenario import Scenario

NEVER = 10**6


class Evidence:
    """All health evidence of a scenario, sorted by worker. ``kinds``: every kind of evidence some rule demands."""

    def __init__(self, scenario: Scenario, people: People, county_ids: tuple[str, ...]) -> None:
        self._scenario, self._counties = scenario, county_ids
        frame, first = scenario.health, scenario.first_date
        who, days = locate(read_strings(frame["worker_id"]), people.ids), read_days(frame["date"], first)
        kept = np.flatnonzero((who >= 0) & (days != NO_DAY))
        rows = kept[np.argsort(who[kept], kind="stable")]
        self._who, self._day = who[rows], days[rows]
        self._kind = read_texts(frame["kind"]).take(rows)
        is_ok = read_texts(frame["result"]).take(rows).flag("ok".__eq__)
        self._is_ok = is_ok
        self._signatures, self._seals = (read_whole(frame[name])[rows] for name in ("signatures", "seals"))
        until = read_days(frame["valid_until"], first)[rows]
        self._until = np.where(until == NO_DAY, NEVER, until)
        self._verified = read_flags(frame["verified"])[rows]
        self._starts = bound_slices(self._who, len(people.ids))
        self.has_doubtful_result: Flags = np.zeros(len(people.ids), np.bool_)
        self.has_doubtful_result[self._who[~is_ok]] = True
        demands = [demand for rule in scenario.policy.entry_rules.values() for demand in rule.requirements]
        self.kinds = tuple(dict.fromkeys(demand.kind for demand in demands))
        self._fitting: dict[EvidenceRequirement, Flags] = {}

    def find_missing_of(
        self, who: Ints, counties: Ints, from_days: Ints, to_days: Ints, *, strict: bool = False
    ) -> Ints:
        """For each of some different workers the first kind of evidence that fails to cover some day of their span.

        Parameters
        ----------
        who, counties, from_days, to_days
            Worker, number of the destination's county, first and last day; arrays of one length.
        strict
            Readings must be dated before ``from_days`` and all of them cover the last day.

        Returns
        -------
        array
            Index into ``kinds``, -1 where all is covered.
        """
        missing = np.full(len(who), -1)
        order, starts = list_runs(counties, to_days)
        by_rule: dict[str, list[Ints]] = defaultdict(list)
        for begin, end in each_run(starts):
            first = order[begin]
            by_rule[self._find_rule(self._counties[counties[first]], int(to_days[first]))].append(
                order[begin:end]
            )
        for name, runs in by_rule.items():
            rest = np.concatenate(runs)
            for demand in self._list_requirements(name):
                fails = self._find_failing(demand, who[rest], from_days[rest], to_days[rest], strict)
                missing[rest[fails]] = self.kinds.index(demand.kind)
                rest = rest[~fails]
        return missing

    def is_covered(self, number: int, region_id: str, from_day: int, to_day: int) -> bool:
        """True where one worker's papers cover a span of days, read strictly and without any doubtful result."""
        if self.has_doubtful_result[number]:
            return False
        rows = np.arange(self._starts[number], self._starts[number + 1])
        spans = np.array([from_day]), np.array([to_day])
        for demand in self._list_requirements(self._find_rule(region_id, to_day)):
            fitting = rows[self._list_fitting(demand)[rows]]
            if self._judge(demand, fitting, np.zeros(len(fitting), np.int64), *spans, strict=True)[0]:
                return False
        return True

    def _list_requirements(self, rule_name: str) -> tuple[EvidenceRequirement, ...]:
        rule = self._scenario.policy.entry_rules.get(rule_name)
        return rule.requirements if rule else ()

    def _find_failing(
        self, demand: EvidenceRequirement, who: Ints, from_days: Ints, to_days: Ints, strict: bool
    ) -> Flags:
        slots = np.full(len(self._starts) - 1, -1, np.int32)
        slots[who] = np.arange(len(who), dtype=np.int32)
        rows = np.flatnonzero(self._list_fitting(demand) & (slots[self._who] >= 0))
        return self._judge(demand, rows, slots[self._who[rows]], from_days, to_days, strict=strict)

    def _judge(
        self,
        demand: EvidenceRequirement,
        rows: Ints,
        slots: Ints,
        from_days: Ints,
        to_days: Ints,
        *,
        strict: bool,
    ) -> Flags:
        """Per span: True where the pieces in ``rows``, each belonging to the span ``slots``, do not meet the demand."""
        day = self._day[rows]
        start = day + (1 if demand.from_day_after else 0)
        end = self._until[rows]
        if demand.valid_days is not None:
            end = np.minimum(end, start + demand.valid_days - 1)
        if strict and demand.min_readings > 1:
            last = to_days[slots]
            kept = (day < from_days[slots]) & (start <= last) & (last <= end)
            slots, day, start, end = slots[kept], day[kept], start[kept], end[kept]
        early = day <= from_days[slots]
        (read, _), _ = list_distinct(slots[early], day[early])
        fails = np.bincount(read, minlength=len(from_days)) < demand.min_readings
        for ahead in range(int((to_days - from_days).max(initial=-1)) + 1):
            asked = ~fails & (from_days + ahead <= to_days)
            if not asked.any():
                break
            covered = np.zeros(len(from_days), np.bool_)
            moment = from_days[slots] + ahead
            covered[slots[(start <= moment) & (moment <= end)]] = True
            fails |= asked & ~covered
        return fails

    def _list_fitting(self, demand: EvidenceRequirement) -> Flags:
        """Pieces of the demanded kind, result, signatures, seals and verification."""
        if demand not in self._fitting:
            self._fitting[demand] = (
                self._kind.flag(demand.kind.__eq__)
                & self._is_ok
                & (self._signatures >= demand.signatures)
                & (self._seals >= demand.seals)
                & (self._verified | (not demand.verified_only))
            )
        return self._fitting[demand]

    def _find_rule(self, region_id: str, day: int) -> str:
        regions = self._scenario.geography.regions
        seen: set[str] = set()
        while region_id in regions and region_id not in seen:
            seen.add(region_id)
            dated = [
                (rule.from_date, rule.rule_name)
                for rule in regions[region_id].entry_rules
                if (rule.from_date - self._scenario.first_date).days <= day
            ]
            if dated:
                return max(dated, key=lambda item: item[0])[1]
            region_id = regions[region_id].parent_id
        return self._scenario.policy.default_entry_rule


def get_evidence(view: View) -> Evidence:
    """The evidence of a view's scenario, read once."""
    if view.kept_evidence is None:
        view.kept_evidence = Evidence(view.scenario, view.people, view.county_ids)
    return view.kept_evidence
