"""C12: modes people accept and can use."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dispatch.checker.accuse import broken
from dispatch.checker.people import Person, split_words
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.supply import Mode


def check_modes(view: View) -> Iterator[Finding]:
    """The mode of the line-haul is one the worker accepts and no special need rules out."""
    people, journeys = view.people, view.journeys
    modes = np.array([list(Mode).index(trip.mode) for trip in view.plan.trips], np.int8)
    mode_of = modes[journeys.haul]
    for number, mode in enumerate(Mode):
        who = journeys.who[mode_of == number]
        refuses = people.modes.flag(lambda text, mode=mode: _refuses(text, mode))  # type: ignore[misc]
        for worker in who[refuses[who]]:
            accepted = ", ".join(sorted(split_words(people.modes.text(worker))))
            yield broken(
                "C12", people.name(worker), f"The worker travels by {mode}; accepted are {accepted}."
            )
        cannot = people.needs.flag(lambda text, mode=mode: f"no_{mode}" in split_words(text))  # type: ignore[misc]
        for worker in who[cannot[who]]:
            yield broken(
                "C12",
                people.name(worker),
                f"The worker travels by {mode}, which their special need no_{mode} rules out.",
            )


def accepts(person: Person, mode: str) -> bool:
    """True where the worker may travel by a mode; no mode named = any."""
    return (not person.modes or mode in person.modes) and f"no_{mode}" not in person.needs


def _refuses(text: str, mode: str) -> bool:
    accepted = split_words(text)
    return bool(accepted) and mode not in accepted
