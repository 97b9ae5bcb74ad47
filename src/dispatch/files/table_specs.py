"""All tables of the scenario format by their key in ``scenario.yaml``."""

from __future__ import annotations

from dispatch.files import people_tables, supply_tables
from dispatch.files.columns import TableSpec, normalise_heading

TABLES: dict[str, TableSpec] = {
    spec.name: spec
    for spec in (
        people_tables.WORKERS,
        people_tables.PLACES,
        people_tables.REGIONS,
        people_tables.SITES,
        people_tables.HEALTH,
        supply_tables.VEHICLE_TYPES,
        supply_tables.FLEET,
        supply_tables.TERMINALS,
        supply_tables.SERVICES,
        supply_tables.SERVICE_STOPS,
        supply_tables.TRAVEL,
        supply_tables.CREW,
        people_tables.PAYERS,
        people_tables.LOCKS,
        people_tables.FACTS,
        people_tables.ASSUMED,
    )
}


def find_table_name(sheet: str) -> str:
    """Key of the table a sheet name means, or an empty text."""
    wanted = normalise_heading(sheet)
    for spec in TABLES.values():
        if wanted in {normalise_heading(name) for name in (spec.name, *spec.also)}:
            return spec.name
    return ""
