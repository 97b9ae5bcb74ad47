"""Frozen travel: the scenario's travel table first, an estimate for every other pair."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from dispatch.model.scenario import Scenario
from dispatch.model.travel import FrozenTravel
from dispatch.network.estimates import estimate_road_matrix


def freeze_travel(scenario: Scenario, place_ids: Iterable[str]) -> FrozenTravel:
    """Directed road km and minutes between places, in the order given (repeated ids are taken once).

    A leg of the scenario's travel table is taken as it stands, in its direction only; of two rows for one leg the later
    one. Every other pair is estimated (see ``estimates``; the region of a place decides its circuity). From a
    place to itself it is 0 km and 0 min. Raises KeyError for an unknown place.
    """
    ids = tuple(dict.fromkeys(place_ids))
    places = [scenario.geography.places[place_id] for place_id in ids]
    km_tenths, minutes = estimate_road_matrix(
        [place.lat for place in places],
        [place.lon for place in places],
        [place.region_id for place in places],
    )
    index = {place_id: i for i, place_id in enumerate(ids)}
    return FrozenTravel(
        place_ids=ids,
        index=index,
        km_tenths=km_tenths,
        minutes=minutes,
        from_table=_write_table_legs(scenario, index, km_tenths, minutes),
    )


def _write_table_legs(
    scenario: Scenario, index: dict[str, int], km_tenths: NDArray[np.int32], minutes: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Overwrite estimates by table legs, in place; mask of the legs overwritten."""
    from_table = np.zeros(km_tenths.shape, bool)
    table = scenario.travel
    rows = table["from_id"].map(index).fillna(-1).to_numpy(np.int64)
    columns = table["to_id"].map(index).fillna(-1).to_numpy(np.int64)
    wanted = (rows >= 0) & (columns >= 0) & (rows != columns)
    at = (rows[wanted], columns[wanted])
    km_tenths[at] = table["km_tenths"].to_numpy(np.int32)[wanted]
    minutes[at] = table["minutes"].to_numpy(np.int32)[wanted]
    from_table[at] = True
    return from_table
