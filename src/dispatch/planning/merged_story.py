"""What the plans of parts tell beside trips and people, put together for the whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dispatch.model.plan import GatePoint, ModePrice, Plan, Remedy
from dispatch.model.supply import Mode
from dispatch.planning.remedies import MOST_REMEDIES

Corridor = tuple[str, str]


@dataclass(slots=True)
class MergedStory:
    """Told so far. ``costs``: sum by term; ``penalties``: unserved penalty by priority class."""

    costs: Counter[str] = field(default_factory=Counter)
    penalties: dict[str, int] = field(default_factory=dict)
    points: dict[str, GatePoint] = field(default_factory=dict)
    proposed: set[str] = field(default_factory=set)
    remedies: list[Remedy] = field(default_factory=list)
    mode_prices: dict[Corridor, list[ModePrice]] = field(default_factory=lambda: defaultdict(list))
    interrupted: bool = False

    def add(self, plan: Plan) -> None:
        """Take in the story of a plan. Raises ValueError where its unserved penalty differs from the others'."""
        self.costs.update(plan.costs.terms)
        for name, penalty in plan.unserved_penalty_minor.items():
            if self.penalties.setdefault(name, penalty) != penalty:
                raise ValueError(
                    f"parts disagree about the penalty of class '{name}': {self.penalties[name]} and {penalty}"
                )
        self.points.update(plan.points)
        self.proposed |= {service.id for service in plan.proposed_services}
        self.remedies = _keep_most_useful([*self.remedies, *plan.remedies])
        for price in plan.mode_prices:
            self.mode_prices[price.origin_region_id, price.destination_area].append(price)
        self.interrupted |= plan.interrupted

    def list_mode_prices(self) -> tuple[ModePrice, ...]:
        """One price comparison per corridor, in their order."""
        return tuple(_average(self.mode_prices[key]) for key in sorted(self.mode_prices))


def _keep_most_useful(remedies: Sequence[Remedy]) -> list[Remedy]:
    """The remedies that help most people; of equal ones the cheapest, then by first worker."""
    return sorted(
        remedies,
        key=lambda r: (
            -len(r.worker_ids),
            r.extra_minor is None,
            r.extra_minor or 0,
            min(r.worker_ids, default=""),
            r.change,
        ),
    )[:MOST_REMEDIES]


def _average(prices: Sequence[ModePrice]) -> ModePrice:
    """Comparison over all parts of one corridor: the mode most people use, prices averaged by heads.

    The alternative is the cheapest other mode that any part names.
    """
    if len(prices) == 1:
        return prices[0]
    heads: dict[Mode, int] = defaultdict(int)
    paid: dict[Mode, int] = defaultdict(int)
    others: dict[Mode, int] = {}
    for price in prices:
        heads[price.chosen] += price.workers
        paid[price.chosen] += price.workers * price.chosen_minor_per_head
        known = others.get(price.alternative, price.switch_above_minor_per_head)
        others[price.alternative] = min(known, price.switch_above_minor_per_head)
    chosen = max(sorted(heads), key=lambda mode: heads[mode])
    means = {mode: paid[mode] // max(1, heads[mode]) for mode in heads}
    rest = {mode: price for mode, price in (others | means).items() if mode is not chosen}
    alternative = min(sorted(rest), key=lambda mode: rest[mode])
    return ModePrice(
        origin_region_id=prices[0].origin_region_id,
        destination_area=prices[0].destination_area,
        workers=sum(price.workers for price in prices),
        chosen=chosen,
        chosen_minor_per_head=means[chosen],
        alternative=alternative,
        switch_above_minor_per_head=rest[alternative],
        note=_add_notes(prices),
    )


def _add_notes(prices: Sequence[ModePrice]) -> str:
    """Heads by mode over all parts, as each part notes them (``bus 40, train 3``)."""
    counts: Counter[str] = Counter()
    for price in prices:
        counts.update(_read_note(price.note))
    return ", ".join(f"{mode} {count}" for mode, count in sorted(counts.items()))


def _read_note(note: str) -> Mapping[str, int]:
    words = [part.split() for part in note.split(", ") if part]
    return {mode: int(count) for mode, count in words}
