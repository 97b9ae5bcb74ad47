"""C12: modes people accept and can use."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.checker.accuse import broken
from dispatch.checker.people import Person
from dispatch.checker.view import View
from dispatch.findings import Finding


def check_modes(view: View) -> Iterator[Finding]:
    """The mode of the line-haul is one the worker accepts and no special need rules out."""
    for journey in view.journeys.values():
        person, mode = journey.person, journey.line_haul.mode
        if person.modes and mode not in person.modes:
            yield broken(
                "C12",
                person.id,
                f"The worker travels by {mode}; accepted are {', '.join(sorted(person.modes))}.",
            )
        if f"no_{mode}" in person.needs:
            yield broken(
                "C12",
                person.id,
                f"The worker travels by {mode}, which their special need no_{mode} rules out.",
            )


def accepts(person: Person, mode: str) -> bool:
    """True where the worker may travel by a mode; no mode named = any."""
    return (not person.modes or mode in person.modes) and f"no_{mode}" not in person.needs
