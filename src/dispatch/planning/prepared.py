"""A scenario made ready for decisions: clearance, parties, frozen travel, demand, connections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dispatch.batching.alternatives import Alternatives
from dispatch.batching.connecting import make_alternatives
from dispatch.batching.demand import Demand, Party, make_demand
from dispatch.batching.direct import DirectCosts
from dispatch.batching.hopeless import find_hopeless, without
from dispatch.batching.solve import Connections
from dispatch.clearance.parties import make_parties
from dispatch.clearance.windows import make_clearance
from dispatch.model.plan import Reason
from dispatch.model.scenario import Scenario
from dispatch.model.travel import FrozenTravel
from dispatch.network.connections import find_all_connections
from dispatch.network.travel import freeze_travel
from dispatch.planning.proposals import with_proposals
from dispatch.routing.context import RoutingContext, make_context


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A scenario made ready for decisions: who may travel, frozen travel, demand, connections, alternatives to coaches."""

    scenario: Scenario
    proposed: frozenset[str]
    travel: FrozenTravel
    context: RoutingContext
    parties: tuple[Party, ...]
    members: Mapping[str, tuple[str, ...]]
    set_aside: pd.DataFrame
    demand: Demand
    hopeless: Mapping[int, Reason]
    connections: Connections
    alternatives: Alternatives


def prepare(scenario: Scenario) -> Prepared:
    """Everything before the first decision."""
    sorted_out = make_parties(scenario, make_clearance(scenario))
    scenario, proposed = with_proposals(scenario, sorted_out.parties)
    travel = freeze_travel(scenario, list_places(scenario, sorted_out.parties))
    context = make_context(scenario, travel)
    everyone = make_demand(scenario, sorted_out.parties, sorted_out.members)
    connections = find_all_connections(
        scenario, travel, sorted({(cell.board, cell.site) for cell in everyone.cells})
    )
    costs = DirectCosts(scenario, context, everyone)
    alternatives = _make_alternatives(scenario, context, everyone, connections, costs)
    hopeless = find_hopeless(everyone, costs, alternatives)
    demand = without(everyone, hopeless) if hopeless else everyone
    if hopeless:
        alternatives = _make_alternatives(scenario, context, demand, connections, costs)
    members: dict[str, list[str]] = defaultdict(list)
    for worker_id, key in zip(sorted_out.members["worker_id"], sorted_out.members["party_key"], strict=True):
        members[str(key)].append(str(worker_id))
    return Prepared(
        scenario=scenario,
        proposed=proposed,
        travel=travel,
        context=context,
        parties=everyone.parties,
        members={key: tuple(ids) for key, ids in members.items()},
        set_aside=sorted_out.set_aside,
        demand=demand,
        hopeless=hopeless,
        connections=connections,
        alternatives=alternatives,
    )


def _make_alternatives(
    scenario: Scenario,
    context: RoutingContext,
    demand: Demand,
    connections: Connections,
    costs: DirectCosts,
) -> Alternatives:
    return make_alternatives(scenario, context, demand, lambda board, site: connections[board, site], costs)


def list_places(scenario: Scenario, parties: pd.DataFrame) -> tuple[str, ...]:
    """Ids of all places a coach may visit, sorted: boarding places, gates, depots, terminals."""
    places = set(parties["boarding_place_id"])
    places |= {scenario.geography.sites[site].place_id for site in set(parties["site_id"])}
    places |= {line.depot_place_id for line in scenario.fleet}
    places |= {stop.place_id for service in scenario.services for stop in service.stops}
    return tuple(sorted(places))
