"""A plan and its scenario indexed for printing, and how its places, dates and free text are written on paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dispatch.model.lookup import find_rows
from dispatch.model.plan import CoachDuty, Plan, Trip
from dispatch.model.scenario import Scenario
from dispatch.model.supply import Service
from dispatch.render.safe_text import clean_text
from dispatch.units import clock_text, date_of_min


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintSource:
    """A plan and its scenario, indexed for printing trip by trip.

    ``rows``: row numbers of the rides of each trip, in order of worker and leg; ``workers``: row of the roster of each ride, -1 =
    none; ``onward``: number of the next ride of the same worker, -1 = none.
    """

    scenario: Scenario
    plan: Plan
    trips: Mapping[str, Trip]
    duties: Mapping[str, CoachDuty]
    services: Mapping[str, Service]
    rows: Mapping[str, NDArray[np.int64]]
    workers: NDArray[np.int64]
    onward: NDArray[np.int64]

    def list_riders(self, trip_id: str) -> list[dict[str, object]]:
        """Riders of a trip: columns of the ride, of the worker, and ``onward``, the trip they change to (or an empty text)."""
        rows = self.rows.get(trip_id, np.empty(0, dtype=np.int64))
        rides = self.plan.rides.iloc[rows].reset_index(drop=True)
        people = (
            self.scenario.workers.iloc[self.workers[rows]].drop(columns="worker_id").reset_index(drop=True)
        )
        next_trip = self.plan.rides["trip_id"].iloc[self.onward[rows]].astype(str).to_numpy()
        joined = pd.concat([rides, people], axis=1).assign(
            onward=np.where(self.onward[rows] < 0, "", next_trip)
        )
        return [{str(key): value for key, value in row.items()} for row in joined.to_dict("records")]


def make_print_source(scenario: Scenario, plan: Plan) -> PrintSource:
    """Index of a plan for printing; made once for any number of trips."""
    people = plan.rides["worker_id"].astype("category")
    who = people.cat.codes.to_numpy()
    order = np.lexsort((plan.rides["leg"].to_numpy(), who))
    onward = np.full(len(order), -1, dtype=np.int64)
    follows = who[order[1:]] == who[order[:-1]]
    onward[order[:-1][follows]] = order[1:][follows]
    trips = plan.rides["trip_id"].astype("category").iloc[order]
    by_trip = pd.Series(order).groupby(trips.cat.codes.to_numpy())
    services = {service.id: service for service in (*scenario.services, *plan.proposed_services)}
    return PrintSource(
        scenario=scenario,
        plan=plan,
        trips={trip.id: trip for trip in plan.trips},
        duties={duty.id: duty for duty in plan.duties},
        services=services,
        rows={str(trips.cat.categories[int(str(code))]): rows.to_numpy() for code, rows in by_trip},
        workers=find_rows(scenario.workers["worker_id"], plan.rides["worker_id"]),
        onward=onward,
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
