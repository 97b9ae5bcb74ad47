"""Cash of a duty by term."""

from dispatch.model.supply import CoachTariff
from dispatch.routing.costs import duty_costs


def test_days_km_and_driver_days_are_charged_apart():
    # 2 x 1,200.00; 1,500.3 km x 6.55 = 9,826.965 -> 9,826.96 (half to even); 3 drivers x 2 days x 300.00
    tariff = CoachTariff(day_minor=120_000, km_minor=655, driver_day_minor=30_000)
    assert duty_costs(tariff, 2, 15_003, 3, 1) == {
        "vehicle_days": 240_000,
        "km": 982_696,
        "driver_days": 180_000,
    }


def test_a_lump_sum_replaces_every_other_term():
    tariff = CoachTariff(day_minor=1, km_minor=1, driver_day_minor=1, lump_trip_minor=50_000)
    assert duty_costs(tariff, 5, 9_999, 2, 3) == {"lump_sums": 150_000}
