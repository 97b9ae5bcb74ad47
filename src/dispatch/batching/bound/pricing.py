"""Pricing: the trip patterns of one corridor that cost least against given prices, or a proof that none costs too little.

A pattern is a line, a date, a skeleton and loads. Its value is what the prices pay for the people aboard. All skeletons
are screened by a bound on the fill (capacity priced by a multiplier), those that survive are filled exactly (people may be
split, seats go to the best paid), the best are refined and filled again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.bound.corridors import BoundCorridor
from dispatch.batching.bound.filling import Filler
from dispatch.batching.bound.fleets import MOST_DATES, Fleets
from dispatch.batching.bound.params import BoundParams
from dispatch.batching.bound.patterns import (
    TOLERANCE,
    Filled,
    Pattern,
    Priced,
    Prices,
    find_best_ratio,
    find_ratios,
)
from dispatch.batching.bound.skeletons import (
    Refiner,
    Tours,
    make_roads,
    make_space,
    make_tours,
    may_reach,
    price_cash,
)
from dispatch.model.scenario import Scenario
from dispatch.model.supply import FleetLine
from dispatch.routing.context import RoutingContext

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
#: Skeletons filled at once; a bound on memory, not on the search.
_BATCH = 300
#: Skeletons filled exactly per line and date before the screening bound is taken as it is.
_MOST_FILLED = 300
#: Patterns taken over at most for one date.
_PER_DATE = 12
#: Skeletons looked at date by date for one line at first; all, once no pattern is found that is far too cheap.
_MOST_NEAR = 800
_COARSE_RATIO = 0.03
_ALL_DATES = np.arange(MOST_DATES + 1, dtype=np.int16)


class Pricer:
    """Prices the patterns of one corridor; remembers its skeletons and what refining showed.

    ``supply``: people of each cell who may travel on each day (K, T); everybody's number on every day where not given.
    """

    def __init__(
        self,
        scenario: Scenario,
        context: RoutingContext,
        fleets: Fleets,
        corridor: BoundCorridor,
        params: BoundParams,
        supply: FloatArray | None = None,
    ) -> None:
        self.supply = (
            np.broadcast_to(corridor.people[:, None], corridor.per_head.shape) if supply is None else supply
        )
        self.context = context
        self.fleets = fleets
        self.corridor = corridor
        self.params = params
        self.space = make_space(corridor, context)
        self.refiner = Refiner(
            self.space, context, scenario.rates, [line.tariff for line in fleets.lines], params.tried_orders
        )
        self._tours: dict[tuple[str, bool], Tours] = {}
        self._allowed: dict[int, NDArray[np.bool_] | None] = {}
        self._room: dict[tuple[int, int], FloatArray] = {}
        self.filler = Filler(self.space)
        self._riders = self._find_riders()
        self._usable = self._find_usable()
        self._most_people = max(
            (int(self._get_room(i, day).max()) for i in self._usable for day in corridor.days), default=0
        )

    def _find_riders(self) -> dict[int, NDArray[np.bool_] | None]:
        """Cells each line may carry (fleet locks); None = all."""
        locks = [cell.fleet_lock for cell in self.corridor.cells]
        if not any(locks):
            return dict.fromkeys(range(len(self.fleets.lines)))
        return {
            i: np.array([lock in ("", line.id) for lock in locks]) for i, line in enumerate(self.fleets.lines)
        }

    def _find_usable(self) -> list[int]:
        """Lines whose coaches reach some boarding place in time."""
        if not np.isfinite(self.corridor.per_head).any():
            return []
        reached = {
            depot: may_reach(
                make_roads(self.context, self.corridor, depot), self.corridor, self.context
            ).any()
            for depot in sorted({line.depot_place_id for line in self.fleets.lines})
        }
        return [i for i, line in enumerate(self.fleets.lines) if reached[line.depot_place_id]]

    def _get_room(self, line: int, day: int) -> FloatArray:
        if (line, day) not in self._room:
            self._room[line, day] = self.fleets.find_room(self.fleets.lines[line], day, self.space)
        return self._room[line, day]

    def get_tours(self, line: FleetLine) -> Tours:
        """Floors of all skeletons for coaches of a line's depot."""
        key = (line.depot_place_id, line.returns)
        if key not in self._tours:
            self._tours[key] = make_tours(self.space, self.context, line)
        return self._tours[key]

    def find_most_room(self, days: Sequence[int]) -> int:
        """Most people any coach can carry in the corridor on some dates, with the fewest drivers any skeleton needs."""
        most = 0
        for i in self._usable:
            tours = self.get_tours(self.fleets.lines[i])
            usable = tours.km < 1 << 40
            if usable.any():
                least = min(int(tours.drivers[usable].min()), 6)
                most = max(most, *(int(self._get_room(i, day)[least]) for day in days))
        return most

    def find_cheapest_seats(self) -> FloatArray:
        """Least cost per head of each cell on a full coach between its own two places (K,)."""
        corridor = self.corridor
        seats = np.full(len(corridor.cells), np.inf)
        for i in self._usable:
            cost = self._find_seats(i) + corridor.per_head
            riders = self._riders[i]
            if riders is not None:
                cost[~riders] = np.inf
            np.minimum(seats, cost.min(axis=1, initial=np.inf), out=seats)
        return seats

    def find_seats_by_day(self) -> FloatArray:
        """Least cost of a seat of a full coach between the two places of each cell by day (K, T)."""
        seats = np.full(self.corridor.per_head.shape, np.inf)
        for i in self._usable:
            np.minimum(seats, self._find_seats(i), out=seats)
        return seats

    def _find_seats(self, line: int) -> FloatArray:
        """Cost of a seat of a full coach of a line between the two places of each cell by day (K, T)."""
        corridor = self.corridor
        tours = self.get_tours(self.fleets.lines[line])
        part = np.s_[: len(corridor.boards), : len(corridor.gates)]
        cash = price_cash(
            self.fleets.lines[line].tariff, tours.km[part], tours.days[part], tours.drivers[part]
        )
        rooms = np.stack([self._get_room(line, day) for day in corridor.days], axis=-1)
        room = rooms[np.minimum(tours.drivers[part], 6)]
        per_seat = np.divide(cash[:, :, None], room, out=np.full(room.shape, np.inf), where=room > 0)
        seats: FloatArray = per_seat[corridor.board_of, corridor.gate_of]
        return seats

    def price(self, prices: Prices, thorough: bool = False) -> Priced:
        """Patterns that cost less than they are worth, and how far prices must come down for there to be none.

        The scale is always valid; unless ``thorough`` it is coarse while patterns are found that are far too cheap.
        """
        found, rest = self._search(prices, None if thorough or self.params.is_compiled else _MOST_NEAR)
        if rest < 1.0 and find_best_ratio(found) < _COARSE_RATIO:
            found, rest = self._search(prices, None)
        for _ in range(3):
            if not self._refine(found):
                break
            found = (
                self._search(prices, None)[0] if self.params.is_compiled else self._fill_again(found, prices)
            )
        scale = min([rest, *(float((each.cost / (each.cost + each.profit)).min()) for each in found)])
        scale /= 1 + 2 * TOLERANCE
        patterns = self._pick(found, prices)
        self.filler.forget()
        return Priced(scale, patterns, is_exact=rest == 1.0 and self._are_refined(found))

    # -- search ------------------------------------------------------------------------------------------

    def _search(self, prices: Prices, most_near: int | None) -> tuple[list[Filled], float]:
        """Filled skeletons with a profit by line and date, and the scale that covers what was not filled."""
        found: list[Filled] = []
        rest = 1.0
        self.filler.forget()
        values = self._find_values(prices)
        for i in self._usable:
            scale = self._search_line(i, prices, values, found, most_near)
            rest = min(rest, scale)
        return found, rest

    def _fill_again(self, found: list[Filled], prices: Prices) -> list[Filled]:
        """The same skeletons with the floors that refining raised; those that lost their profit are dropped."""
        values = self._find_values(prices)
        again: list[Filled] = []
        for each in found:
            line = self.fleets.lines[each.line]
            tours = self.get_tours(line)
            t = self.corridor.days.index(each.day)
            km, days, drivers = (
                tours.km.ravel()[each.at],
                tours.days.ravel()[each.at],
                tours.drivers.ravel()[each.at],
            )
            cost = price_cash(line.tariff, km, days, drivers) + self._find_scarcity(
                each.line, each.day, days, prices
            )
            room = self._get_room(each.line, each.day)[np.minimum(drivers, 6)]
            riders = self._riders[each.line]
            value = values[:, t] if riders is None else values[:, t] * riders
            paid = prices.by_day[t]
            worth = self.filler.fill(tours, each.at, room, value, self.supply[:, t])[0]
            profit = worth + paid - cost
            good = profit > cost * TOLERANCE
            if good.any():
                again.append(Filled(each.line, each.day, each.at[good], cost[good], profit[good]))
        return again

    def _find_values(self, prices: Prices) -> FloatArray:
        """What one more person of a cell on a date pays beyond their own cost (K, T); at least 0."""
        cover = prices.cover if prices.cover.ndim == 2 else prices.cover[:, None]
        values: FloatArray = np.maximum(cover - self.corridor.per_head, 0.0)
        return values

    def _search_line(
        self, line: int, prices: Prices, values: FloatArray, found: list[Filled], most_near: int | None
    ) -> float:
        riders = self._riders[line]
        if riders is not None:
            values = values * riders[:, None]
        rooms = np.stack([self._get_room(line, day) for day in self.corridor.days])
        best = float(
            (
                values.max(axis=0) * np.minimum(rooms.max(axis=1), self.supply.sum(axis=0)) + prices.by_day
            ).max()
        )
        if best <= 0 or best <= self._find_least_cash(line):
            return 1.0
        tours = self.get_tours(self.fleets.lines[line])
        cash = price_cash(self.fleets.lines[line].tariff, tours.km, tours.days, tours.drivers)
        allowed = self._get_allowed(line)
        if allowed is not None:
            cash = np.where(allowed, cash, np.inf)
        near, rest = self._screen(tours, cash, rooms, prices, values, most_near)
        for t, day in enumerate(self.corridor.days):
            rest = min(rest, self._fill_day(line, t, day, near, tours, cash, prices, values[:, t], found))
        return rest

    def _find_least_cash(self, line: int) -> float:
        """Cash no trip of a line in the corridor can undercut."""
        key = (self.fleets.lines[line].depot_place_id, self.fleets.lines[line].returns)
        tariff = self.fleets.lines[line].tariff
        if key not in self._tours:
            return 0.0
        tours = self._tours[key]
        least = np.array([tours.km.min()]), np.array([tours.days.min()]), np.array([tours.drivers.min()])
        return float(price_cash(tariff, *least)[0])

    def _get_allowed(self, line: int) -> NDArray[np.bool_] | None:
        if line not in self._allowed:
            self._allowed[line] = self.fleets.find_allowed(self.fleets.lines[line], self.space)
        return self._allowed[line]

    def _screen(
        self,
        tours: Tours,
        cash: FloatArray,
        rooms: FloatArray,
        prices: Prices,
        values: FloatArray,
        most_near: int | None,
    ) -> tuple[IntArray, float]:
        """(flat positions of skeletons that might have a profit on some date, scale that covers those left out)."""
        best = values.max(axis=1)
        worth = (
            self.filler.bound_fill(
                best, self.supply.max(axis=1), rooms.max(axis=0)[np.minimum(tours.drivers, 6)]
            )
            + prices.by_day.max()
        )
        near: IntArray = np.flatnonzero((worth > cash * (1 + TOLERANCE)).ravel())
        if most_near is None or len(near) <= most_near:
            return near, 1.0
        ratio = cash.ravel()[near] / worth.ravel()[near]
        order = np.argpartition(ratio, most_near)
        return np.sort(near[order[:most_near]]), float(ratio[order[most_near]])

    def _fill_day(
        self,
        line: int,
        t: int,
        day: int,
        near: IntArray,
        tours: Tours,
        cash: FloatArray,
        prices: Prices,
        value: FloatArray,
        found: list[Filled],
    ) -> float:
        """Fill the skeletons left for a date exactly; returns the scale that covers those left unfilled."""
        if not len(near) or max(value.max(initial=0.0), prices.by_day[t]) <= 0:
            return 1.0
        people = self.supply[:, t]
        if self.params.is_compiled:
            filled = self.filler.find_profits(
                tours,
                near,
                cash,
                self._find_scarcity(line, day, _ALL_DATES, prices),
                self._get_room(line, day),
                float(prices.by_day[t]),
                value,
                people,
            )
            if len(filled[0]):
                found.append(Filled(line, day, *filled))
            return 1.0
        cost = cash.ravel()[near] + self._find_scarcity(line, day, tours.days.ravel()[near], prices)
        room = self._get_room(line, day)[np.minimum(tours.drivers.ravel()[near], 6)]
        left, worth = self.filler.bound_fill_at(
            value, people, room, near, cost * (1 + TOLERANCE) - prices.by_day[t]
        )
        at, cost, room, worth = near[left], cost[left], room[left], worth + prices.by_day[t]
        rest = 1.0
        if len(at) > _MOST_FILLED:
            order = np.argsort(-worth / np.maximum(cost, 1e-9), kind="stable")
            rest = float(cost[order[_MOST_FILLED]] / worth[order[_MOST_FILLED]])
            order = order[:_MOST_FILLED]
            at, cost, room = at[order], cost[order], room[order]
        for begin in range(0, len(at), _BATCH):
            part = slice(begin, begin + _BATCH)
            filled = self.filler.fill(tours, at[part], room[part], value, people)[0] + prices.by_day[t]
            profit = filled - cost[part]
            good = profit > cost[part] * TOLERANCE
            if good.any():
                found.append(Filled(line, day, at[part][good], cost[part][good], profit[good]))
        return rest

    def _find_scarcity(self, line: int, day: int, dates: NDArray[np.int16], prices: Prices) -> FloatArray:
        """Scarcity price of a coach for each number of dates away from a day on."""
        row = prices.coach[line, day:] if day >= 0 else np.zeros(1)
        if self.fleets.lines[line].returns:
            total = np.concatenate(([0.0], np.cumsum(row[:MOST_DATES])))
            scarcity: FloatArray = total[np.minimum(dates, MOST_DATES)]
            return scarcity
        to_end = max(self.fleets.last_day + 1 - day, 1)
        return np.full(len(dates), float(row[:to_end].sum()))

    # -- refining and picking ----------------------------------------------------------------------------

    def _refine(self, found: list[Filled]) -> bool:
        """Refine the most profitable skeletons that are not yet; True where some floor rose."""
        ratios: dict[tuple[tuple[str, bool], int], float] = {}
        for each in found:
            line = self.fleets.lines[each.line]
            key = (line.depot_place_id, line.returns)
            ratio = find_ratios(each) * ~self._tours[key].refined.ravel()[each.at]
            best = np.argsort(-ratio, kind="stable")[: self.params.refinements]
            for at, of_it in zip(each.at[best].tolist(), ratio[best].tolist(), strict=True):
                if of_it > 0:
                    ratios[key, at] = max(of_it, ratios.get((key, at), 0.0))
        chosen = sorted(ratios, key=lambda each: (-ratios[each], each))[: self.params.refinements]
        gate_sets = len(self.space.gate_sets.members)
        rose = [
            self.refiner.refine(self._tours[key], *divmod(at, gate_sets), self._most_people)
            for key, at in chosen
        ]
        return any(rose)

    def _are_refined(self, found: list[Filled]) -> bool:
        return all(
            bool(self.get_tours(self.fleets.lines[each.line]).refined.ravel()[each.at].all())
            for each in found
        )

    def _pick(self, found: list[Filled], prices: Prices) -> tuple[Pattern, ...]:
        """Best patterns, spread over lines and dates."""
        values = self._find_values(prices)
        ranked: list[tuple[int, float, Filled, int]] = []
        for each in found:
            ratio = find_ratios(each)
            best = sorted(self._find_diverse(each.at, ratio), key=lambda i: (-float(ratio[i]), i))
            ranked += [(rank, float(ratio[i]), each, i) for rank, i in enumerate(best)]
        if not self.params.is_even:
            ranked = [(0, ratio, each, i) for _, ratio, each, i in ranked]
        ranked.sort(key=lambda item: (item[0], -item[1], item[2].line, item[2].day, int(item[2].at[item[3]])))
        taken: dict[int, int] = defaultdict(int)
        picked = []
        for _, _, each, i in ranked:
            taken[each.day] += 1
            if taken[each.day] <= _PER_DATE:
                picked.append(self._make_pattern(each, i, values))
        return tuple(picked[: self.params.columns_per_round])

    def _find_diverse(self, at: IntArray, ratio: FloatArray) -> list[int]:
        """Positions of the best skeleton for each boarding cluster and each gate cluster it visits."""
        a, b = np.divmod(at, len(self.space.gate_sets.members))
        order = np.argsort(-ratio, kind="stable")
        visits = np.concatenate(
            (self.space.board_sets.inside[a[order]], self.space.gate_sets.inside[b[order]]), axis=1
        )
        visited = visits.any(axis=0)
        return sorted({int(order[i]) for i in visits.argmax(axis=0)[visited]})

    def _make_pattern(self, each: Filled, i: int, values: FloatArray) -> Pattern:
        line = self.fleets.lines[each.line]
        tours = self.get_tours(line)
        at = each.at[i : i + 1]
        t = self.corridor.days.index(each.day)
        value = values[:, t]
        riders = self._riders[each.line]
        if riders is not None:
            value = value * riders
        drivers = np.minimum(tours.drivers.ravel()[at], 6)
        room = self._get_room(each.line, each.day)[drivers]
        _, loads, cells = self.filler.fill(tours, at, room, value, self.supply[:, t])
        a, b = divmod(int(at[0]), len(self.space.gate_sets.members))
        km, days = tours.km[a, b], int(tours.days[a, b])
        cash = float(
            price_cash(line.tariff, np.array([km]), tours.days[a, b : b + 1], tours.drivers[a, b : b + 1])[0]
        )
        extra = tours.extra[int(tours.extra_of[a, b])]
        kept = [(int(cell), float(load)) for cell, load in zip(cells, loads[0], strict=True) if load > 1e-9]
        people = sum(
            load
            * (
                self.corridor.per_head[cell, t]
                + extra[self.corridor.board_of[cell], self.corridor.gate_of[cell]]
            )
            for cell, load in kept
        )
        last = each.day + days if line.returns else max(self.fleets.last_day + 1, each.day + days)
        return Pattern(
            line=each.line, day=each.day, board_set=a, gate_set=b, cost=cash + people,
            touched=(each.day, last), loads=tuple(kept), profit=float(each.profit[i]),
        )  # fmt: skip
