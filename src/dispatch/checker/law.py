"""The checker's own reading of the dated rule values of a policy."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from dispatch.model.geography import Tier
from dispatch.model.policy import RuleScalar, RuleValue


class Law:
    """Rule values in force: of all values that fit the date, mode, tier and scope, the last one listed."""

    def __init__(self, values: tuple[RuleValue, ...]) -> None:
        self._by_key: dict[str, list[RuleValue]] = {}
        for value in values:
            self._by_key.setdefault(value.key, []).append(value)
        self._known: dict[tuple[str, date, str, Tier | None, bool], RuleScalar | None] = {}

    def find(
        self, key: str, day: date, mode: str = "", tier: Tier | None = None, *, intercity: bool = True
    ) -> RuleScalar | None:
        """Value in force on ``day``, or None."""
        question = (key, day, mode, tier, intercity)
        if question not in self._known:
            fitting = [
                value.value
                for value in self._by_key.get(key, ())
                if value.effective_from <= day
                and (value.effective_to is None or value.effective_to >= day)
                and value.mode in {"", mode}
                and value.tier in {None, tier}
                and (intercity or value.scope == "all")
            ]
            self._known[question] = fitting[-1] if fitting else None
        return self._known[question]

    def cap(self, mode: str, tier: Tier, day: date, *, intercity: bool) -> Fraction:
        """Share of the approved persons that may ride, 1 without a rule."""
        value = self.find("load_cap_ratio", day, mode, tier, intercity=intercity)
        return Fraction(1) if value is None else Fraction(str(value))

    def number(self, key: str, day: date, mode: str, default: int) -> int:
        """Whole number in force."""
        value = self.find(key, day, mode)
        return default if value is None else int(str(value))

    def flag(self, key: str, day: date, mode: str) -> bool:
        """Yes/no in force, no without a rule."""
        return bool(self.find(key, day, mode))

    def tiers(self, key: str, day: date) -> frozenset[Tier]:
        """Set of tiers in force, empty without a rule."""
        value = self.find(key, day)
        return frozenset(Tier(name) for name in value) if isinstance(value, tuple) else frozenset()

    def lists(self, key: str) -> list[RuleValue]:
        """Every dated value of a key."""
        return self._by_key.get(key, [])
