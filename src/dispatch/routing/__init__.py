"""One trip or duty: stop order, timetable, drivers, seats, cash. Pure functions of frozen travel.

The room knows the text "The arithmetic two witnesses share" of the house README. It refuses to know who rides: it
works on place ids, fleet line ids and minutes. Import from the modules; nothing is re-exported here.

``context``
    ``make_context(scenario, travel) -> RoutingContext`` once per process; it holds the memo caches and pickles as
    (scenario, travel). ``has_registered_end(context, fleet_id, first_place_id, last_place_id) -> bool`` (C13).
``driving``
    ``drive(start_min, minutes, state, rules, halts_apply) -> (end_min, state, stretches)`` records;
    ``drive_fast(start_min, minutes, cont, night, compiled, halts, intervals|None) -> (end_min, cont, night)`` does not.
``trips`` (minute 0 = 00:00 of the service date; the same for every date)
    ``make_direct_trip(context, fleet_id, pickups, drops) -> TripShape | None`` for one order;
    ``find_best_direct_trip(context, fleet_id, pickup_set, drop_set, pairs) -> TripShape | None``, all sets frozenset;
    ``ride_minutes(shape, pickup, drop)``, ``detour_minutes(context, shape, pickup, drop)``;
    ``keeps_ride_limits(context, shape, pairs) -> bool``;
    ``find_cash_floor(context, line, km_tenths, legs_min, stops) -> int``, which no trip over these legs can undercut.
    TripShape: fleet_id, pickups, drops, km_tenths_total, km_tenths_loaded, pull_out_min, pull_in_min, days, drivers,
    board_min (BOARD start), depart_min (BOARD end) per pickup; arrive_min (arrival moment), alight_end_min per drop;
    driven_min (driving minutes since the first pickup, at each pickup then each drop), costs, cash_minor.
``many_stops.solve``
    ``find_routes(PickupProblem, effort, seed) -> RoutePlan | None``: which kind of coach takes which of many stops in which order
    (``many_stops.problem``: km (n+1, n+1), people (n+1,), kinds, most stops); proven best up to twenty stops.
``duties`` (absolute planning minutes)
    ``make_feeder_duty(context, fleet_id, ((pickups, terminal_id, reach_terminal_by_min), ...)) -> DutyShape | None``,
    ``make_last_mile_duty(context, fleet_id, ((terminal_id, not_before_min, drops), ...)) -> DutyShape | None``,
    ``find_best_feeder_order(context, fleet_id, pickup_set, terminal_id) -> tuple of pickups``,
    ``find_best_last_mile_order(context, fleet_id, terminal_id, drop_set) -> tuple of drops``.
    DutyShape: role, fleet_id, trips (DutyTrip: place_ids, arrive_min, depart_min, km_tenths, by the TripStop convention),
    pull_out_min, pull_in_min, days, drivers, km_tenths_total, halts_apply, costs, cash_minor.
``drivers``
    ``count_drivers(stretches, one_way_km_tenths, rules) -> (n, reason) | None`` (None: no table with six drivers);
    ``make_duty_table(stretches, n, rules, used_week_min=()) -> tuple[int, ...] | None``; stretches = ((start, end), ...).
``costs``
    ``duty_costs(tariff, days, km_tenths, drivers, trips) -> dict[str, int]``.
``capacity``
    ``coach_capacity(vehicle_type, policy, *, service_date, tier, intercity, drivers, escorts) -> (int, words)``,
    ``carriage_capacity(service, policy, tier, service_date) -> (int, words)``.
``seats``
    ``SeatParty(party_key, worker_ids, minor_ids=frozenset(), front_seat=False, group="")`` (groups never share a carriage);
    ``seat_coach(vehicle_type, blocked_rows, parties, reserved_seats=0) -> {worker_id: label}`` (reserved: crew + escorts).
``carriage_seats``
    ``seat_train(carriages, capacity, approved, parties, isolation_seats=0) -> {worker_id: (carriage, label)}``.
``extraction``
    ``TripLoad(trip_id, batch_ids, boards, alights, site_ids, capacity, capacity_rule)``: dicts by place id;
    ``make_direct_coach_duty(context, shape, duty_id, service_date_min, load, name_halt, driver_names=(), used_week_min=())
    -> (CoachDuty, Trip)``;
    ``make_connection_coach_duty(context, shape, duty_id, loads, name_halt, driver_names=(), used_week_min=())
    -> (CoachDuty, tuple[Trip, ...])`` for a DutyShape, one TripLoad per trip; ``name_halt(lat, lon) -> str``.
"""
