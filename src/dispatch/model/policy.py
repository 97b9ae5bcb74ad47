"""Rules of a country and year as dated values with their source: the Policy a scenario is planned under."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from dispatch.model.geography import Tier

RuleScalar = Decimal | int | bool | str | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleValue:
    """One value of one rule: what, in force when and for whom, from which text, how sure.

    ``mode`` empty = every mode; ``tier`` None = every tier; ``scope`` is ``all`` or ``intercity`` (trips
    whose first and last stop lie in different prefectures). ``confidence`` is A, B, C or D (see the
    glossary): D is a design inference, never law.
    """

    key: str
    value: RuleScalar
    effective_from: date
    effective_to: date | None = None
    mode: str = ""
    tier: Tier | None = None
    scope: str = "all"
    source: str = ""
    confidence: str = "D"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRequirement:
    """One piece of evidence an entry rule demands.

    ``kind`` is a kind of the health table (e.g. ``certificate``, ``temperature_log``, ``nucleic_test``,
    ``chest_exam``, ``blood_test``). ``valid_days`` None = no expiry of its own; a piece dated *d* then
    covers every moment from *d* (or *d* + 1 with ``from_day_after``) for ``valid_days`` calendar days
    (``valid_days`` 3 from 1 March: 1, 2 and 3 March). A piece's own ``valid_until`` also binds.
    ``signatures`` and ``seals`` are the least numbers demanded; ``min_readings`` counts rows of this
    kind on distinct dates before travel.
    """

    kind: str
    valid_days: int | None = None
    from_day_after: bool = False
    signatures: int = 0
    seals: int = 0
    min_readings: int = 1
    verified_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRule:
    """What a destination demands of a person who enters; empty requirements = nothing."""

    name: str
    requirements: tuple[EvidenceRequirement, ...] = ()
    source: str = ""
    confidence: str = "D"


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverRules:
    """Limits of a driver's work in force for one scenario. Minutes; times of day in minutes.

    ``continuous_*``: driving before a break of ``break_min``; ``halt_*``: hours in which a coach stands,
    from ``halt_from_min`` up to ``halt_until_min`` (equal = no halt). ``halt_exempt_km``: feeder and
    last-mile trips of at most this many one-way km need no halt. ``drivers_by_km``: (one-way loaded km from
    which, least number of drivers), ascending. None = no such limit.
    """

    continuous_day_max_min: int | None = None
    continuous_night_max_min: int | None = None
    break_min: int = 20
    night_from_min: int = 1320
    night_until_min: int = 360
    rolling_24h_max_min: int | None = None
    weekly_max_min: int | None = None
    halt_from_min: int = 0
    halt_until_min: int = 0
    halt_exempt_km: int = 0
    drivers_by_km: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Resolved rule profiles of one scenario.

    ``values`` holds every dated value (overrides come last and win); ``drivers`` the drivers' limits in
    force; ``entry_rules`` the named entry rules. ``default_entry_rule`` applies where no region names one.
    """

    profile_names: tuple[str, ...]
    values: tuple[RuleValue, ...] = ()
    drivers: DriverRules = field(default_factory=DriverRules)
    entry_rules: dict[str, EntryRule] = field(default_factory=dict)
    default_entry_rule: str = ""

    def find_value(
        self, key: str, *, day: date, mode: str = "", tier: Tier | None = None, intercity: bool = True
    ) -> RuleValue | None:
        """Value in force, or None. The last one in ``values`` that matches wins."""
        for rule in reversed(self.values):
            if (
                rule.key == key
                and rule.effective_from <= day
                and (rule.effective_to is None or day <= rule.effective_to)
                and rule.mode in ("", mode)
                and (rule.tier is None or rule.tier == tier)
                and (rule.scope == "all" or intercity)
            ):
                return rule
        return None

    def get_cap_ratio(self, mode: str, tier: Tier, day: date, *, intercity: bool) -> Decimal:
        """Load cap as a share of approved persons (1 where no rule caps it). Key ``load_cap_ratio``."""
        rule = self.find_value("load_cap_ratio", day=day, mode=mode, tier=tier, intercity=intercity)
        return Decimal(str(rule.value)) if rule else Decimal(1)

    def get_flag(self, key: str, day: date, mode: str = "") -> bool:
        """Yes/no value in force (no where unset). Keys ``count_crew_in_cap``, ``registered_end_required``."""
        rule = self.find_value(key, day=day, mode=mode)
        return bool(rule.value) if rule else False

    def get_count(self, key: str, day: date, mode: str, default: int) -> int:
        """Whole number in force. Keys ``blocked_rows``, ``isolation_seats``, ``max_origin_counties``."""
        rule = self.find_value(key, day=day, mode=mode)
        return int(str(rule.value)) if rule else default

    def get_tiers(self, key: str, day: date) -> frozenset[Tier]:
        """Set of tiers in force. Keys ``separated_tiers`` (share no vehicle with any other tier),
        ``no_boarding_tiers`` (nobody boards or alights there)."""
        rule = self.find_value(key, day=day)
        if rule is None or not isinstance(rule.value, tuple):
            return frozenset()
        return frozenset(Tier(name) for name in rule.value)
