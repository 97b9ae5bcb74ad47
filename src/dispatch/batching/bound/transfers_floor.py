"""Least coach money per head of getting to or from a terminal, shared with whoever may ride.

A duty of one role with trips 1…R is a closed walk (for a coach that returns): each trip passes a place of each of its
riders and its terminal, so it drives at least, on shortest roads, the way between the two and the way from (to) the
nearest terminal. A coach that does not return drives at least the loaded way. Money of days is shared out by these
minutes over 1,440, or evenly over the most trips of a duty, whichever is larger for the line as a whole.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.bound.fleets import Fleets
from dispatch.batching.bound.subsets import close_paths
from dispatch.model.scenario import Scenario
from dispatch.model.supply import FleetLine
from dispatch.routing.context import RoutingContext
from dispatch.units import DAY_MIN

FloatArray = NDArray[np.float64]
#: With more places the closure of all roads would take too long; transfers then count as free.
MOST_PLACES = 900


class TransferFloor:
    """Least money per head and least minutes between places and terminals."""

    def __init__(
        self,
        scenario: Scenario,
        context: RoutingContext,
        fleets: Fleets,
        board_places: Collection[str],
        gate_places: Collection[str],
    ) -> None:
        self.scenario = scenario
        self.fleets = fleets
        stops = {stop.place_id for service in scenario.services for stop in service.stops}
        self.terminals = sorted(stops)
        boards, gates = sorted(board_places), sorted(gate_places)
        self.feeding, self.feed_min = self._find_money(context, boards, to_terminal=True)
        self.leaving, self.leave_min = self._find_money(context, gates, to_terminal=False)

    def _find_money(
        self, context: RoutingContext, places: list[str], *, to_terminal: bool
    ) -> tuple[dict[tuple[str, str], float], dict[tuple[str, str], int]]:
        """(money per head, driving minutes) by (place, terminal)."""
        nodes = list(dict.fromkeys((*places, *self.terminals)))
        pairs = [(place, terminal) for place in places for terminal in self.terminals]
        if len(nodes) > MOST_PLACES:
            return dict.fromkeys(pairs, 0.0), dict.fromkeys(pairs, 0)
        row = {place: i for i, place in enumerate(nodes)}
        index = [context.index[place] for place in nodes]
        km = close_paths(context.travel.km_tenths[np.ix_(index, index)].astype(np.float64))
        minutes = close_paths(context.travel.minutes[np.ix_(index, index)].astype(np.float64))
        at = [row[place] for place in places]
        ends = [row[place] for place in self.terminals]
        loaded_km, back_km = _find_ways(km, at, ends, to_terminal)
        loaded_min, back_min = _find_ways(minutes, at, ends, to_terminal)
        money = np.full(loaded_km.shape, np.inf)
        for line in self.fleets.lines:
            np.minimum(money, self._price_line(line, loaded_km, back_km, loaded_min, back_min), out=money)
        money = np.where(np.isfinite(money), money, 0.0)
        found = {
            (place, terminal): float(money[i, j])
            for i, place in enumerate(places)
            for j, terminal in enumerate(self.terminals)
        }
        driven = {
            (place, terminal): int(loaded_min[i, j])
            for i, place in enumerate(places)
            for j, terminal in enumerate(self.terminals)
        }
        return found, driven

    def _price_line(
        self,
        line: FleetLine,
        loaded_km: FloatArray,
        back_km: FloatArray,
        loaded_min: FloatArray,
        back_min: FloatArray,
    ) -> FloatArray:
        """Least money per head on a line: (places, terminals); infinity where its coaches carry nobody."""
        room = self.fleets.find_best_room(line)
        if room <= 0:
            return np.full(loaded_km.shape, np.inf)
        tariff, limits = line.tariff, self.scenario.limits
        if tariff.lump_trip_minor is not None:
            return np.full(loaded_km.shape, tariff.lump_trip_minor / room)
        back = 1.0 if line.returns else 0.0
        km = loaded_km + back * back_km
        minutes = loaded_min + back * back_min + limits.dwell_pickup_min + limits.dwell_drop_min
        by_minutes = minutes / DAY_MIN
        by_trips = np.full(minutes.shape, 1.0 / limits.max_trips_per_duty)
        dates = by_minutes if by_minutes.mean() > by_trips.mean() else by_trips
        day_minor = tariff.day_minor + tariff.driver_day_minor
        half = 0.5  # what rounding the km of a duty may take off
        money: FloatArray = (dates * day_minor + km * tariff.km_minor / 10 - half) / room
        return np.maximum(money, 0.0)


def _find_ways(
    weights: FloatArray, at: list[int], ends: list[int], to_terminal: bool
) -> tuple[FloatArray, FloatArray]:
    """(loaded way, least way back from or to any terminal) by (place, terminal)."""
    if to_terminal:
        loaded, back = weights[np.ix_(at, ends)], weights[np.ix_(ends, at)].min(axis=0)
    else:
        loaded, back = weights[np.ix_(ends, at)].T, weights[np.ix_(at, ends)].min(axis=1)
    return loaded, np.broadcast_to(back[:, None], loaded.shape)
