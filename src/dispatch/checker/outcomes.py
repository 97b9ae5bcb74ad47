"""P3, third part: what is printed about each worker, and the batches they belong to, agree with their rides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dispatch.checker.accuse import broken, day_text, time_text
from dispatch.checker.bills import count_lateness
from dispatch.checker.columns import NO_DAY, Ints, each_run, list_distinct, list_runs, read_strings
from dispatch.checker.counts import list_words
from dispatch.checker.people import ITINERARY
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.plan import Batch
from dispatch.model.supply import Mode

_MODES = {mode.value: number for number, mode in enumerate(Mode)}


def check_outcomes(view: View) -> Iterator[Finding]:
    """Arrival, service date, mode, lateness, party and batch of each worker; workers and trips of each batch."""
    yield from _check_served(view)
    yield from _check_parties(view)
    yield from _check_others(view)
    yield from _check_batches(view)


def _check_served(view: View) -> Iterator[Finding]:
    people, outcomes, journeys, first = view.people, view.outcomes, view.journeys, view.first_date
    seen, names = outcomes.arrive_min[journeys.row], journeys.who
    for row in np.flatnonzero((seen < journeys.arrive_from) | (seen > journeys.arrive_to)):
        right = time_text(first, journeys.arrive_from[row])
        text = f"The arrival is printed as {time_text(first, seen[row])}; {right} was expected."
        yield broken("P3", people.name(names[row]), text)
    for row in np.flatnonzero(outcomes.day[journeys.row] != journeys.day):
        right = day_text(first, journeys.day[row])
        text = f"The service date is misprinted; {right} was expected."
        yield broken("P3", people.name(names[row]), text)
    mode = _list_modes(view)[journeys.haul]
    for row in np.flatnonzero(outcomes.mode.number(_MODES)[journeys.row] != mode):
        printed, haul = outcomes.mode.text(journeys.row[row]), view.plan.trips[journeys.haul[row]]
        text = f"The mode is printed as '{printed}'; {haul.mode} was expected."
        yield broken("P3", people.name(names[row]), text)
    late, right_late = outcomes.lateness[journeys.row], count_lateness(view)
    for row in np.flatnonzero(late != right_late):
        text = f"{late[row]} days late are printed; {right_late[row]} was expected."
        yield broken("P3", people.name(names[row]), text)


def _check_parties(view: View) -> Iterator[Finding]:
    """The party printed is the roster's, or the roster's with ``#`` and the worker set aside."""
    people, outcomes = view.people, view.outcomes
    printed = read_strings(view.plan.outcomes["party_key"]).take(pa.array(outcomes.rows))
    right = pa.array(people.party.names, pa.large_string()).take(pa.array(people.party.codes[outcomes.who]))
    for row in np.flatnonzero(~pc.equal(printed, right).to_numpy(zero_copy_only=False)):
        key, party = printed[int(row)].as_py(), right[int(row)].as_py()
        worker = people.name(outcomes.who[row])
        if key != f"{party}#{worker}":
            yield broken("P3", worker, f"The party is printed as {key}; {party} was expected.")


def _check_others(view: View) -> Iterator[Finding]:
    """Nobody without an itinerary has the figures of one, and nobody with one a reason for having none."""
    people, outcomes = view.people, view.outcomes
    has_figures = (outcomes.day != NO_DAY) | (outcomes.arrive_min != 0) | (outcomes.lateness != 0)
    has_figures |= outcomes.mode.flag(bool)
    is_served = outcomes.status == ITINERARY
    for row in np.flatnonzero(~is_served & has_figures):
        status = outcomes.status_texts.text(row)
        text = f"The worker is {status} but has a service date, mode, arrival or lateness."
        yield broken("P3", people.name(outcomes.who[row]), text)
    for row in np.flatnonzero(is_served & outcomes.reason.flag(bool)):
        reason = outcomes.reason.text(row)
        text = f"The worker has an itinerary and the reason {reason} for having none."
        yield broken("P3", people.name(outcomes.who[row]), text)
    for row in np.flatnonzero(~is_served & outcomes.batch.flag(bool)):
        status, batch = outcomes.status_texts.text(row), outcomes.batch.text(row)
        text = f"The worker is {status} but counted in the batch {batch}."
        yield broken("P3", people.name(outcomes.who[row]), text)


def _check_batches(view: View) -> Iterator[Finding]:
    outcomes, journeys, batches = view.outcomes, view.journeys, view.plan.batches
    numbers = {batch.id: number for number, batch in enumerate(batches)}
    batch_of = outcomes.batch.number(numbers)
    for row in np.flatnonzero((outcomes.status == ITINERARY) & (batch_of < 0)):
        text = f"The worker's batch '{outcomes.batch.text(row)}' is not listed."
        yield broken("P3", view.people.name(outcomes.who[row]), text)
    mine = batch_of[journeys.row]
    sizes = np.bincount(mine[mine >= 0], minlength=len(batches)).tolist()
    hauls, every = _list_trips(view, mine)
    seen: dict[tuple[str, str, str, int], str] = {}
    for number, batch in enumerate(batches):
        same = seen.setdefault(_key(batch), batch.id)
        if same != batch.id:
            text = f"The batch is the same as {same}: county, area, mode and date agree."
            yield broken("P3", batch.id, text)
        if batch.workers != sizes[number] or not sizes[number]:
            text = f"{batch.workers} workers are printed; {sizes[number]} belong to the batch."
            yield broken("P3", batch.id, text)
        if sizes[number] and not hauls[number] <= set(batch.trip_ids) <= every[number]:
            printed, right = list_words(batch.trip_ids), list_words(hauls[number])
            yield broken("P3", batch.id, f"The trips {printed} are printed; {right} was expected.")
    yield from _check_members(view, mine)


def _list_trips(view: View, batch: Ints) -> tuple[dict[int, set[str]], dict[int, set[str]]]:
    """(line-hauls, all trips) of the members of each batch, given the batch of each journey."""
    rides, journeys = view.rides, view.journeys
    of_worker = np.full(len(view.people.ids), -1, np.int64)
    of_worker[journeys.who] = batch
    lists: list[dict[int, set[str]]] = []
    for numbers, trips in ((batch, journeys.haul), (of_worker[rides.who], rides.trip)):
        known = numbers >= 0
        (keys, values), _ = list_distinct(numbers[known], trips[known])
        sets: dict[int, set[str]] = defaultdict(set)
        for key, value in zip(keys.tolist(), values.tolist(), strict=True):
            sets[key].add(view.plan.trips[value].id)
        lists.append(sets)
    return lists[0], lists[1]


def _check_members(view: View, batch: Ints) -> Iterator[Finding]:
    """Origin county, destination area, mode and service date of every member are the batch's."""
    journeys, people = view.journeys, view.people
    county, gate_county = view.county_of[people.boarding[journeys.who]], view.site_counties()[journeys.who]
    mode = _list_modes(view)[journeys.haul]
    order, starts = list_runs(batch, county, gate_county, mode, journeys.day)
    for begin, end in each_run(starts):
        first = int(order[begin])
        if batch[first] < 0:
            continue
        its = view.plan.batches[batch[first]]
        area = view.area(view.county_ids[gate_county[first]])
        haul = view.plan.trips[journeys.haul[first]]
        mine = (view.county_ids[county[first]], area, haul.mode.value, int(journeys.day[first]) * 1440)
        if mine != _key(its):
            for row in order[begin:end]:
                name = people.name(journeys.who[row])
                yield broken("P3", its.id, f"{name} belongs to {_tell(mine)}, not to {_tell(_key(its))}.")


def _list_modes(view: View) -> Ints:
    return np.array([_MODES[trip.mode.value] for trip in view.plan.trips], np.int8)


def _key(batch: Batch) -> tuple[str, str, str, int]:
    return batch.origin_region_id, batch.destination_area, batch.mode.value, batch.service_date_min


def _tell(key: tuple[str, str, str, int]) -> str:
    return f"{key[0]} to {key[1]} by {key[2]}"
