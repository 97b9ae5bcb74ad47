"""Rosters in blocks: no party is torn, and what comes out does not depend on the size of the blocks."""

from __future__ import annotations

import pandas as pd
import pytest
from clearance_world import day, make_site, make_world, paper, worker

from dispatch.clearance import parties, windows
from dispatch.clearance.blocks import find_cuts, join_blocks
from dispatch.clearance.parties import make_parties
from dispatch.clearance.windows import make_clearance
from dispatch.model.contracts import as_words
from dispatch.model.policy import EvidenceRequirement
from dispatch.model.scenario import Scenario

CERTIFICATE = (EvidenceRequirement(kind="certificate", valid_days=5),)


def roster(*party_ids: str) -> pd.DataFrame:
    return pd.DataFrame({"party_id": pd.Series(party_ids, dtype="string")})


def make_mixed_world() -> Scenario:
    """Twelve people in eight parties: some lack papers, one certificate is late, one site is refused."""
    of_party = ["A", "A", "B", "C", "C", "C", "D", "E", "F", "F", "G", "H"]
    people = [
        worker(f"w{i}", party_id=party, all_or_none=party == "C", site_id="shut" if party == "G" else "gate")
        for i, party in enumerate(of_party)
    ]
    papers = [paper(f"w{i}", "certificate", day(1 + i % 5)) for i in range(12) if i not in (4, 7)]
    sites = (make_site(), make_site("shut", accepted=False))
    return make_world(people, papers[::-1], CERTIFICATE, sites=sites)


def test_cuts_move_back_to_the_beginning_of_a_party() -> None:
    # Blocks of 2 would be cut at 2, 4 and 6; B stands at 1 to 3 and C at 4 to 6.
    assert find_cuts(roster("A", "B", "B", "B", "C", "C", "C"), 2) == [0, 1, 4, 7]


def test_a_party_larger_than_a_block_stays_whole() -> None:
    assert find_cuts(roster("A", "A", "A", "A", "A", "B"), 2) == [0, 6]


def test_people_without_a_party_are_parties_of_their_own() -> None:
    assert find_cuts(roster("", "", "A", "A"), 1) == [0, 1, 2, 4]


def test_scattered_parties_make_one_block() -> None:
    assert find_cuts(roster("A", "B", "A", "B"), 2) == [0, 4]


def test_a_small_roster_is_one_block() -> None:
    assert find_cuts(roster("A", "B"), 2) == [0, 2]
    assert find_cuts(roster(), 2) == [0, 0]


def test_joined_words_have_one_sorted_list() -> None:
    blocks = [pd.DataFrame({"word": as_words(pd.Series(words))}) for words in (["b", "c"], ["a", "b"])]
    joined = join_blocks(blocks)["word"]
    assert joined.tolist() == ["b", "c", "a", "b"]
    assert joined.cat.categories.tolist() == ["a", "b", "c"]


@pytest.mark.parametrize("most", [1, 3, 5])
def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    scenario = make_mixed_world()
    clearance = make_clearance(scenario)
    whole = make_parties(scenario, clearance)
    assert {"not_cleared", "party_incomplete", "site_closed"} <= set(whole.set_aside["reason"])
    monkeypatch.setattr(windows, "BLOCK_WORKERS", most)
    monkeypatch.setattr(parties, "BLOCK_WORKERS", most)
    pd.testing.assert_frame_equal(make_clearance(scenario), clearance)
    again = make_parties(scenario, clearance)
    pd.testing.assert_frame_equal(again.parties, whole.parties)
    pd.testing.assert_frame_equal(again.members, whole.members)
    pd.testing.assert_frame_equal(again.set_aside, whole.set_aside)
