"""The gap by cause, and what one more of a scarce thing would save.

The bound charges every corridor for the coaches it uses, by line and date, and takes off what all coaches there are would bring. So

    cost - bound = idle coaches at their prices + (what corridors pay, coaches charged, - what is proven of them).

*Fleet* is the first summand, computed: coaches that stand idle in the plan although the proof gives them a price. The second is
split in this order, each part limited to what is left: *not closed*, an estimate: where the proof had to scale prices down by a
factor of theta, the full prices would have brought 1 / theta - 1 more; *unserved*, at most: the penalty paid for people
left at home; *routing*, the rest: trips longer, emptier or later than the best patterns, feeders and last miles, what no proof sees.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import timedelta

from dispatch.model.plan import CoachDuty, GapCause, GapShare, Scarce, ShadowPrice, Standing
from dispatch.model.scenario import Scenario
from dispatch.planning.corridor_costs import Decided
from dispatch.units import DAY_MIN

CoachDay = tuple[str, int]
Key = tuple[str, str, str]


def find_causes(
    gap_minor: int, unserved_minor: int, idle_minor: int, not_closed_minor: int
) -> tuple[GapShare, ...]:
    """Shares of a gap, largest first; they add up to it."""
    left = max(0, gap_minor)
    shares = []
    for cause, amount, standing in (
        (GapCause.FLEET, idle_minor, Standing.MEASURED),
        (GapCause.NOT_CLOSED, not_closed_minor, Standing.ESTIMATED),
        (GapCause.UNSERVED, unserved_minor, Standing.AT_MOST),
        (GapCause.ROUTING, left, Standing.REST),
    ):
        taken = min(left, max(0, amount))
        shares.append(GapShare(cause=cause, amount_minor=taken, standing=standing))
        left -= taken
    return tuple(sorted(shares, key=lambda share: -share.amount_minor))


def price_idle_coaches(scenario: Scenario, decided: Decided, prices: Mapping[CoachDay, float]) -> int:
    """What idle coaches of limited lines would bring at the proof's prices, minor units; ``prices`` by line and day."""
    if not prices:
        return 0
    lines = {line.id: line for line in scenario.fleet}
    out = _count_out(scenario, decided.duties)
    total = 0.0
    for (line_id, day), price in prices.items():
        line = lines.get(line_id)
        there = line.find_available(scenario.first_date + timedelta(days=day)) if line else None
        if there is not None:
            total += price * max(0, there - out[line_id, day])
    return round(total)


def _count_out(scenario: Scenario, duties: tuple[CoachDuty, ...]) -> Counter[CoachDay]:
    """Coaches out by line and day; one that does not return is out until the horizon's end."""
    returns = {line.id: line.returns for line in scenario.fleet}
    end = (scenario.last_date - scenario.first_date).days
    out: Counter[CoachDay] = Counter()
    for duty in duties:
        first = duty.pull_out_min // DAY_MIN
        last = max(duty.pull_out_min, duty.pull_in_min - 1) // DAY_MIN
        if not returns.get(duty.fleet_id, True):
            last = max(last, end)
        out.update((duty.fleet_id, day) for day in range(first, last + 1))
    return out


def estimate_not_closed(bounds: Mapping[Key, int], scales: Mapping[Key, float]) -> int:
    """What corridors would have brought more, had their prices not been scaled down: sum of bound × (1 / theta - 1)."""
    return round(
        sum(bound * (1 / scales[key] - 1) for key, bound in bounds.items() if 0 < scales.get(key, 1.0) < 1)
    )


def list_prices(
    scenario: Scenario, coach_prices: Mapping[CoachDay, float], service_prices: Mapping[str, float]
) -> tuple[ShadowPrice, ...]:
    """Shadow prices above 0, coaches by line and date first."""
    departs = {service.id: service.depart_min for service in scenario.services}
    coaches = [
        ShadowPrice(scarce=Scarce.COACH, subject_id=line, date_min=day * DAY_MIN, amount_minor=round(price))
        for (line, day), price in sorted(coach_prices.items())
        if round(price) > 0
    ]
    services = [
        ShadowPrice(
            scarce=Scarce.SERVICE,
            subject_id=service_id,
            date_min=departs[service_id] // DAY_MIN * DAY_MIN,
            amount_minor=round(price),
        )
        for service_id, price in sorted(service_prices.items())
        if round(price) > 0 and service_id in departs
    ]
    return (*coaches, *services)


def group_by_ends(
    by_corridor: Mapping[Key, tuple[int, int]],
) -> dict[tuple[str, str], tuple[int, int]]:
    """(bound, workers) by pickup group and destination area: tier classes of one corridor taken together."""
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for (group, area, _), (bound, workers) in by_corridor.items():
        found[group, area][0] += bound
        found[group, area][1] += workers
    return {key: (bound, workers) for key, (bound, workers) in found.items()}
