"""What an assembler has written down so far: trips, duties, runs, who rides which trip, and where they sit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from dispatch.batching.demand import Party
from dispatch.model.plan import CoachDuty, ServiceRun, Trip
from dispatch.model.scenario import Scenario
from dispatch.routing.seats import SeatParty

#: Below so many years a child sits beside an adult (C16).
ADULT_AGE = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class RideLeg:
    """One ride of a party: trip, stops, and the minutes between which it is aboard."""

    trip_id: str
    board_stop: int
    alight_stop: int
    board_min: int
    depart_min: int
    arrive_min: int


@dataclass(slots=True)
class Ledger:
    """Parts of a plan while they are put together.

    ``trips`` by id in the order of the plan; ``legs_of`` by party number; ``seats_of``: by trip the (carriage, label)
    of each worker aboard.
    """

    trips: dict[str, Trip] = field(default_factory=dict)
    duties: list[CoachDuty] = field(default_factory=list)
    runs: list[ServiceRun] = field(default_factory=list)
    legs_of: dict[int, list[RideLeg]] = field(default_factory=lambda: defaultdict(list))
    seats_of: dict[str, Mapping[str, tuple[int, str]]] = field(default_factory=dict)


def number_id(letter: str, number: int, total: int) -> str:
    """Id of the ``number``-th of ``total`` things, e.g. ``B0007``: four digits, more where more are needed, so that
    ids sort as the things do."""
    return f"{letter}{number:0{max(4, len(str(total)))}d}"


def stop_place(party: Party, at: str) -> str:
    """Place at which a party boards or alights; ``at`` is ``board``, ``gate`` or a terminal's place id."""
    if at == "board":
        return party.cell.board
    return party.cell.gate if at == "gate" else at


class Seating:
    """Parties as the seating sees them: who is a child, who needs the front.

    ``members``: worker ids by party key.
    """

    def __init__(self, scenario: Scenario, members: Mapping[str, tuple[str, ...]]) -> None:
        workers = scenario.workers
        young = workers["birth_year"] > scenario.first_date.year - ADULT_AGE
        front = workers["needs"].str.contains("front_seat", regex=False)
        self.members = members
        self.minors = _ids_where(workers, young)
        self.front_seat = _ids_where(workers, front)

    def list_parties(self, parties: Sequence[Party], with_tier: bool = False) -> list[SeatParty]:
        """Parties to be seated. ``with_tier``: tiers that may not meet sit in carriages of their own."""
        return [self._make_party(party, party.cell.tier_class if with_tier else "") for party in parties]

    def _make_party(self, party: Party, group: str) -> SeatParty:
        ids = self.members[party.key]
        return SeatParty(
            party_key=party.key,
            worker_ids=ids,
            minor_ids=self.minors.intersection(ids),
            front_seat=not self.front_seat.isdisjoint(ids),
            group=group,
        )


def _ids_where(workers: pd.DataFrame, chosen: pd.Series) -> frozenset[str]:
    return frozenset(workers.loc[chosen, "worker_id"].tolist())
