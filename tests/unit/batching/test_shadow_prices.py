"""Prices of seats and coaches that a proof implies."""

from __future__ import annotations

import numpy as np

from dispatch.batching.bound.services import ServiceOffer
from dispatch.batching.bound.shadow_prices import price_seat


def make_offer(seats: int, *, fixed: float = 0.0, committed: bool = False) -> ServiceOffer:
    """A departure at 100 a head for three single people."""
    return ServiceOffer(
        service_id="K1",
        riders=np.arange(3),
        price=np.full(3, 100.0),
        people=np.ones(3),
        carriage_room=seats,
        min_carriages=1,
        max_carriages=1,
        min_load=0,
        fixed=fixed,
        carriage=0.0,
        committed=committed,
        slots=(),
    )


def test_one_more_seat_is_worth_what_the_first_left_standing_would_bring() -> None:
    # they bring 50, 40 and 30 more than their ticket; the third stands
    pay = np.array([140.0, 150.0, 130.0])
    assert price_seat(make_offer(2), pay, 0.0) == 30.0


def test_a_seat_is_worth_nothing_where_one_is_free_or_nobody_gains() -> None:
    assert price_seat(make_offer(3), np.array([140.0, 150.0, 130.0]), 0.0) == 0.0
    assert price_seat(make_offer(2), np.array([140.0, 150.0, 90.0]), 0.0) == 0.0


def test_a_service_that_does_not_pay_for_itself_has_no_price_unless_it_runs_anyway() -> None:
    pay = np.array([140.0, 150.0, 130.0])  # 90 from two riders, 500 to run
    assert price_seat(make_offer(2, fixed=500.0), pay, 0.0) == 0.0
    assert price_seat(make_offer(2, fixed=500.0, committed=True), pay, 0.0) == 30.0
