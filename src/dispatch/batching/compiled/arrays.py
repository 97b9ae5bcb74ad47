"""From a scenario and its parties as columns to the arrays of one corridor after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import numpy as np

from dispatch.batching.columns import Columns
from dispatch.batching.compiled.layout import MOST_STOPS, MOST_UNITS, Ints, Lines, Net, Units
from dispatch.model.geography import Tier
from dispatch.model.scenario import Scenario
from dispatch.network.travel import freeze_travel
from dispatch.routing.capacity import coach_capacity
from dispatch.routing.context import RoutingContext, has_registered_end, make_context
from dispatch.units import divide_half_even

#: A coach may be away so many days after the horizon's end as far as arrays reach.
DAYS_BEYOND = 12
NO_LIMIT = 1 << 40
#: Coaches come from so many depots nearest to a corridor's pickups.
NEAREST_DEPOTS = 4
_TIERS = 4


@dataclass(frozen=True)
class Corridor:
    """Arrays of one corridor: its parties are rows ``parties`` of the columns, its units stand in that order.

    ``key`` names it; ``place_ids`` name the places, ``spans`` = (first boarding place, first gate, boarding places, gates);
    ``line_numbers`` are the positions in the scenario's fleet of the lines that may serve it.
    """

    key: tuple[str, str, str]
    parties: Ints
    place_ids: tuple[str, ...]
    line_numbers: Ints
    net: Net
    lines: Lines
    units: Units
    spans: tuple[int, int, int, int]


class World:
    """What all corridors of a scenario share: lines, coaches by day, capacities, prices."""

    def __init__(self, scenario: Scenario, columns: Columns, penalties: dict[str, int]) -> None:
        self.scenario = scenario
        self.columns = columns
        self.fleet = scenario.fleet
        self.days = (scenario.last_date - scenario.first_date).days + 1 + DAYS_BEYOND
        self.penalty = np.array(
            [penalties.get(name, penalties[""]) for name in columns.classes], dtype=np.int64
        )
        self._tiers: dict[str, tuple[Ints, Ints]] = {}

    @cached_property
    def coaches(self) -> Ints:
        """Coaches by line and day (lines, days); a very large number where unlimited."""
        table = np.full((len(self.fleet), self.days), NO_LIMIT, dtype=np.int64)
        for i, line in enumerate(self.fleet):
            for day in range(self.days):
                count = line.find_available(self.scenario.first_date + timedelta(days=day))
                if count is not None:
                    table[i, day] = count
        return table

    @cached_property
    def capacity(self) -> Ints:
        """Seats for passengers by line, day, tier rank, intercity and drivers."""
        tiers = tuple(Tier)
        table = np.zeros((len(self.fleet), self.days, _TIERS, 2, 7), dtype=np.int64)
        by_type: dict[str, Ints] = {}
        for i, line in enumerate(self.fleet):
            if line.type_id not in by_type:
                own = np.zeros(table.shape[1:], dtype=np.int64)
                for day in range(self.days):
                    for tier in tiers:
                        for intercity in (0, 1):
                            own[day, tier.rank, intercity] = self._rooms(line.type_id, day, tier, intercity)
                by_type[line.type_id] = own
            table[i] = by_type[line.type_id]
        return table

    def _rooms(self, type_id: str, day: int, tier: Tier, intercity: int) -> list[int]:
        on = self.scenario.first_date + timedelta(days=day)
        return [
            coach_capacity(
                self.scenario.vehicle_types[type_id],
                self.scenario.policy,
                service_date=on,
                tier=tier,
                intercity=bool(intercity),
                drivers=drivers,
                escorts=self.scenario.limits.escorts_per_coach,
            )[0]
            for drivers in range(7)
        ]

    def get_tiers(self, county: str) -> tuple[Ints, Ints]:
        """(tier rank, barred) of a county by day."""
        if county not in self._tiers:
            rank = np.zeros(self.days, dtype=np.int64)
            barred = np.zeros(self.days, dtype=np.int64)
            for day in range(self.days):
                on = self.scenario.first_date + timedelta(days=day)
                tier = self.scenario.geography.get_tier(county, on)
                rank[day] = tier.rank
                barred[day] = tier in self.scenario.policy.get_tiers("no_boarding_tiers", on)
            self._tiers[county] = rank, barred
        return self._tiers[county]

    def make_corridor(self, parties: Ints) -> Corridor:
        """Arrays of one corridor from the rows of its parties."""
        columns, geography = self.columns, self.scenario.geography
        boards, board = np.unique(columns.board[parties], return_inverse=True)
        gate_of_site = [geography.sites[columns.sites[i]].place_id for i in columns.site[parties]]
        gates, gate = np.unique(np.array(gate_of_site, dtype=object), return_inverse=True)
        board_ids = tuple(columns.boards[i] for i in boards)
        gate_ids = tuple(str(name) for name in gates)
        lines = self._choose_lines(board_ids, gate_ids)
        depots = tuple(dict.fromkeys(self.fleet[i].depot_place_id for i in lines))
        unique = tuple(dict.fromkeys((*depots, *board_ids, *gate_ids)))
        context = make_context(self.scenario, freeze_travel(self.scenario, unique))
        place_ids = (*depots, *board_ids, *gate_ids)
        spans = (len(depots), len(depots) + len(board_ids), len(board_ids), len(gate_ids))
        net = self._make_net(context, place_ids)
        units = self._make_units(parties, spans[0] + board, spans[1] + gate, net)
        return Corridor(
            key=columns.corridors[columns.corridor[parties[0]]],
            parties=parties,
            place_ids=place_ids,
            line_numbers=np.array(lines, dtype=np.int64),
            net=net,
            lines=self._make_lines(context, place_ids, depots, lines),
            units=units,
            spans=spans,
        )

    def _choose_lines(self, boards: Sequence[str], gates: Sequence[str]) -> list[int]:
        """Lines with the nearest depots that may serve some pickup or gate of the corridor."""
        middle = [self.scenario.geography.places[place] for place in boards]
        lat = sum(place.lat for place in middle) / len(middle)
        lon = sum(place.lon for place in middle) / len(middle)
        far: dict[str, float] = {}
        for line in self.fleet:
            depot = self.scenario.geography.places[line.depot_place_id]
            far[depot.id] = (depot.lat - lat) ** 2 + ((depot.lon - lon) * 0.85) ** 2
        nearest = sorted(far, key=lambda place: (far[place], place))
        kept = set(nearest[:NEAREST_DEPOTS])
        return [i for i, line in enumerate(self.fleet) if line.depot_place_id in kept and not line.local_only]

    def _make_net(self, context: RoutingContext, place_ids: Sequence[str]) -> Net:
        at = np.array([context.index[place] for place in place_ids])
        grid = np.ix_(at, at)
        geography, limits, rules = self.scenario.geography, self.scenario.limits, context.rules
        counties = [geography.get_county(place) for place in place_ids]
        tables = [self.get_tiers(county) for county in counties]
        receiving = [context.receiving.get(place, (-1, -1)) for place in place_ids]
        on = self.scenario.first_date
        return Net(
            km_tenths=context.travel.km_tenths[grid].astype(np.int64),
            minutes=context.travel.minutes[grid].astype(np.int64),
            opens=np.array([context.boarding[place][0] for place in place_ids], dtype=np.int64),
            closes=np.array([context.boarding[place][1] for place in place_ids], dtype=np.int64),
            receives=np.array([hours[0] for hours in receiving], dtype=np.int64),
            until=np.array([hours[1] for hours in receiving], dtype=np.int64),
            tier=np.array([table[0] for table in tables], dtype=np.int64),
            barred=np.array([table[1] for table in tables], dtype=np.bool_),
            county=np.unique(counties, return_inverse=True)[1].astype(np.int64),
            prefecture=np.unique(
                [geography.get_prefecture(county) for county in counties], return_inverse=True
            )[1].astype(np.int64),
            rules=np.array(
                [*context.compiled, rules.rolling_24h_max_min or NO_LIMIT],
                dtype=np.int64,
            ),
            by_km=np.array(
                [(km * 10, count) for km, count in rules.drivers_by_km] or [(NO_LIMIT, 1)], dtype=np.int64
            ),
            limits=np.array(
                [
                    limits.dwell_pickup_min,
                    limits.dwell_drop_min,
                    limits.pull_out_from_min,
                    NO_LIMIT if limits.max_ride_min is None else limits.max_ride_min,
                    NO_LIMIT if limits.max_detour_min is None else limits.max_detour_min,
                    min(limits.max_pickups or MOST_STOPS, MOST_STOPS),
                    min(limits.max_drop_offs or MOST_STOPS, MOST_STOPS),
                    self.scenario.policy.get_count("max_origin_counties", on, "bus", 1),
                ],
                dtype=np.int64,
            ),
        )

    def _make_lines(
        self, context: RoutingContext, place_ids: Sequence[str], depots: Sequence[str], numbers: Sequence[int]
    ) -> Lines:
        fleet, scenario = [self.fleet[i] for i in numbers], self.scenario
        bound = scenario.policy.get_flag("registered_end_required", scenario.first_date, "bus")
        registered = [
            [not bound or has_registered_end(context, line.id, place, place) for place in place_ids]
            for line in fleet
        ]
        lump = [line.tariff.lump_trip_minor for line in fleet]
        return Lines(
            depot=np.array([depots.index(line.depot_place_id) for line in fleet], dtype=np.int64),
            returns=np.array([line.returns for line in fleet], dtype=np.bool_),
            local_only=np.array([line.local_only for line in fleet], dtype=np.bool_),
            day_minor=np.array([line.tariff.day_minor for line in fleet], dtype=np.int64),
            km_minor=np.array([line.tariff.km_minor for line in fleet], dtype=np.int64),
            driver_minor=np.array([line.tariff.driver_day_minor for line in fleet], dtype=np.int64),
            lump_minor=np.array([-1 if each is None else each for each in lump], dtype=np.int64),
            capacity=self.capacity[np.array(numbers, dtype=np.int64)],
            registered=np.array(registered, dtype=np.bool_).reshape(len(fleet), len(place_ids)),
            last_day=np.array([(scenario.last_date - scenario.first_date).days], dtype=np.int64),
        )

    def _make_units(self, parties: Ints, board: Ints, gate: Ints, net: Net) -> Units:
        columns, rates = self.columns, self.scenario.rates
        sites = self.scenario.geography.sites
        opens = np.array(
            [
                (sites[one].opens_on - self.scenario.first_date).days if sites[one].accepted else NO_LIMIT
                for one in columns.sites
            ],
            dtype=np.int64,
        )
        size = columns.size[parties]
        penalty = self.penalty[columns.priority[parties]] * size
        if rates.own_ticket is not None:
            km = net.km_tenths[board, gate]
            by_km = np.array([divide_half_even(int(k) * rates.own_ticket.km_minor, 10) for k in km])
            penalty = np.minimum(penalty, (rates.own_ticket.fixed_minor + by_km) * size)
        return Units(
            board=board.astype(np.int64),
            gate=gate.astype(np.int64),
            size=np.where(size > MOST_UNITS, NO_LIMIT, size),
            first=columns.earliest[parties],
            last=np.where(columns.may_ride_bus[parties], columns.latest[parties], -1),
            preferred=columns.preferred[parties],
            clear_from=columns.clear_from[parties],
            arrive_by=np.minimum(columns.arrive_by[parties], columns.clear_until[parties]),
            opens=opens[columns.site[parties]],
            penalty_minor=penalty.astype(np.int64),
            seat_minor=np.zeros(len(parties), dtype=np.int64),
            share_minor=np.zeros(len(parties), dtype=np.int64),
            rates=np.array(
                [rates.lateness_day_minor, rates.allowance_day_minor, rates.ride_h_minor], dtype=np.int64
            ),
        )
