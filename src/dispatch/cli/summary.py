"""A plan in a few numbers: the JSON document of ``plan --json`` and the lines printed without it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from dispatch.findings import Finding, count_findings
from dispatch.model.plan import CASH_TERMS, PENALTY_TERMS, Plan
from dispatch.model.scenario import Scenario
from dispatch.model.supply import Mode, ServiceKind
from dispatch.render.plan_figures import Figures, count_figures, percent_text
from dispatch.units import format_money


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A plan that was written: scenario, plan as read back, folder, broken rules, run time."""

    scenario: Scenario
    plan: Plan
    folder: Path
    violations: tuple[Finding, ...]
    seconds: float
    seconds_to_first_plan: float | None
    interrupted: bool

    @property
    def index_html(self) -> Path:
        """Path of the plan book."""
        return self.folder / "index.html"


def money_number(amount_minor: int) -> float:
    """Amount in units of the currency."""
    return amount_minor / 100


def make_document(finished: Finished) -> dict[str, object]:
    """The document of ``plan --json``; money in units of the currency, ratios from 0 to 1, null where there is no proof."""
    plan, figures = finished.plan, count_figures(finished.scenario, finished.plan)
    certificate = plan.certificate
    bound = certificate.bound_minor
    return {
        "scenario": plan.scenario_name,
        "run": str(finished.folder),
        "index_html": str(finished.index_html),
        "workers": {
            "total": figures.roster,
            "served": figures.served,
            "own_ticket": figures.own_ticket,
            "unserved": figures.unserved,
        },
        "currency": finished.scenario.currency,
        "cost": {
            "total": money_number(plan.costs.total_minor),
            "cash": money_number(plan.costs.cash_minor),
            "penalties": money_number(plan.costs.penalties_minor),
            "terms": {
                term: money_number(plan.costs.terms.get(term, 0)) for term in (*CASH_TERMS, *PENALTY_TERMS)
            },
        },
        "bound": None if bound is None else money_number(bound),
        "gap": _round(certificate.gap_ratio),
        "gap_without_unserved": _round(certificate.gap_without_unserved_ratio),
        "batches": figures.batches,
        "trips": dict(figures.trips),
        "vehicles": count_vehicles(finished.scenario, plan),
        "violations": count_findings(finished.violations),
        "interrupted": finished.interrupted,
        "seed": plan.seed,
        "effort": plan.effort,
        "seconds_to_first_plan": (
            None if finished.seconds_to_first_plan is None else round(finished.seconds_to_first_plan, 1)
        ),
        "seconds": round(finished.seconds, 2),
    }


def _round(ratio: float | None) -> float | None:
    return None if ratio is None else round(ratio, 6)


def count_vehicles(scenario: Scenario, plan: Plan) -> dict[str, object]:
    """Coaches (one per duty), ours by vehicle type; trains and aircraft that run; carriages; seats bought on scheduled services."""
    services = {service.id: service for service in (*scenario.services, *plan.proposed_services)}
    ours = [run for run in plan.service_runs if services[run.service_id].kind is not ServiceKind.SEATS]
    bought = sum(run.load for run in plan.service_runs if services[run.service_id].kind is ServiceKind.SEATS)
    type_of = {line.id: line.type_id for line in scenario.fleet}
    by_type = Counter(type_of.get(duty.fleet_id, duty.fleet_id) for duty in plan.duties)
    return {
        "coaches": len(plan.duties),
        "coaches_by_type": dict(sorted(by_type.items())),
        "trains": sum(services[run.service_id].mode is Mode.TRAIN for run in ours),
        "aircraft": sum(services[run.service_id].mode is Mode.CHARTER for run in ours),
        "carriages": sum(run.carriages for run in ours if services[run.service_id].mode is Mode.TRAIN),
        "scheduled_seats": bought,
    }


def make_lines(finished: Finished) -> list[str]:
    """The plan in a few lines for people, verdict first."""
    plan, currency = finished.plan, finished.scenario.currency
    figures = count_figures(finished.scenario, plan)
    broken = count_findings(finished.violations)
    verdict = "GO: every rule holds" if not broken else f"NO GO: {say_broken(broken)}"
    if finished.interrupted:
        verdict += " (interrupted: best plan so far)"
    people = (
        f"{figures.roster:,} workers: {figures.served:,} served, {figures.own_ticket:,} with their own ticket,"
        f" {figures.unserved:,} unserved"
    )
    cash, total = (
        format_money(plan.costs.cash_minor, currency),
        format_money(plan.costs.total_minor, currency),
    )
    return [
        finished.scenario.title or plan.scenario_name,
        verdict,
        people,
        _trips_line(figures),
        f"cash {cash}, with planning penalties {total}",
        _bound_line(plan, currency),
    ]


def say_broken(count: int) -> str:
    """``1 broken rule``, ``3 broken rules``."""
    return f"{count:,} broken {'rule' if count == 1 else 'rules'}"


def _trips_line(figures: Figures) -> str:
    names = {"bus": "direct coach", "train": "train", "charter": "charter", "feeder": "feeder"}
    parts = [f"{count:,} {names.get(key, 'last-mile')}" for key, count in figures.trips.items() if count]
    batches = "batch" if figures.batches == 1 else "batches"
    return f"{figures.batches:,} {batches}; trips: {', '.join(parts) or 'none'}"


def _bound_line(plan: Plan, currency: str) -> str:
    bound = plan.certificate.bound_minor
    if bound is None:
        return "no bound was proved"
    return f"no lawful plan costs less than {format_money(bound, currency)}: gap {percent_text(plan.certificate.gap_ratio)}"
