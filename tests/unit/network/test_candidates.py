"""Candidates and known terminals: proposals where demand reaches the minimum load, marked as such."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from network_world import make_world

from dispatch.model.supply import Mode, Service, ServiceKind, ServiceStatus
from dispatch.network.candidates import propose_services
from dispatch.network.distances import geodesic_km
from dispatch.network.gazetteer import read_gazetteer
from dispatch.network.terminals import find_nearest_terminal, find_terminals, read_terminals


def demand(workers: int, earliest: int = 0, latest: int = 4, area: str = "330100") -> pd.DataFrame:
    row = {"origin_county": "610723", "destination_area": area, "earliest": earliest, "latest": latest}
    return pd.DataFrame([row | {"workers": workers}])


def propose(workers: pd.DataFrame, *modes: Mode) -> list[Service]:
    scenario, ids = propose_services(make_world(propose_modes=modes), workers)
    assert {service.id for service in scenario.services} == ids
    return list(scenario.services)


def test_a_train_is_proposed_from_300_people_on() -> None:
    assert propose(demand(299), Mode.TRAIN) == []
    assert propose(demand(300), Mode.TRAIN) != []


def test_only_the_modes_asked_for_are_proposed() -> None:
    assert propose(demand(1000)) == []
    assert {service.mode for service in propose(demand(1000), Mode.TRAIN)} == {Mode.TRAIN}
    assert {service.mode for service in propose(demand(1000), Mode.CHARTER)} == {Mode.CHARTER}


def test_a_candidate_says_that_it_is_one() -> None:
    for service in propose(demand(1000), Mode.TRAIN, Mode.CHARTER):
        assert service.proposed
        assert service.assumed
        assert not service.committed
        assert (service.status, service.kind) == (ServiceStatus.CANDIDATE, ServiceKind.CHARTERED)


def test_each_date_has_a_morning_and_an_evening_train() -> None:
    # horizon of 5 days, all of them wanted: 09:00 = 540 and 19:00 = 1140
    trains = propose(demand(300), Mode.TRAIN)
    assert [train.depart_min for train in trains] == [d * 1440 + m for d in range(5) for m in (540, 1140)]
    assert len({train.id for train in trains}) == 10


def test_only_dates_in_the_window_get_a_train() -> None:
    assert {train.depart_min // 1440 for train in propose(demand(300, 1, 2), Mode.TRAIN)} == {1, 2}


def test_two_groups_fill_a_train_only_on_common_dates() -> None:
    groups = pd.concat([demand(150, 0, 2), demand(150, 2, 4)], ignore_index=True)
    assert {train.depart_min // 1440 for train in propose(groups, Mode.TRAIN)} == {2}


def test_a_default_train_has_hard_seats_and_takes_line_length_over_speed() -> None:
    train = propose(demand(300), Mode.TRAIN)[0]
    assert (train.carriage_seats, train.min_carriages, train.max_carriages, train.min_load) == (
        118,
        8,
        18,
        300,
    )
    places = make_world().geography.places
    km = geodesic_km(places["station"].lat, places["station"].lon, places["port"].lat, places["port"].lon)
    assert [stop.place_id for stop in train.stops] == ["station", "port"]
    assert train.stops[1].arrive_min - train.depart_min == math.ceil(km * 1.3 / 100 * 60)
    # 118 seats at 9.5 fen per km of line, within the rounding of 0.1 km (1.1 yuan)
    assert abs(train.carriage_minor - 118 * 9.5 * km * 1.3) < 60
    assert (train.fixed_minor, train.seat_minor) == (0, 0)


def test_a_default_aircraft_has_180_seats_and_pays_for_its_empty_return() -> None:
    scenario, _ = propose_services(make_world(propose_modes=(Mode.CHARTER,)), demand(180))
    flight = scenario.services[0]
    assert (flight.carriage_seats, flight.max_carriages) == (180, 1)
    start, end = (scenario.geography.places[stop.place_id] for stop in flight.stops)
    assert (start.name, end.name) == ("汉中城固机场", "杭州萧山国际机场")
    minutes = math.ceil(geodesic_km(start.lat, start.lon, end.lat, end.lon) / 750 * 60) + 60
    assert flight.stops[1].arrive_min - flight.depart_min == minutes
    assert abs(flight.fixed_minor - 2 * minutes * 4_000_000 / 60) <= 0.5


def test_more_people_get_more_aircraft_up_to_three_at_a_time() -> None:
    # 180 a flight: 359 people could fill one, 360 two, 2000 more than three
    def count(people: int) -> int:
        return len(propose(demand(people, 0, 0), Mode.CHARTER)) // 2

    assert [count(people) for people in (120, 359, 360, 2000)] == [1, 1, 2, 3]


def test_new_terminals_join_the_scenario_with_their_regions() -> None:
    scenario, _ = propose_services(make_world(propose_modes=(Mode.CHARTER,)), demand(180))
    for service in scenario.services:
        for stop in service.stops:
            place = scenario.geography.places[stop.place_id]
            assert scenario.terminals[stop.place_id].modes == {Mode.CHARTER}
            assert place.assumed
            assert place.source
            assert scenario.geography.get_prefecture(place.region_id) in {"610700", "330100"}
    assert scenario.geography.regions["610700"].name == "Hanzhong"


def test_every_corridor_is_listed_as_an_assumption_with_its_people() -> None:
    scenario, _ = propose_services(make_world(propose_modes=(Mode.TRAIN,)), demand(300))
    (assumption,) = scenario.assumptions
    assert (assumption.people, assumption.table) == (300, "services")


def test_people_who_live_where_they_work_get_no_train() -> None:
    near = demand(1000, area="610700")
    assert propose(near, Mode.TRAIN) == []


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("汉中站", "汉中站"),
        ("汉中", "汉中站"),
        ("杭州萧山机场", "杭州萧山国际机场"),
        ("HZG", "汉中城固机场"),
        ("kmg", "昆明长水国际机场"),
        ("Dalian North", "大连北站"),
        ("庄河北", "庄河北站"),
    ],
)
def test_a_known_terminal_is_found_by_its_names(name: str, found: str) -> None:
    assert [terminal.name for terminal in find_terminals(name)] == [found]


def test_an_unknown_terminal_is_not_found_and_the_kind_can_be_asked_for() -> None:
    assert find_terminals("亚特兰蒂斯") == ()
    assert [t.kind for t in find_terminals("义乌")] == ["station", "airport"]
    assert [t.name for t in find_terminals("义乌", "airport")] == ["义乌机场"]


def test_the_nearest_terminal_of_yang_county_is_its_own_station_and_hanzhong_s_airport() -> None:
    assert find_nearest_terminal(33.22, 107.54, "station")[0].name == "洋县西站"
    airport, km = find_nearest_terminal(33.22, 107.54, "airport")
    assert airport.name == "汉中城固机场"
    assert 25 < km < 40


def test_names_of_terminals_are_unique_and_their_units_exist_nearby() -> None:
    gazetteer = read_gazetteer()
    terminals = read_terminals()
    assert len({terminal.name for terminal in terminals}) == len(terminals) >= 60
    for terminal in terminals:
        seat = gazetteer.get(terminal.place_code)
        # airports lie farthest from their city: Lanzhou's is 54 km out
        assert geodesic_km(terminal.lat, terminal.lon, seat.lat, seat.lon) < 60, terminal.name


def test_special_trains_go_before_high_speed_stations_to_the_scenario_s_own() -> None:
    # 洋县西 is nearer to the villages than the scenario's station, but no hard-seat car calls there
    assert {train.stops[0].place_id for train in propose(demand(300), Mode.TRAIN)} == {"station"}
    bare = make_world(propose_modes=(Mode.TRAIN,), terminals={})
    scenario, _ = propose_services(bare, demand(300))
    assert {train.stops[0].place_id for train in scenario.services} == {"terminal:汉中站"}


def test_stale_airport_points_are_not_taken_over() -> None:
    # geography facts section 2: airportsdata still has Kunming's closed airport (24.992, 102.744) and Hanzhong's old one
    for code, stale in (("KMG", (24.992, 102.744)), ("HZG", (33.064, 107.008)), ("SWA", (23.427, 116.762))):
        (airport,) = find_terminals(code)
        assert geodesic_km(airport.lat, airport.lon, *stale) > 15
