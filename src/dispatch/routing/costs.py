"""Cash of one coach duty by term, as stated under "Money" in the house README."""

from __future__ import annotations

from dispatch.model.supply import CoachTariff
from dispatch.units import divide_half_even


def duty_costs(tariff: CoachTariff, days: int, km_tenths: int, drivers: int, trips: int) -> dict[str, int]:
    """Minor units by cash term of a duty of ``trips`` trips.

    Two days at 1,200.00, 1,500.3 km at 6.55 and three drivers at 300.00 a day: vehicle_days 240000,
    km 982696 (982,696.5 half-even), driver_days 180000. With a lump sum per trip, only ``lump_sums``.
    """
    if tariff.lump_trip_minor is not None:
        return {"lump_sums": trips * tariff.lump_trip_minor}
    return {
        "vehicle_days": days * tariff.day_minor,
        "km": divide_half_even(km_tenths * tariff.km_minor, 10),
        "driver_days": drivers * days * tariff.driver_day_minor,
    }
