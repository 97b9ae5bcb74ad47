"""Connections: a path of access, ride and egress; times are read off ``network_world``."""

from __future__ import annotations

from dataclasses import replace

import pytest
from network_world import make_place, make_train, make_world

from dispatch.model.scenario import Limits, Scenario
from dispatch.model.supply import ServiceStatus, ServiceStop
from dispatch.network.connections import (
    Connection,
    Itinerary,
    can_board_before,
    find_all_connections,
    find_connections,
    find_itineraries,
    make_graph,
)
from dispatch.network.travel import freeze_travel

PLACES = ("village", "hamlet", "station", "port", "mill", "far_mill")


def itineraries(scenario: Scenario, board: str, site: str) -> tuple[Itinerary, ...]:
    travel = freeze_travel(scenario, PLACES)
    return find_itineraries(make_graph(scenario, travel), board, site)


def test_from_door_to_gate_it_takes_feeder_train_and_last_mile_coach() -> None:
    # departs 10:00 = 600, arrives 600 + 720 = 1320; buffer 60 + boarding 15 + 15 minutes' drive
    (found,) = itineraries(make_world((make_train(),)), "village", "mill")
    assert found == Itinerary(
        connection=Connection(
            service_id="K1", board_stop=0, alight_stop=1, needs_feeder=True, needs_last_mile=True
        ),
        board_terminal="station",
        alight_terminal="port",
        feeder_min=30,
        depart_min=600,
        arrive_min=1320,
        gate_min=1320 + 60 + 15 + 15,
    )
    assert found.trips == 3


def test_no_feeder_for_who_boards_at_the_station_itself() -> None:
    (found,) = itineraries(make_world((make_train(),)), "station", "mill")
    assert (found.connection.needs_feeder, found.connection.needs_last_mile, found.trips) == (False, True, 2)


def test_no_last_mile_coach_for_a_gate_at_the_terminal() -> None:
    (found,) = itineraries(make_world((make_train(),)), "village", "dock")
    assert (found.connection.needs_last_mile, found.gate_min, found.trips) == (False, 1320, 2)


def test_the_receiving_side_fetches_people_without_a_coach_of_ours() -> None:
    # buffer 60 + 15 minutes' drive, no boarding of a coach of ours
    (found,) = itineraries(make_world((make_train(),)), "station", "fetched")
    assert (found.connection.needs_last_mile, found.gate_min, found.trips) == (False, 1320 + 60 + 15, 1)


def test_a_refused_service_connects_nobody() -> None:
    assert itineraries(make_world((make_train(status=ServiceStatus.REFUSED),)), "village", "mill") == ()
    assert len(itineraries(make_world((make_train(status=ServiceStatus.CANDIDATE),)), "village", "mill")) == 1


def test_without_services_there_is_no_itinerary() -> None:
    assert itineraries(make_world(), "village", "mill") == ()


def test_a_transfer_longer_than_300_km_is_not_offered() -> None:
    # port -> far_mill is 310 km
    scenario = make_world((make_train(),))
    travel = freeze_travel(scenario, PLACES)
    pair = ("village", "far_mill")
    assert find_all_connections(scenario, travel, [pair]) == {pair: ()}
    assert len(find_all_connections(scenario, travel, [pair], max_transfer_km=310)[pair]) == 1


@pytest.mark.parametrize(("max_wait_h", "reached"), [(1, False), (2, True)])
def test_a_feeder_must_fit_into_the_waiting_limit(max_wait_h: int, reached: bool) -> None:
    # village: 15 min boarding + 30 min drive + 60 min buffer = 105 min: more than 1 h, less than 2 h
    scenario = make_world((make_train(),), limits=Limits(max_wait_h=max_wait_h))
    assert bool(itineraries(scenario, "village", "mill")) is reached


@pytest.mark.parametrize(
    ("depart_min", "reached"), [(644, False), (645, True), (1440 + 360, True), (1440 + 361, False)]
)
def test_a_feeder_starts_within_the_boarding_hours_of_the_place(depart_min: int, reached: bool) -> None:
    # hamlet boards 08:00-18:00; 15 + 90 + 60 = 165 min before departure at the latest: 8:00 + 2:45 = 10:45 = 645;
    # at most 12 h before departure: 18:00 + 12 h = 06:00 of the next day = 1440 + 360
    assert bool(itineraries(make_world((make_train(depart_min=depart_min),)), "hamlet", "mill")) is reached


def test_boarding_hours_are_tried_on_every_day_of_the_span() -> None:
    place = make_place("p", 0, 0, "", boards_from_min=480, boards_until_min=600)
    assert can_board_before(place, -1440 + 500, -1440 + 500)
    assert can_board_before(place, 601, 1440 + 480)
    assert not can_board_before(place, 601, 1440 + 479)
    assert not can_board_before(place, 590, 580)


def test_people_alight_only_after_they_boarded_and_only_where_it_is_allowed() -> None:
    def stop(place_id: str, at_min: int, boards: bool, alights: bool) -> ServiceStop:
        return ServiceStop(
            place_id=place_id, arrive_min=at_min, depart_min=at_min, boards=boards, alights=alights
        )

    stops = (
        stop("port", 0, False, True),
        stop("station", 600, True, False),
        stop("far_mill", 700, False, False),
    )
    assert itineraries(make_world((make_train(stops=stops),)), "village", "dock") == ()
    stops = (*stops, stop("port", 900, False, True))
    (found,) = itineraries(make_world((make_train(stops=stops),)), "village", "dock")
    assert (found.connection.board_stop, found.connection.alight_stop) == (1, 3)


def test_itineraries_come_in_the_order_of_departure() -> None:
    services = (make_train("late", 900), make_train("early", 600), make_train("fast", 600, 300))
    found = itineraries(make_world(services), "village", "mill")
    assert [itinerary.connection.service_id for itinerary in found] == ["fast", "early", "late"]


def test_all_pairs_are_answered_at_once_and_agree_with_the_single_answer() -> None:
    scenario = make_world((make_train("a"), make_train("b", 1000)))
    travel = freeze_travel(scenario, PLACES)
    pairs = [("village", "mill"), ("station", "dock"), ("hamlet", "far_mill")]
    answers = find_all_connections(scenario, travel, pairs)
    graph = make_graph(scenario, travel)
    assert list(answers) == pairs
    for pair in pairs:
        assert answers[pair] == tuple(itinerary.connection for itinerary in find_itineraries(graph, *pair))
    assert [len(answers[pair]) for pair in pairs] == [2, 2, 0]


def test_each_connection_is_listed_once_over_many_places() -> None:
    scenario = make_world((make_train(),))
    travel = freeze_travel(scenario, PLACES)
    found = find_connections(scenario, travel, ["village", "hamlet", "station"], ["mill"])
    assert [(c.needs_feeder, c.needs_last_mile) for c in found] == [(False, True), (True, True)]


def test_an_unknown_terminal_has_no_buffer() -> None:
    # 15 min boarding + 30 min drive fit into one hour once the 60-minute buffer is gone
    scenario = make_world((make_train(),), limits=replace(Limits(), max_wait_h=1), terminals={})
    assert len(itineraries(scenario, "village", "mill")) == 1
