"""All findings about a plan, in one fixed order."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dispatch.checker.budgets import check_budgets
from dispatch.checker.capacity import check_capacity
from dispatch.checker.certificate import check_certificate
from dispatch.checker.counts import check_counts
from dispatch.checker.dates import check_clearance, check_windows
from dispatch.checker.drivers import check_drivers
from dispatch.checker.driving import check_timetables
from dispatch.checker.fleet import check_fleet
from dispatch.checker.hours import check_boarding_hours
from dispatch.checker.locks import check_locks
from dispatch.checker.modes import check_modes
from dispatch.checker.money import check_money
from dispatch.checker.outcomes import check_outcomes
from dispatch.checker.reasons import check_reasons
from dispatch.checker.references import check_references
from dispatch.checker.roster import check_roster
from dispatch.checker.seats import check_seats
from dispatch.checker.services import check_services
from dispatch.checker.shape import check_shape
from dispatch.checker.sites import check_sites
from dispatch.checker.tiers import check_tiers
from dispatch.checker.transfers import check_transfers
from dispatch.checker.travel import check_travel
from dispatch.checker.verdict import gather
from dispatch.checker.view import View, make_view, read_rows
from dispatch.findings import Finding
from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario

FAMILIES: tuple[Callable[[View], Iterable[Finding]], ...] = (
    check_roster,
    check_capacity,
    check_windows,
    check_clearance,
    check_sites,
    check_tiers,
    check_fleet,
    check_shape,
    check_timetables,
    check_drivers,
    check_services,
    check_transfers,
    check_modes,
    check_budgets,
    check_seats,
    check_locks,
    check_boarding_hours,
    check_money,
    check_travel,
    check_counts,
    check_outcomes,
    check_reasons,
    check_certificate,
)


def check_plan(scenario: Scenario, plan: Plan) -> tuple[Finding, ...]:
    """Broken rules of a plan, worst kind of surprise excluded: it never raises on a wrong plan.

    Parameters
    ----------
    scenario
        What was known before planning.
    plan
        What was decided; only its frozen travel, times and names are believed, and those are checked too.

    Returns
    -------
    tuple of Finding
        Severity error, codes C1-C18 and P1-P4, ordered by code, then by where, then by message. Empty for a
        lawful plan. Of each code the first ``verdict.SHOWN``, then one that counts the others. When names in the plan point
        nowhere, only those P3 findings are returned: nothing else can be recomputed before they are mended.
    """
    rows = read_rows(scenario, plan)
    dangling = gather(check_references(scenario, plan, rows))
    if dangling:
        return dangling
    view = make_view(scenario, plan, rows)
    return gather(finding for family in FAMILIES for finding in family(view))
