"""A world that fits in the head: one home, one gate, a horizon of 1 to 10 March 2020, and rules made on the spot."""

from __future__ import annotations

from datetime import date

from dispatch.model.contracts import HEALTH, TRAVEL, WORKERS, make_frame
from dispatch.model.geography import (
    DatedEntryRule,
    Geography,
    Place,
    PlaceKind,
    Precision,
    Region,
    Site,
)
from dispatch.model.policy import EntryRule, EvidenceRequirement, Policy
from dispatch.model.scenario import Limits, Rates, Scenario

FIRST, LAST = date(2020, 3, 1), date(2020, 3, 10)


def day(number: int, month: int = 3) -> date:
    return date(2020, month, number)


def make_place(place_id: str, region_id: str = "610723") -> Place:
    return Place(
        id=place_id,
        name=place_id,
        lat=33.2,
        lon=107.5,
        region_id=region_id,
        kind=PlaceKind.VILLAGE,
        precision=Precision.VILLAGE,
    )


def make_site(
    site_id: str = "gate", opens_on: date = FIRST, accepted: bool = True, place_id: str = "works"
) -> Site:
    return Site(
        id=site_id, name=site_id, employer="E", place_id=place_id, opens_on=opens_on, accepted=accepted
    )


def worker(worker_id: str, **changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "worker_id": worker_id,
        "party_id": worker_id,
        "boarding_place_id": "home",
        "site_id": "gate",
        "earliest_date": FIRST,
        "preferred_date": FIRST,
        "latest_date": LAST,
        "modes": "bus|train|charter",
    }
    return row | changes


def paper(worker_id: str, kind: str, on: date | None, **changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "worker_id": worker_id,
        "kind": kind,
        "date": on,
        "result": "ok",
        "verified": True,
    }
    return row | changes


def make_world(
    workers: list[dict[str, object]],
    papers: list[dict[str, object]] | None = None,
    rule: tuple[EvidenceRequirement, ...] = (),
    *,
    region_rules: tuple[DatedEntryRule, ...] = (),
    more_rules: dict[str, tuple[EvidenceRequirement, ...]] | None = None,
    sites: tuple[Site, ...] = (make_site(),),
    rates: Rates | None = None,
) -> Scenario:
    """Scenario whose default entry rule is ``rule``; the region of the gate may name others."""
    rules = {"rule": rule} | (more_rules or {})
    return Scenario(
        name="clearance_world",
        title="",
        first_date=FIRST,
        last_date=LAST,
        time_zone="Asia/Shanghai",
        currency="CNY",
        geography=Geography(
            places={
                "home": make_place("home"),
                "home2": make_place("home2"),
                "works": make_place("works", "330106"),
            },
            regions={"330106": Region(id="330106", name="Xihu", level="county", entry_rules=region_rules)},
            sites={site.id: site for site in sites},
        ),
        policy=Policy(
            profile_names=("none",),
            entry_rules={name: EntryRule(name=name, requirements=asked) for name, asked in rules.items()},
            default_entry_rule="rule",
        ),
        rates=rates or Rates(),
        limits=Limits(),
        workers=make_frame(WORKERS, workers),
        health=make_frame(HEALTH, papers or []),
        travel=make_frame(TRAVEL),
    )
