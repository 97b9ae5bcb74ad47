"""From an assignment to a Plan: trips, duties, seats, batches, outcomes and money, all numbered in a fixed order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from dispatch.batching.alternatives import Alternatives
from dispatch.batching.connecting import shift_into_hours
from dispatch.batching.demand import Demand, Party
from dispatch.batching.direct import DirectCosts
from dispatch.batching.solve import list_riders
from dispatch.batching.state import Assignment
from dispatch.batching.transfers import TransferPlan, TransferPlanner
from dispatch.model.plan import HOPELESS, Batch, CoachDuty, CostTerms, Reason, Role, ServiceRun, Trip
from dispatch.model.scenario import Scenario
from dispatch.planning.coaches import CoachYard
from dispatch.planning.ledger import Ledger, Seating
from dispatch.planning.line_hauls import LineHauls
from dispatch.planning.money import count_exposure, list_terms, sum_travel_costs, sum_vehicle_costs
from dispatch.planning.people_tables import Fates, make_outcomes, make_rides
from dispatch.planning.service_trips import Platform
from dispatch.routing.context import RoutingContext

NameHalt = Callable[[float, float], str]


@dataclass(frozen=True, kw_only=True)
class Assembled:
    """The parts of a plan that follow from an assignment."""

    trips: tuple[Trip, ...]
    duties: tuple[CoachDuty, ...]
    service_runs: tuple[ServiceRun, ...]
    batches: tuple[Batch, ...]
    outcomes: pd.DataFrame
    rides: pd.DataFrame
    costs: CostTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplanned:
    """Why a worker or party is not carried: reason, words and next step."""

    reason: Reason
    detail: str
    next_step: str


class Assembler:
    """Puts one plan together.

    ``demand`` holds the units that were planned, ``parties`` every party by number (hopeless ones too), ``members`` the
    worker ids by party key.
    """

    def __init__(
        self,
        scenario: Scenario,
        context: RoutingContext,
        demand: Demand,
        parties: Sequence[Party],
        members: Mapping[str, tuple[str, ...]],
        name_halt: NameHalt,
    ) -> None:
        self.scenario = scenario
        self.context = context
        self.demand = demand
        self.parties = parties
        self.members = members
        self.name_halt = name_halt

    def assemble(
        self,
        assignment: Assignment,
        transfers: TransferPlan,
        costs: DirectCosts,
        alternatives: Alternatives,
        planner: TransferPlanner,
        set_aside: pd.DataFrame,
        unplanned: Mapping[int, Unplanned],
    ) -> Assembled:
        """All parts of the plan of an assignment."""
        hauls = LineHauls(self.scenario, self.demand, assignment)
        ledger = self._write_vehicles(hauls, assignment, transfers, costs, alternatives, planner)
        own = {p.index for i in assignment.own_ticket for p in self.demand.units[i].parties}
        arrivals = {p.index: self._find_arrival(p, ledger) for p in self.parties if p in hauls}
        fates = self._find_fates(hauls, arrivals, own, set_aside, unplanned)
        outcomes = make_outcomes(self.scenario, fates)
        trips = tuple(ledger.trips.values())
        return Assembled(
            trips=trips,
            duties=tuple(ledger.duties),
            service_runs=tuple(ledger.runs),
            batches=hauls.make_batches(trips),
            outcomes=outcomes,
            rides=make_rides(self.parties, self.members, ledger),
            costs=list_terms(
                sum_vehicle_costs(ledger),
                self._sum_travel_costs(ledger, arrivals, int(outcomes["lateness_days"].sum())),
                self._sum_other_costs(arrivals, own, unplanned, alternatives),
            ),
        )

    def _write_vehicles(
        self,
        hauls: LineHauls,
        assignment: Assignment,
        transfers: TransferPlan,
        costs: DirectCosts,
        alternatives: Alternatives,
        planner: TransferPlanner,
    ) -> Ledger:
        """Direct coaches, feeders, services and last miles, in the order in which people ride them."""
        ledger, seating = Ledger(), Seating(self.scenario, self.members)
        yard = CoachYard(self.context, ledger, hauls, seating, self.name_halt)
        platform = Platform(self.scenario, ledger, hauls, seating)
        feeders = [duty for duty in transfers.duties if duty.trips[0].role is Role.FEEDER]
        last_miles = [duty for duty in transfers.duties if duty.trips[0].role is Role.LAST_MILE]
        yard.add_direct(assignment.trips, costs)
        yard.add_transfers(feeders, "F", planner)
        platform.add_services(list_riders(self.scenario, self.demand, assignment, alternatives))
        yard.add_transfers(last_miles, "L", planner)
        return ledger

    def _find_arrival(self, party: Party, ledger: Ledger) -> int:
        """Minute at which a party that is carried reaches its gate."""
        last = ledger.legs_of[party.index][-1]
        terminal_id = ledger.trips[last.trip_id].stops[last.alight_stop].place_id
        if terminal_id == party.cell.gate:
            return last.arrive_min
        terminal = self.scenario.terminals.get(terminal_id)
        ready = last.arrive_min + (terminal.buffer_min if terminal else 0)
        return shift_into_hours(
            self.context, party.cell.gate, ready + self.context.get_minutes(terminal_id, party.cell.gate)
        )

    def _find_fates(
        self,
        hauls: LineHauls,
        arrivals: Mapping[int, int],
        own: set[int],
        set_aside: pd.DataFrame,
        unplanned: Mapping[int, Unplanned],
    ) -> Fates:
        """What becomes of every party and of everyone set aside."""
        fates = Fates()
        for party in self.parties:
            ids = self.members[party.key]
            if party.index in arrivals:
                mode, day = hauls.get(party)
                batch_id, arrival = hauls.get_batch(party), arrivals[party.index]
                fates.add_itinerary(party.key, ids, batch_id, mode.value, day, arrival)
            elif party.index in own:
                fates.add_own_ticket(party.key, ids)
            else:
                why = unplanned[party.index]
                fates.add_unserved(party.key, ids, why.reason.value, why.detail, why.next_step)
        names = ("party_key", "worker_id", "reason", "detail", "next_step")
        for key, worker, reason, detail, step in zip(
            *(set_aside[name].tolist() for name in names), strict=True
        ):
            fates.add_unserved(key, (worker,), reason, detail, step)
        return fates

    def _sum_travel_costs(
        self, ledger: Ledger, arrivals: Mapping[int, int], lateness_days: int
    ) -> dict[str, int]:
        carried = [(party, arrivals[party.index]) for party in self.parties if party.index in arrivals]
        travel = sum_travel_costs(self.scenario, ledger, carried, lateness_days)
        return travel | {"exposure": count_exposure(self.scenario, self.parties, ledger)}

    def _sum_other_costs(
        self,
        arrivals: Mapping[int, int],
        own: set[int],
        unplanned: Mapping[int, Unplanned],
        alternatives: Alternatives,
    ) -> dict[str, int]:
        """Own tickets, and penalties for those left out whom more supply could carry."""
        terms: dict[str, int] = defaultdict(int)
        for party in self.parties:
            if party.index in own:
                terms["own_tickets"] += party.size * alternatives.own_ticket_minor[party.cell.index]
            elif party.index not in arrivals and unplanned[party.index].reason not in HOPELESS:
                terms["unserved"] += party.size * alternatives.get_class_penalty(party.cell.priority_class)
        return terms
