"""Many plans without a worker, duty or trip in common made into one plan, numbered as if it had been assembled whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import dispatch
from dispatch.model.plan import Certificate, CostTerms, Plan
from dispatch.model.scenario import Scenario
from dispatch.planning.assembly import Assembled
from dispatch.planning.merged_people import MergedPeople
from dispatch.planning.merged_story import MergedStory
from dispatch.planning.merged_vehicles import MergedVehicles
from dispatch.planning.money import list_terms
from dispatch.planning.story import list_requests, list_rules


def merge_plans(
    plans: Iterable[Plan],
    scenario: Scenario,
    *,
    effort: str,
    seed: int,
    certify: Callable[[CostTerms], Certificate],
) -> Plan:
    """One plan for a whole scenario from the plans of its parts, in whatever order they come.

    Trips, duties and batches are numbered anew in the order of the assembler; what it leaves open is decided by the first worker
    of a part. Batches of one key become one, costs are added. Requests, rules and assumptions are those of the
    whole; the remedies that help most people are kept; prices of modes are averaged by heads. Variants are not kept: what a part would
    be otherwise says nothing about the whole.

    Parameters
    ----------
    plans
        Plans of parts of the scenario; each worker of the roster is in exactly one, and so is each service that runs. They
        may be read from a disk one by one: of each only trips and duties stay Python objects.
    scenario
        The whole scenario, with the services proposed for it.
    certify
        Certificate of the whole, given its cost.

    Raises
    ------
    ValueError
        Where a worker is in no part or in several, a service runs in two, or parts disagree about a penalty.
    """
    vehicles, people, story = MergedVehicles(scenario), MergedPeople(), MergedStory()
    for plan in plans:
        batches, trips = vehicles.add(plan)
        people.add(plan.outcomes, plan.rides, batches, trips)
        story.add(plan)
    whole = _put_together(scenario, vehicles, people, story)
    return Plan(
        scenario_name=scenario.name,
        scenario_hash=scenario.content_hash,
        seed=seed,
        effort=effort,
        version=dispatch.__version__,
        trips=whole.trips,
        duties=whole.duties,
        service_runs=whole.service_runs,
        batches=whole.batches,
        outcomes=whole.outcomes,
        rides=whole.rides,
        costs=whole.costs,
        certificate=certify(whole.costs),
        unserved_penalty_minor=story.penalties,
        proposed_services=tuple(s for s in scenario.services if s.id in story.proposed),
        remedies=tuple(story.remedies),
        requests=list_requests(scenario, whole),
        mode_prices=story.list_mode_prices(),
        rules=list_rules(scenario),
        assumptions=scenario.assumptions,
        points=dict(sorted(story.points.items())),
        interrupted=story.interrupted,
    )


def _put_together(
    scenario: Scenario, vehicles: MergedVehicles, people: MergedPeople, story: MergedStory
) -> Assembled:
    fleet = vehicles.finish()
    outcomes, rides = people.finish(scenario.workers["worker_id"], fleet.batch_ids, fleet.trip_ids)
    return Assembled(
        trips=fleet.trips,
        duties=fleet.duties,
        service_runs=fleet.runs,
        batches=fleet.batches,
        outcomes=outcomes,
        rides=rides,
        costs=list_terms(story.costs),
    )
