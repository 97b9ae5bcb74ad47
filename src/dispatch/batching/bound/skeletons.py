"""Skeletons: which boarding places and gates a coach of one depot visits, and the least it then costs.

A skeleton first has a floor (shortest closed tour, least dates and drivers by rule); the promising ones are refined by
driving their stop orders in full. Costs only ever rise by refining, and stay at or below every lawful trip.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import permutations, product
from math import factorial

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.bound.clock import (
    count_drivers_by_distance,
    count_drivers_by_hours,
    find_earliest_end,
    find_least_dates,
)
from dispatch.batching.bound.corridors import BoundCorridor
from dispatch.batching.bound.subsets import Subsets, close_paths, find_ways, join_ways, make_subsets
from dispatch.model.scenario import Rates
from dispatch.model.supply import CoachTariff, FleetLine
from dispatch.routing.context import RoutingContext
from dispatch.routing.trips import TripShape, make_direct_trip, ride_minutes
from dispatch.units import DAY_MIN, divide_half_even

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
#: Weight in the place of an impossible trip.
IMPOSSIBLE_KM = 1 << 40


@dataclass(frozen=True)
class Roads:
    """Closed road km (tenths) and minutes between the clusters of a corridor and one depot.

    Rows and columns: boarding clusters, then gate clusters, then the depot. Between clusters: the nearest members.
    """

    km: FloatArray
    minutes: FloatArray


def make_roads(context: RoutingContext, corridor: BoundCorridor, depot: str) -> Roads:
    """Roads of a corridor and a depot; shortest over everything a coach of the corridor may stop at."""
    clusters = (*corridor.boards, *corridor.gates, (depot,))
    places = list(dict.fromkeys(place for cluster in clusters for place in cluster))
    index = [context.index[place] for place in places]
    row = {place: i for i, place in enumerate(places)}
    grids = []
    for matrix in (context.travel.km_tenths, context.travel.minutes):
        closed = close_paths(matrix[np.ix_(index, index)].astype(np.float64))
        members = [[row[place] for place in cluster] for cluster in clusters]
        rows = np.array([[closed[np.ix_(a, b)].min() for b in members] for a in members])
        np.fill_diagonal(rows, 0.0)
        grids.append(close_paths(rows))
    return Roads(*grids)


@dataclass
class Tours:
    """Floors of all skeletons of a corridor for coaches of one depot that return, or do not.

    ``km``, ``days``, ``drivers``: (boarding sets, gate sets). ``extra``: what a refined skeleton costs per head beyond the
    corridor's floor, by (boarding cluster, gate cluster); ``extra_of``: its row for a skeleton, 0 = none.
    """

    line: FleetLine
    km: IntArray
    days: NDArray[np.int16]
    drivers: NDArray[np.int16]
    refined: NDArray[np.bool_]
    extra_of: NDArray[np.int32]
    extra: list[FloatArray] = field(default_factory=list)

    def get_extra(self, rows: NDArray[np.int32]) -> FloatArray:
        """Extra money per head of some rows: (rows, boarding clusters, gate clusters)."""
        return np.stack([self.extra[int(row)] for row in rows])


@dataclass(frozen=True)
class SkeletonSpace:
    """Boarding sets and gate sets of a corridor."""

    corridor: BoundCorridor
    board_sets: Subsets
    gate_sets: Subsets


def make_space(corridor: BoundCorridor, context: RoutingContext) -> SkeletonSpace:
    """All sets of boarding clusters and of gate clusters that the stop limits allow."""
    limits = context.limits
    boards, gates = len(corridor.boards), len(corridor.gates)
    return SkeletonSpace(
        corridor,
        make_subsets(boards, limits.max_pickups or boards),
        make_subsets(gates, limits.max_drop_offs or gates),
    )


def make_tours(space: SkeletonSpace, context: RoutingContext, line: FleetLine) -> Tours:
    """Floors of all skeletons for coaches of a line's depot."""
    corridor, rules, limits = space.corridor, context.rules, context.limits
    roads = make_roads(context, corridor, line.depot_place_id)
    km = _find_tour(space, roads.km, line.returns)
    minutes = _find_tour(space, roads.minutes, line.returns)
    loaded = _find_loaded(space, roads.km)
    ends = find_earliest_end(limits.pull_out_from_min, minutes.astype(np.int64), rules)
    standing = limits.dwell_drop_min * (limits.max_drop_offs or len(corridor.gates))
    drivers = np.maximum(
        count_drivers_by_distance(loaded.astype(np.int64), rules.drivers_by_km),
        count_drivers_by_hours(_find_longest_drive(space, context, roads, line), standing, rules),
    )
    size = km.shape
    first = may_reach(roads, corridor, context).astype(np.float64)
    km[~(space.board_sets.inside @ first > 0)] = IMPOSSIBLE_KM
    return Tours(
        line=line,
        km=km.astype(np.int64),
        days=find_least_dates(ends).astype(np.int16),
        drivers=drivers.astype(np.int16),
        refined=np.zeros(size, dtype=bool),
        extra_of=np.zeros(size, dtype=np.int32),
        extra=[np.zeros((len(corridor.boards), len(corridor.gates)))],
    )


def _find_tour(space: SkeletonSpace, weights: FloatArray, returns: bool) -> FloatArray:
    """Shortest depot → boarding set → gate set (→ depot)."""
    p, depot = space.board_sets.n, len(weights) - 1
    home = weights[p:depot, depot] if returns else np.zeros(space.gate_sets.n)
    heads = find_ways(space.board_sets, weights[depot, :p], weights[:p, :p])
    tails = find_ways(space.gate_sets, home, weights[p:depot, p:depot].T)
    return join_ways(heads, weights[:p, p:depot], tails)


def _find_loaded(space: SkeletonSpace, weights: FloatArray) -> FloatArray:
    """Shortest way from a first boarding place through both sets."""
    p, depot = space.board_sets.n, len(weights) - 1
    heads = find_ways(space.board_sets, np.zeros(p), weights[:p, :p])
    tails = find_ways(space.gate_sets, np.zeros(depot - p), weights[p:depot, p:depot].T)
    return join_ways(heads, weights[:p, p:depot], tails)


def may_reach(roads: Roads, corridor: BoundCorridor, context: RoutingContext) -> NDArray[np.bool_]:
    """Boarding clusters that a coach of the depot can reach within boarding hours on the service date."""
    p, depot = len(corridor.boards), len(roads.minutes) - 1
    reached = find_earliest_end(
        context.limits.pull_out_from_min, roads.minutes[depot, :p].astype(np.int64), context.rules
    )
    closes = [max(context.boarding[place][1] for place in cluster) for cluster in corridor.boards]
    in_time: NDArray[np.bool_] = reached <= np.minimum(np.array(closes), DAY_MIN - 1)
    return in_time


def _find_longest_drive(
    space: SkeletonSpace, context: RoutingContext, roads: Roads, line: FleetLine
) -> IntArray:
    """Minutes each skeleton surely drives with no stop but rests and alighting.

    The leg from the last pickup to the first gate and the way home; one after the other where no gate makes a coach wait.
    """
    p, depot = space.board_sets.n, len(roads.minutes) - 1
    out = roads.minutes[:p, p:depot]
    home = roads.minutes[p:depot, depot] if line.returns else np.zeros(space.gate_sets.n)
    never_waits = all(
        context.receiving.get(gate, (0, DAY_MIN)) == (0, DAY_MIN)
        for cluster in space.corridor.gates
        for gate in cluster
    )
    longest = out + home if never_waits else np.maximum(out, home)
    least = np.stack(
        [np.where(space.board_sets.inside > 0, longest[:, g], np.inf).min(axis=1) for g in range(depot - p)]
    )
    inside = space.gate_sets.inside > 0
    total = np.full((len(space.board_sets.members), len(inside)), np.inf)
    for g in range(depot - p):
        np.minimum(total, np.where(inside[None, :, g], least[g][:, None], np.inf), out=total)
    return total.astype(np.int64)


def price_cash(
    tariff: CoachTariff, km: IntArray, days: NDArray[np.int16], drivers: NDArray[np.int16]
) -> FloatArray:
    """Cash of one coach of a tariff for so many km (tenths), days and drivers, as in the shared arithmetic."""
    if tariff.lump_trip_minor is not None:
        return np.where(km >= IMPOSSIBLE_KM, np.inf, float(tariff.lump_trip_minor))
    whole, rest = np.divmod(km * tariff.km_minor, 10)
    by_km = whole + ((rest > 5) | ((rest == 5) & (whole % 2 == 1)))
    by_day = days.astype(np.int64) * (tariff.day_minor + drivers.astype(np.int64) * tariff.driver_day_minor)
    cash: FloatArray = np.where(km >= IMPOSSIBLE_KM, np.inf, (by_km + by_day).astype(np.float64))
    return cash


class Refiner:
    """Drives the stop orders of a skeleton in full and raises its floors to what they show."""

    def __init__(
        self,
        space: SkeletonSpace,
        context: RoutingContext,
        rates: Rates,
        tariffs: list[CoachTariff],
        tried_orders: int,
    ) -> None:
        self.space = space
        self.context = context
        self.rates = rates
        self.tried_orders = tried_orders
        km_rates = [0 if tariff.lump_trip_minor is not None else tariff.km_minor for tariff in tariffs]
        self.least_km_minor = min(km_rates, default=0)

    def refine(self, tours: Tours, a: int, b: int, most_people: int) -> bool:
        """Refine skeleton (a, b); True where its floors rose. Clusters of several places and skeletons of many orders
        keep their floors; the number of drivers always does (routing may miss a duty table with fewer).
        """
        tours.refined[a, b] = True
        places = self._find_places(a, b)
        if places is None:
            return False
        found = self._drive_orders(tours, places, int(tours.days[a, b]), most_people)
        if found is None:
            tours.km[a, b] = IMPOSSIBLE_KM
            return True
        km, days, extra = found
        before = (int(tours.km[a, b]), int(tours.days[a, b]))
        after = (max(before[0], km), max(before[1], days))
        tours.km[a, b], tours.days[a, b] = after
        if extra.any():
            tours.extra_of[a, b] = len(tours.extra)
            tours.extra.append(extra)
        return bool(before != after or extra.any())

    def _find_places(self, a: int, b: int) -> tuple[list[str], list[str]] | None:
        corridor = self.space.corridor
        boards = [corridor.boards[i] for i in self.space.board_sets.members[a]]
        gates = [corridor.gates[i] for i in self.space.gate_sets.members[b]]
        if any(len(cluster) > 1 for cluster in (*boards, *gates)):
            return None
        if factorial(len(boards)) * factorial(len(gates)) > self.tried_orders:
            return None
        return [cluster[0] for cluster in boards], [cluster[0] for cluster in gates]

    def _drive_orders(
        self, tours: Tours, places: tuple[list[str], list[str]], least_days: int, most_people: int
    ) -> tuple[int, int, FloatArray] | None:
        """Least km, days and extra money over all orders that may be the best one; None = none is lawful.

        Orders are driven from the shortest on. A longer order is dominated once its km cost more than all people aboard
        could save against an order already driven that takes no more than the least days.
        """
        line = tours.line
        shapes: list[TripShape] = []
        stop_km = IMPOSSIBLE_KM
        for km, order in self._sort_orders(line, places):
            if km > stop_km:
                break
            shape = make_direct_trip(self.context, line.id, *order)
            if shape is None:
                continue
            shapes.append(shape)
            if shape.days <= least_days:
                stop_km = min(stop_km, km + self._find_worth_km(self._find_extra(shape, places), most_people))
        if not shapes:
            return None
        return (
            min(shape.km_tenths_total for shape in shapes),
            min(shape.days for shape in shapes),
            np.min([self._find_extra(shape, places) for shape in shapes], axis=0),
        )

    def _sort_orders(
        self, line: FleetLine, places: tuple[list[str], list[str]]
    ) -> list[tuple[int, tuple[tuple[str, ...], tuple[str, ...]]]]:
        km = self.context.get_km_tenths
        depot = line.depot_place_id
        heads = [
            (km(depot, order[0]) + sum(map(km, order, order[1:])), order) for order in permutations(places[0])
        ]
        tails = [
            (sum(map(km, order, order[1:])) + (km(order[-1], depot) if line.returns else 0), order)
            for order in permutations(places[1])
        ]
        return sorted(
            (head + km(first[-1], then[0]) + tail, (first, then))
            for (head, first), (tail, then) in product(heads, tails)
        )

    def _find_extra(self, shape: TripShape, places: tuple[list[str], list[str]]) -> FloatArray:
        """Ride and allowance money per head beyond the corridor's floor, by boarding and gate cluster."""
        corridor = self.space.corridor
        rows = {cluster[0]: i for i, cluster in enumerate(corridor.boards)}
        columns = {cluster[0]: i for i, cluster in enumerate(corridor.gates)}
        extra = np.zeros_like(corridor.pair_floor)
        for board, gate in product(*places):
            i, j = rows[board], columns[gate]
            if not corridor.has_pair[i, j]:
                continue
            boarded = shape.board_min[shape.pickups.index(board)]
            arrived = shape.arrive_min[shape.drops.index(gate)]
            dates = arrived // DAY_MIN - boarded // DAY_MIN + 1
            ride = divide_half_even(ride_minutes(shape, board, gate) * self.rates.ride_h_minor, 60)
            extra[i, j] = max(0.0, dates * self.rates.allowance_day_minor + ride - corridor.pair_floor[i, j])
        return extra

    def _find_worth_km(self, extra: FloatArray, most_people: int) -> int:
        """Km (tenths) that cost as much as all people aboard could save; without a price per km, any number."""
        worst = float(extra.max(initial=0.0)) * most_people
        if not worst:
            return 0
        return int(worst * 10 / self.least_km_minor) + 1 if self.least_km_minor else IMPOSSIBLE_KM
