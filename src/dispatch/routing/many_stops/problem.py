"""The question: stops with people, kinds of coaches, km between; and the answer: routes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of coach: people it may carry, money per route and per km in minor units, ``available`` None = unlimited."""

    capacity: int
    fixed_minor: int
    km_minor: int
    available: int | None = None


@dataclass(frozen=True, kw_only=True)
class PickupProblem:
    """Stops to be collected on closed routes.

    Attributes
    ----------
    km_tenths
        Shape (n + 1, n + 1), directed. Row 0: from the depot to each stop; column 0: from each stop to the common end and
        on to wherever the coach goes afterwards.
    people
        Shape (n + 1,): people at each stop; ``people[0]`` is 0.
    most_stops
        Most stops of one route; None = no limit.
    """

    km_tenths: NDArray[np.int64]
    people: NDArray[np.int64]
    kinds: tuple[Kind, ...]
    most_stops: int | None = None

    @property
    def stops(self) -> int:
        """Number of stops n."""
        return len(self.people) - 1

    @cached_property
    def most_aboard(self) -> int:
        """Most people any route can carry."""
        return min(int(self.people.sum()), max((kind.capacity for kind in self.kinds), default=0))

    @cached_property
    def longest(self) -> int:
        """Most stops any route can have."""
        return self.stops if self.most_stops is None else min(self.stops, self.most_stops)

    @cached_property
    def limits(self) -> dict[int, int]:
        """Coaches by kind (index) that is finite."""
        return {k: kind.available for k, kind in enumerate(self.kinds) if kind.available is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Stops in order (1 to n), the kind of coach (index) and the price."""

    stops: tuple[int, ...]
    kind: int
    km_tenths: int
    cost_minor: float


@dataclass(frozen=True, kw_only=True)
class RoutePlan:
    """Routes that together visit every stop once. ``is_proven``: no cheaper set of routes exists."""

    routes: tuple[Route, ...]
    cost_minor: float
    is_proven: bool
