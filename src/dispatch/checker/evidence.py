"""The checker's own reading of health evidence: what a destination demands and which days a worker's papers cover.

Where the text is silent it is mild: readings dated on the day of travel count, and one piece may take over from another
on the way. Results other than ``ok`` count for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from dispatch.checker.people import list_days
from dispatch.model.policy import EvidenceRequirement
from dispatch.model.scenario import Scenario

NEVER = 10**6


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence; days after the horizon's first date."""

    kind: str
    day: int
    result: str
    signatures: int
    seals: int
    until: int
    verified: bool


class Evidence:
    """All health evidence of a scenario by worker."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._pieces: dict[str, list[Piece]] = defaultdict(list)
        frame, first = scenario.health, scenario.first_date
        days = list_days(frame["date"], first)
        untils = list_days(frame["valid_until"], first)
        names = ("worker_id", "kind", "result", "signatures", "seals", "verified")
        rows = zip(*(frame[name].tolist() for name in names), strict=True)
        for (worker, kind, result, signatures, seals, verified), day, until in zip(
            rows, days, untils, strict=True
        ):
            if day is not None:
                last = NEVER if until is None else until
                self._pieces[worker].append(Piece(kind, day, result, signatures, seals, last, verified))

    def has_doubtful_result(self, worker: str) -> bool:
        """True where some result is bad or pending."""
        return any(piece.result != "ok" for piece in self._pieces.get(worker, ()))

    def list_demands(self, region_id: str, day: int) -> tuple[EvidenceRequirement, ...]:
        """What the rule in force for a destination region on a day demands."""
        name = self._find_rule(region_id, day)
        rule = self._scenario.policy.entry_rules.get(name)
        return rule.requirements if rule else ()

    def find_missing(
        self, worker: str, region_id: str, from_day: int, to_day: int, *, strict: bool = False
    ) -> str:
        """Kind of evidence that fails to cover some day from ``from_day`` to ``to_day``; empty = all covered.

        ``strict``: readings must be dated before ``from_day`` and all of them cover every day.
        """
        pieces = self._pieces.get(worker, [])
        for demand in self.list_demands(region_id, to_day):
            fitting = [piece for piece in pieces if _fits(piece, demand)]
            if strict and demand.min_readings > 1:
                fitting = [
                    piece for piece in fitting if piece.day < from_day and _covers(piece, demand, to_day)
                ]
            readings = {piece.day for piece in fitting if piece.day <= from_day}
            if len(readings) < demand.min_readings:
                return demand.kind
            for day in range(from_day, to_day + 1):
                if not any(_covers(piece, demand, day) for piece in fitting):
                    return demand.kind
        return ""

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


def _fits(piece: Piece, demand: EvidenceRequirement) -> bool:
    return (
        piece.kind == demand.kind
        and piece.result == "ok"
        and piece.signatures >= demand.signatures
        and piece.seals >= demand.seals
        and (piece.verified or not demand.verified_only)
    )


def _covers(piece: Piece, demand: EvidenceRequirement, day: int) -> bool:
    start = piece.day + (1 if demand.from_day_after else 0)
    end = piece.until if demand.valid_days is None else min(piece.until, start + demand.valid_days - 1)
    return start <= day <= end
