"""Parties: who travels together, when and how, and who is set aside with which reason (C1).

Each worker is first looked at alone; who cannot travel is set aside singly. Then parties are looked at whole: an
``all_or_none`` party falls with its first member, a minor stays when every adult of the party stays. What is left is
intersected: window, modes, clearance.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from dispatch.clearance.blocks import BLOCK_WORKERS, find_cuts, join_blocks
from dispatch.clearance.people import Wording, describe_people, mark, mark_empty_windows, set_aside_alone
from dispatch.model.contracts import PARTIES, conform
from dispatch.model.plan import Reason
from dispatch.model.scenario import Scenario
from dispatch.model.supply import Mode


@dataclass(frozen=True, slots=True)
class PartyResult:
    """Parties to plan for, and everybody else.

    ``parties`` under the contract PARTIES, in roster order of their first member; ``members``: worker_id, party_key;
    ``set_aside``: worker_id, party_key, reason (a ``Reason``), detail, next_step. Every worker is in exactly one of the last two.
    """

    parties: pd.DataFrame
    members: pd.DataFrame
    set_aside: pd.DataFrame


def make_parties(scenario: Scenario, clearance: pd.DataFrame) -> PartyResult:
    """Parties of a scenario under its clearance (rows in roster order, see ``make_clearance``).

    A party keeps its ``party_id`` as key; a member set aside from a larger party gets ``party_id#worker_id``. ``preferred`` is the
    earliest of the members' preferred dates, put into the window. ``latest`` is lowered only by the members' own dates and
    the horizon; required-on-post dates and clearance bind through ``arrive_by``, ``clear_from`` and ``clear_until``.
    """
    cuts = find_cuts(scenario.workers, BLOCK_WORKERS)
    blocks = [
        _make_block(scenario.replace(workers=scenario.workers.iloc[begin:end]), clearance.iloc[begin:end])
        for begin, end in pairwise(cuts)
    ]
    return PartyResult(
        parties=join_blocks([block.parties for block in blocks]),
        members=join_blocks([block.members for block in blocks]),
        set_aside=join_blocks([block.set_aside for block in blocks]),
    )


def _make_block(scenario: Scenario, clearance: pd.DataFrame) -> PartyResult:
    people = describe_people(scenario, clearance)
    set_aside_alone(people, scenario)
    _set_aside_incomplete(people)
    parties = _make_party_table(people[people["reason"] == ""], scenario)
    mark(
        parties,
        parties["modes"] == "",
        Reason.NO_MODE,
        "the members accept no common mode",
        "agree on one mode",
    )
    mark_empty_windows(parties, scenario.first_date)
    _pass_on(parties, people)
    return _make_result(people, parties[parties["reason"] == ""])


def _set_aside_incomplete(people: pd.DataFrame) -> None:
    """Parties that lost a member they may not leave, minors who lost every adult, members who differ in place or site.

    An uncleared member is left behind unless the party is all-or-none; one whose dates or modes exclude every journey holds the
    whole party, because its window and modes are the intersection of its members' (C1).
    """
    party = people["party"]
    out = people["reason"] != ""
    lost = out.groupby(party).transform("any")
    binds = people["all_or_none"] | people["reason"].isin([Reason.NO_MODE, Reason.WINDOW_EMPTY])
    strict = binds.groupby(party).transform("any")
    step = "clear the way for the member named, or let the others travel alone"
    mark(
        people,
        strict & lost,
        Reason.PARTY_INCOMPLETE,
        _name_lost("the party travels only whole", people),
        step,
    )
    adult = ~people["minor"]
    had_adult = adult.groupby(party).transform("any")
    has_adult = (adult & ~out).groupby(party).transform("any")
    orphan = people["minor"] & had_adult & ~has_adult
    step = "the child travels when the adult can"
    mark(
        people, orphan, Reason.PARTY_INCOMPLETE, _name_lost("no adult of the party can travel", people), step
    )
    left = people[people["reason"] == ""]
    ends = left.groupby("party")[["boarding_place_id", "site_id"]].nunique()
    torn = party.isin(ends.index[(ends > 1).any(axis=1)])
    step = "give the members one boarding place and one site, or separate parties"
    mark(people, torn, Reason.PARTY_INCOMPLETE, "members differ in boarding place or site", step)


def _name_lost(before: str, people: pd.DataFrame) -> Wording:
    """Words that name the first member of each party who is set aside, with the reason."""
    out = people[people["reason"] != ""].drop_duplicates("party")
    lost = {
        p: f"{w} stays: {d}" for p, w, d in zip(out["party"], out["worker_id"], out["detail"], strict=True)
    }
    return lambda rows: [f"{before}; {lost[party]}" for party in rows["party"]]


def _make_party_table(people: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """One row per party of the people given, indexed by party number, in roster order."""
    groups = people.groupby("party", sort=True)
    table = groups.agg(
        party_key=("party_key", "first"),
        size=("worker_id", "size"),
        minors=("minor", "sum"),
        boarding_place_id=("boarding_place_id", "first"),
        site_id=("site_id", "first"),
        earliest=("earliest", "max"),
        preferred=("preferred", "min"),
        latest=("latest", "min"),
        arrive_by=("arrive_by", "min"),
        clear_from=("clear_from", "max"),
        clear_until=("clear_until", "min"),
        opens=("opens", "max"),
        payer_id=("payer_id", "first"),
    )
    table["preferred"] = table["preferred"].clip(
        table["earliest"], table["latest"].clip(lower=table["earliest"])
    )
    accepted = {mode: groups[mode].all().to_numpy(bool) for mode in Mode}
    words = np.full(len(table), "", object)
    for mode, accepts in accepted.items():
        words[accepts] = np.where(words[accepts] == "", str(mode), words[accepts] + f"|{mode}")
    table["modes"] = words
    table[["reason", "detail", "next_step"]] = ""
    table["priority_class"] = _find_dearest_class(people, scenario.rates.unserved_minor)
    return table


def _find_dearest_class(people: pd.DataFrame, penalties: dict[str, int]) -> pd.Series:
    """Per party the class with the highest unserved penalty (of equal ones the first member's)."""
    ordinary = penalties.get("", -1)
    cost = people["priority_class"].map(
        {name: penalties.get(name, ordinary) for name in people["priority_class"].unique()}
    )
    ranked = people.assign(cost=cost.astype("int64")).sort_values(
        ["party", "cost"], ascending=[True, False], kind="stable"
    )
    return ranked.drop_duplicates("party").set_index("party")["priority_class"]


def _pass_on(parties: pd.DataFrame, people: pd.DataFrame) -> None:
    """Give the reason of a party to its members who are still in it."""
    lost = parties[parties["reason"] != ""]
    chosen = people["party"].isin(lost.index) & (people["reason"] == "")
    for column in ("reason", "detail", "next_step"):
        people.loc[chosen, column] = people.loc[chosen, "party"].map(lost[column])


def _make_result(people: pd.DataFrame, parties: pd.DataFrame) -> PartyResult:
    out = people[people["reason"] != ""]
    in_party = people.groupby("party")["worker_id"].transform("size") > 1
    keys = out["party_key"].where(~in_party[out.index], out["party_key"] + "#" + out["worker_id"])
    set_aside = out.assign(party_key=keys)[["worker_id", "party_key", "reason", "detail", "next_step"]]
    members = people.loc[people["reason"] == "", ["worker_id", "party_key"]]
    return PartyResult(
        parties=conform(parties, PARTIES),
        members=members.astype("string").reset_index(drop=True),
        set_aside=set_aside.astype("string").reset_index(drop=True),
    )
