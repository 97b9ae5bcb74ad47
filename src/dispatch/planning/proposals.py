"""Candidate services where a scenario asks for them: what could be requested from carriers."""

from __future__ import annotations

import pandas as pd

from dispatch.clearance.parties import make_parties
from dispatch.clearance.windows import make_clearance
from dispatch.model.scenario import Scenario
from dispatch.network.candidates import propose_services


def extend_scenario(scenario: Scenario) -> Scenario:
    """Scenario with the services it wants proposed, and the terminals they need; the same one in, the same one out.

    Planner, checker and pages all read the scenario that comes out. One that has been extended stays as it is.
    """
    if not scenario.propose_modes:
        return scenario
    return with_proposals(scenario, make_parties(scenario, make_clearance(scenario)).parties)[0]


def with_proposals(scenario: Scenario, parties: pd.DataFrame) -> tuple[Scenario, frozenset[str]]:
    """Scenario with proposed services added, and the ids of all its proposed services.

    ``parties``: frame under the PARTIES contract. What comes out wants no more modes proposed, so that it can go in again.
    """
    if scenario.propose_modes and not parties.empty:
        scenario, _ = propose_services(scenario, count_demand(scenario, parties))
    scenario = scenario.replace(propose_modes=())
    return scenario, frozenset(service.id for service in scenario.services if service.proposed)


def count_demand(scenario: Scenario, parties: pd.DataFrame) -> pd.DataFrame:
    """Workers by origin county, destination area and window: origin_county, destination_area, earliest, latest, workers."""
    geography = scenario.geography
    gate = {site.id: site.place_id for site in geography.sites.values()}
    frame = pd.DataFrame(
        {
            "origin_county": [geography.get_county(place) for place in parties["boarding_place_id"]],
            "destination_area": [
                geography.get_destination_area(geography.get_county(gate[site]))
                for site in parties["site_id"]
            ],
            "earliest": parties["earliest"],
            "latest": parties["latest"],
            "workers": parties["size"],
        }
    )
    keys = ["origin_county", "destination_area", "earliest", "latest"]
    return frame.groupby(keys, as_index=False).agg({"workers": "sum"})
