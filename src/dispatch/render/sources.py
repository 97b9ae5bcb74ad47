"""A plan and its scenario indexed for printing, and how its places, dates and free text are written on paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dispatch.model.plan import CoachDuty, Plan, Trip
from dispatch.model.scenario import Scenario
from dispatch.model.supply import Service
from dispatch.render.safe_text import clean_text
from dispatch.units import clock_text, date_of_min


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintSource:
    """A plan and its scenario, indexed for printing trip by trip.

    ``riders``: one row per ride with the worker's columns and ``onward``; ``rows``: its row numbers by trip.
    """

    scenario: Scenario
    plan: Plan
    trips: Mapping[str, Trip]
    duties: Mapping[str, CoachDuty]
    services: Mapping[str, Service]
    riders: pd.DataFrame
    rows: Mapping[str, NDArray[np.intp]]


def make_print_source(scenario: Scenario, plan: Plan) -> PrintSource:
    """Index of a plan for printing; made once for any number of trips."""
    rides = plan.rides.sort_values(["worker_id", "leg"], kind="stable")
    onward = rides.groupby("worker_id")["trip_id"].shift(-1).fillna("")
    riders = (
        rides.assign(onward=onward).merge(scenario.workers, on="worker_id", how="left").reset_index(drop=True)
    )
    services = {service.id: service for service in (*scenario.services, *plan.proposed_services)}
    return PrintSource(
        scenario=scenario,
        plan=plan,
        trips={trip.id: trip for trip in plan.trips},
        duties={duty.id: duty for duty in plan.duties},
        services=services,
        riders=riders,
        rows={str(key): np.asarray(rows) for key, rows in riders.groupby("trip_id").indices.items()},
    )


def place_text(source: PrintSource, place_id: str) -> str:
    """Name of a place as the plan froze it, else as the scenario names it, else its id."""
    point = source.plan.points.get(place_id)
    if point is not None:
        return printable(point.name)
    place = source.scenario.geography.places.get(place_id)
    return printable(place.name if place is not None else place_id)


def date_text(source: PrintSource, at_min: int) -> str:
    """ISO date of a planning minute."""
    return date_of_min(source.scenario.first_date, at_min).isoformat()


def iso_text(source: PrintSource, at_min: int) -> str:
    """Date and clock of a planning minute, e.g. ``2020-03-01 06:10``."""
    return f"{date_text(source, at_min)} {clock_text(at_min)}"


def moment_text(source: PrintSource, at_min: int) -> str:
    """Month, day and clock of a planning minute, e.g. ``03-01 06:10``."""
    return iso_text(source, at_min)[5:]


def printable(text: str) -> str:
    """Free text on one line, without control characters, ID- and phone-like digits masked."""
    return " ".join(clean_text(text).split())
