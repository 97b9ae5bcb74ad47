"""P3, third part: reasons that cost nothing because nothing could help must be true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from dispatch.checker.accuse import broken, day_text
from dispatch.checker.dedicated import find_dedicated_day
from dispatch.checker.evidence import Evidence
from dispatch.checker.people import Person
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.plan import HOPELESS, Reason

UNKNOWN = (Reason.SEEKING, Reason.UNKNOWN_PLACE)


def check_reasons(view: View) -> Iterator[Finding]:
    """Every unserved worker has a known reason; a hopeless one is refuted where the scenario shows a lawful way."""
    evidence = Evidence(view.scenario)
    parties: dict[str, list[Person]] = defaultdict(list)
    for person in view.people.values():
        parties[person.party].append(person)
    locked = {
        view.people[lock.worker_id].party for lock in view.scenario.locks if lock.worker_id in view.people
    }
    locked |= {view.people[lock.value].party for lock in view.scenario.locks if lock.value in view.people}
    answers: dict[tuple[str, str, str], str] = {}
    for worker, outcome in view.outcomes.items():
        if outcome.status != "unserved":
            continue
        person = view.people[worker]
        if outcome.reason not in {reason.value for reason in Reason}:
            yield broken("P3", worker, f"The worker is unserved for '{outcome.reason}', which is no reason.")
            continue
        reason = Reason(outcome.reason)
        if reason not in HOPELESS:
            continue
        group = _find_group(view, parties[person.party], person, reason)
        key = (reason.value, person.party, worker if len(group) == 1 else person.boarding + person.site)
        if key not in answers:
            answers[key] = _refute(
                view, evidence, parties[person.party], group, reason, person.party in locked
            )
        if answers[key]:
            yield broken(
                "P3",
                worker,
                f"The reason {reason} is not true: {answers[key]}.",
                "Serve the worker, or name the true reason.",
            )


def _find_group(view: View, party: list[Person], person: Person, reason: Reason) -> list[Person]:
    """Those who would have to travel with the worker: the members left out for the same reason from the same place."""
    if reason is Reason.NOT_CLEARED:
        return [person]
    return [
        member
        for member in party
        if (member.boarding, member.site) == (person.boarding, person.site)
        and member.id in view.outcomes
        and view.outcomes[member.id].reason == reason
    ]


def _refute(
    view: View, evidence: Evidence, party: list[Person], group: list[Person], reason: Reason, is_locked: bool
) -> str:
    """Why a claimed reason is false, empty where it may be true."""
    if reason is Reason.SEEKING:
        return "" if any(not member.site for member in party) else "the worker has a site"
    if reason is Reason.UNKNOWN_PLACE:
        return (
            ""
            if any(not _is_known(view, member) for member in party)
            else "boarding place and site are known"
        )
    if reason is Reason.PARTY_INCOMPLETE:
        others = {view.outcomes[member.id].reason for member in party if member.id in view.outcomes}
        return (
            "" if others - {reason} else "no other member of the party stays behind for a reason of their own"
        )
    if reason is Reason.PARTY_TOO_LARGE and len(group) == 1:
        return "the party is one person"
    if not all(_is_known(view, member) for member in group):
        return ""
    if reason is Reason.NOT_CLEARED and _is_surely_cleared(view, evidence, group[0]):
        return "the evidence covers every day of the worker's window"
    if is_locked:
        return ""
    found = find_dedicated_day(view, evidence, group)
    return f"a coach of {found[1]} could take them on {day_text(view.first_date, found[0])}" if found else ""


def _is_known(view: View, person: Person) -> bool:
    geography = view.scenario.geography
    site = geography.sites.get(person.site)
    return person.boarding in geography.places and site is not None and site.place_id in geography.places


def _is_surely_cleared(view: View, evidence: Evidence, person: Person) -> bool:
    """True where nothing demanded is missing on any day from earliest to latest and two days on."""
    if evidence.has_doubtful_result(person.id):
        return False
    region = view.county(view.scenario.geography.sites[person.site].place_id)
    first = max(0, person.earliest or 0)
    last = view.last_day if person.latest is None else min(person.latest, view.last_day)
    days = range(first, last + 3)
    return first <= last and not any(
        evidence.find_missing(person.id, region, day, day, strict=True) for day in days
    )
