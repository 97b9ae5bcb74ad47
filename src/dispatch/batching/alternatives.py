"""Ways to carry a unit without a direct coach: services with transfers, own tickets, or not at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from dispatch.batching.demand import Unit


@dataclass(frozen=True, slots=True)
class ServiceOption:
    """One way for a cell to ride one service.

    ``per_head_minor``: seat, lateness, allowance and ride time. ``pools``: transfer pools the rider draws on.
    ``arrive_day`` at the gate.
    """

    service_id: str
    board_stop: int
    alight_stop: int
    day: int
    per_head_minor: int
    pools: tuple[str, ...]
    arrive_day: int
    needs_feeder: bool
    needs_last_mile: bool


@dataclass(frozen=True, slots=True)
class ServiceTariff:
    """Money and room of one service as the search sees it.

    ``capacity``: passengers per carriage. ``calls``: (terminal, mode, day) of its stops where slots are limited (C10).
    """

    service_id: str
    capacity: int
    min_carriages: int
    max_carriages: int
    min_load: int
    fixed_minor: int
    carriage_minor: int
    committed: bool
    calls: tuple[tuple[str, str, int], ...] = ()

    @property
    def seats(self) -> int:
        """Most passengers."""
        return self.capacity * self.max_carriages

    def count_carriages(self, loads: Collection[int]) -> int:
        """Carriages needed for the loads of tier classes that share none; 0 when the service does not run."""
        if not any(loads) and not self.committed:
            return 0
        carriages = 0
        for load in loads:
            carriages -= -load // self.capacity
        return max(self.min_carriages, carriages)

    def cost_minor(self, loads: Collection[int]) -> int:
        """Fixed and carriage cost at the loads of its tier classes (seats are charged per head)."""
        carriages = self.count_carriages(loads)
        return self.fixed_minor + self.carriage_minor * carriages if carriages else 0


@dataclass(frozen=True, slots=True)
class TransferPool:
    """Feeder or last-mile coaches of one terminal, day and side, as the search expects them before they are planned.

    ``seats``: people one coach trip really carries on average; ``coach_minor``: what one costs. An estimate that
    steers, re-estimated from the coaches planned; never a price that is reported.
    """

    key: str
    seats: int
    coach_minor: int

    def cost_minor(self, load: int) -> int:
        """Expected cost of the coaches for a load: whole coaches, the last one at least by half."""
        full, rest = divmod(load, self.seats)
        last = 0 if rest == 0 else self.coach_minor // 2 + self.coach_minor * rest // (2 * self.seats)
        return full * self.coach_minor + last


@dataclass(frozen=True, kw_only=True)
class Alternatives:
    """What units may do besides direct coaches.

    ``options``: service options by cell index, cheapest first. ``slots``: services that may call by (terminal, mode, day).
    ``own_ticket_minor``: per head by cell index where offered.
    ``unserved_minor``: penalty per head by priority class, derived or given.
    """

    options: Mapping[int, tuple[ServiceOption, ...]]
    tariffs: Mapping[str, ServiceTariff]
    pools: Mapping[str, TransferPool]
    slots: Mapping[tuple[str, str, int], int]
    own_ticket_minor: Mapping[int, int]
    unserved_minor: Mapping[str, int]

    def get_penalty(self, unit: Unit) -> int:
        """Penalty of leaving a whole unit out."""
        return sum(self.get_class_penalty(party.cell.priority_class) * party.size for party in unit.parties)

    def get_class_penalty(self, priority_class: str) -> int:
        """Penalty per worker of a class."""
        return self.unserved_minor.get(priority_class, self.unserved_minor[""])

    def find_own_ticket(self, unit: Unit) -> int | None:
        """Own tickets for a whole unit, or None where not offered (a unit bound together rides together)."""
        if len(unit.parties) > 1 or unit.cell.index not in self.own_ticket_minor:
            return None
        return self.own_ticket_minor[unit.cell.index] * unit.size

    def find_options(self, unit: Unit) -> tuple[ServiceOption, ...]:
        """Service options open to a unit, priced per head of its first party's cell.

        Parties bound together must board and leave the same service; only services common to all are kept.
        """
        options = self.options.get(unit.cell.index, ())
        if len(unit.parties) == 1:
            return options
        common = [
            {option.service_id for option in self.options.get(party.cell.index, ())} for party in unit.parties
        ]
        shared = set.intersection(*common)
        return tuple(option for option in options if option.service_id in shared)

    def expect_price(self, option: ServiceOption) -> int:
        """Expected cost per head of an option with its share of transfer coaches, without fixed prices."""
        shares = (self.pools[key].coach_minor // self.pools[key].seats for key in option.pools)
        return option.per_head_minor + sum(shares)

    def get_option(self, cell_index: int, service_id: str) -> ServiceOption:
        """Cheapest option of a cell on a service (must exist)."""
        return self._by_service[cell_index][service_id]

    def reprice(self, ratios: Mapping[str, float]) -> Alternatives:
        """Same alternatives with the coaches of the sides of terminals named so many times as dear."""
        pools = {
            key: replace(pool, coach_minor=int(pool.coach_minor * ratios.get(key.rsplit("|", 1)[0], 1.0)))
            for key, pool in self.pools.items()
        }
        return replace(self, pools=pools)

    def find_option(self, unit: Unit, service_id: str) -> ServiceOption | None:
        """Option of a unit on a service, or None where it is not open to the whole unit."""
        found = [self._by_service.get(party.cell.index, {}).get(service_id) for party in unit.parties]
        return None if None in found else found[0]

    @cached_property
    def _by_service(self) -> dict[int, dict[str, ServiceOption]]:
        return {
            index: {option.service_id: option for option in reversed(options)}
            for index, options in self.options.items()
        }
