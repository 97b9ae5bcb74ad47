"""Candidate services where a scenario asks for them: what could be requested from carriers."""

from __future__ import annotations

import pandas as pd

from dispatch.model.scenario import Scenario
from dispatch.network.candidates import propose_services


def with_proposals(scenario: Scenario, parties: pd.DataFrame) -> tuple[Scenario, frozenset[str]]:
    """Scenario with proposed services added, and their ids; unchanged where it proposes no modes.

    ``parties``: frame under the PARTIES contract.
    """
    if not scenario.propose_modes or parties.empty:
        return scenario, frozenset()
    return propose_services(scenario, count_demand(scenario, parties))


def count_demand(scenario: Scenario, parties: pd.DataFrame) -> pd.DataFrame:
    """Workers by origin county, destination area and window: origin_county, destination_area, earliest, latest, workers."""
    geography = scenario.geography
    gate = {site.id: site.place_id for site in geography.sites.values()}
    frame = pd.DataFrame(
        {
            "origin_county": [geography.get_county(place) for place in parties["boarding_place_id"]],
            "destination_area": [
                geography.get_destination_area(geography.get_county(gate[site])) for site in parties["site_id"]
            ],
            "earliest": parties["earliest"],
            "latest": parties["latest"],
            "workers": parties["size"],
        }
    )
    keys = ["origin_county", "destination_area", "earliest", "latest"]
    return frame.groupby(keys, as_index=False).agg({"workers": "sum"})
