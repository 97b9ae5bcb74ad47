"""P3, fourth part: reasons that cost nothing because nothing could help must be true."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dispatch.checker.accuse import broken, day_text
from dispatch.checker.columns import NO_DAY, Flags, Ints
from dispatch.checker.dedicated import Dedicated
from dispatch.checker.evidence import get_evidence
from dispatch.checker.locks import find_named
from dispatch.checker.people import UNSERVED
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.plan import HOPELESS, Reason

REASONS = {reason.value: reason for reason in Reason}
#: Days after the window on which papers must hold to be called good beyond doubt.
DAYS_AFTER = 2


def check_reasons(view: View) -> Iterator[Finding]:
    """Every unserved worker has a known reason; a hopeless one is refuted where the scenario shows a lawful way."""
    outcomes, people = view.outcomes, view.people
    is_unserved = outcomes.status == UNSERVED
    for row in np.flatnonzero(is_unserved & ~outcomes.reason.flag(REASONS.__contains__)):
        yield broken(
            "P3",
            people.name(outcomes.who[row]),
            f"The worker is unserved for '{outcomes.reason.text(row)}', which is no reason.",
        )
    is_hopeless = outcomes.reason.flag(lambda text: REASONS.get(text) in HOPELESS)
    known = _find_known(view)
    asked = outcomes.who[is_unserved & is_hopeless]
    jury = Jury(view, known)
    for number in map(int, asked[~_find_uncleared(view, asked, known)]):
        reason = REASONS[str(outcomes.reason_of(number))]
        answer = jury.refute(number, reason)
        if answer:
            yield broken(
                "P3",
                people.name(number),
                f"The reason {reason} is not true: {answer}.",
                "Serve the worker, or name the true reason.",
            )


class Jury:
    """Tries to refute reasons; each party and reason once. ``known``: workers whose boarding place and site are known."""

    def __init__(self, view: View, known: Flags) -> None:
        self._view, self._known, self._dedicated = view, known, Dedicated(view)
        self._locked = {int(view.people.party.codes[number]) for number in find_named(view).values()}
        self._answers: dict[tuple[Reason, int, int, int], str] = {}

    def refute(self, number: int, reason: Reason) -> str:
        """Why the reason claimed for a worker is false, empty where it may be true."""
        people = self._view.people
        group = self._list_group(number, reason)
        key = (int(people.boarding_texts.codes[number]), int(people.site_texts.codes[number]))
        if len(group) == 1:
            key = (-1, number)
        question = (reason, int(people.party.codes[number]), *key)
        if question not in self._answers:
            self._answers[question] = self._answer(group, reason)
        return self._answers[question]

    def _list_group(self, number: int, reason: Reason) -> list[int]:
        """Those who would have to travel with the worker: the members left out for the same reason from the same place."""
        people = self._view.people
        if reason is Reason.NOT_CLEARED:
            return [number]
        boarding, site = people.boarding_texts.codes, people.site_texts.codes
        return [
            member
            for member in people.list_party(people.party.codes[number])
            if (boarding[member], site[member]) == (boarding[number], site[number])
            and self._view.outcomes.reason_of(member) == reason
        ]

    def _answer(self, group: list[int], reason: Reason) -> str:
        people, view = self._view.people, self._view
        party = people.list_party(people.party.codes[group[0]])
        if reason is Reason.SEEKING:
            return "" if any(not people.site_texts.text(one) for one in party) else "the worker has a site"
        if reason is Reason.UNKNOWN_PLACE:
            return "" if not self._known[party].all() else "boarding place and site are known"
        if reason is Reason.PARTY_INCOMPLETE:
            others = {view.outcomes.reason_of(one) for one in party} - {None, reason.value}
            return "" if others else "no other member of the party stays behind for a reason of their own"
        if reason is Reason.PARTY_TOO_LARGE and len(group) == 1:
            return "the party is one person"
        if not self._known[group].all():
            return ""
        if reason is Reason.NOT_CLEARED and _is_surely_cleared(view, group[0]):
            return "the evidence covers every day of the worker's window"
        if int(people.party.codes[group[0]]) in self._locked:
            return ""
        found = self._dedicated.find_day([people.person(one) for one in group])
        return (
            f"a coach of {found[1]} could take them on {day_text(view.first_date, found[0])}" if found else ""
        )


def _find_known(view: View) -> Flags:
    people = view.people
    return np.asarray((people.boarding >= 0) & (view.site_places[people.site] >= 0))


def _find_uncleared(view: View, who: Ints, known: Flags) -> Flags:
    """Of the given workers those said to be not cleared who truly are not, on any day of their window."""
    evidence, people = get_evidence(view), view.people
    outcomes, counties = view.outcomes, view.site_counties()
    claimed = outcomes.reason.flag(Reason.NOT_CLEARED.__eq__)[outcomes.row_of[who]]
    stands = claimed.copy()
    rest = np.flatnonzero(claimed & known[who] & ~evidence.has_doubtful_result[who])
    earliest, latest = people.earliest[who], people.latest[who]
    first = np.maximum(0, earliest)
    last = np.where(latest == NO_DAY, view.last_day, np.minimum(latest, view.last_day))
    for ahead in range(int((last - first).max(initial=-1)) + 1):
        rest = rest[first[rest] + ahead <= last[rest]]
        if not len(rest):
            break
        days = first[rest] + ahead
        missing = evidence.find_missing_of(who[rest], counties[who[rest]], days, days, strict=True)
        stands[rest[missing < 0]] = False
        rest = rest[missing >= 0]
    return stands


def _is_surely_cleared(view: View, number: int) -> bool:
    """True where nothing demanded is missing on any day from earliest to latest and a few days on."""
    evidence, people = get_evidence(view), view.people
    region = view.county_ids[view.site_counties()[number]]
    earliest, latest = int(people.earliest[number]), int(people.latest[number])
    first = max(0, earliest)
    last = view.last_day if latest == NO_DAY else min(latest, view.last_day)
    days = range(first, last + DAYS_AFTER + 1)
    return first <= last and all(evidence.is_covered(number, region, day, day) for day in days)
