"""Parties: who travels together and who is set aside; days are counted from 1 March 2020 (day 0) to 10 March (day 9)."""

from __future__ import annotations

from datetime import date

import pandas as pd
from clearance_world import day, make_site, make_world, paper, worker
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.clearance.parties import PartyResult, make_parties
from dispatch.clearance.people import NO_LIMIT_DAYS
from dispatch.clearance.windows import make_clearance
from dispatch.model.contracts import PANDAS_DTYPES, PARTIES
from dispatch.model.plan import Reason
from dispatch.model.policy import EvidenceRequirement
from dispatch.model.scenario import Rates, Scenario

CERTIFICATE = (EvidenceRequirement(kind="certificate", valid_days=5),)


def party_up(scenario: Scenario) -> PartyResult:
    return make_parties(scenario, make_clearance(scenario))


def get_reasons(result: PartyResult) -> dict[str, str]:
    return dict(zip(result.set_aside["worker_id"], result.set_aside["reason"], strict=True))


def get_members(result: PartyResult) -> dict[str, str]:
    return dict(zip(result.members["worker_id"], result.members["party_key"], strict=True))


def household(*worker_ids: str, **changes: object) -> list[dict[str, object]]:
    return [worker(worker_id, party_id="H", **changes) for worker_id in worker_ids]


def cleared(*worker_ids: str, on: date | None = None) -> list[dict[str, object]]:
    return [paper(worker_id, "certificate", on or day(1)) for worker_id in worker_ids]


def test_a_lone_worker_is_a_party_of_one() -> None:
    result = party_up(make_world([worker("A", latest_date=day(4), required_on_post_date=day(6))]))
    assert get_members(result) == {"A": "A"}
    row = result.parties.iloc[0]
    assert (row["size"], row["minors"], row["earliest"], row["preferred"], row["latest"]) == (1, 0, 0, 0, 3)
    assert (row["arrive_by"], row["clear_from"], row["clear_until"]) == (5, -NO_LIMIT_DAYS, NO_LIMIT_DAYS)
    assert row["modes"] == "bus|train|charter"


def test_the_parties_keep_their_contract() -> None:
    for workers in ([], [worker("A")]):
        parties = party_up(make_world(workers)).parties
        assert [(name, str(dtype)) for name, dtype in parties.dtypes.items()] == [
            (column.name, PANDAS_DTYPES[column.dtype]) for column in PARTIES
        ]


def test_a_party_takes_the_intersection_of_dates_modes_and_clearance() -> None:
    workers = [
        worker(
            "A",
            party_id="H",
            earliest_date=day(2),
            preferred_date=day(4),
            latest_date=day(8),
            modes="bus|train",
        ),
        worker(
            "B", party_id="H", earliest_date=day(3), preferred_date=day(3), latest_date=day(6), needs="no_bus"
        ),
    ]
    # certificates of 1 and 2 March, five days each: until 5 and 6 March
    papers = [*cleared("A", on=day(1)), *cleared("B", on=day(2))]
    row = party_up(make_world(workers, papers, CERTIFICATE)).parties.iloc[0]
    assert (row["party_key"], row["size"], row["modes"]) == ("H", 2, "train")
    assert (row["earliest"], row["preferred"], row["latest"]) == (2, 2, 5)
    assert (row["clear_from"], row["clear_until"]) == (1, 4)


def test_dates_are_cut_to_the_horizon() -> None:
    workers = [worker("A", earliest_date=day(1, 2), preferred_date=day(1, 2), latest_date=day(30))]
    row = party_up(make_world(workers)).parties.iloc[0]
    assert (row["earliest"], row["preferred"], row["latest"]) == (0, 0, 9)


def test_each_need_removes_its_mode() -> None:
    workers = [
        worker("A", needs="no_bus"),
        worker("B", needs="no_train|wheelchair"),
        worker("C", needs="no_charter"),
        worker("D", needs="front_seat"),
    ]
    modes = party_up(make_world(workers)).parties["modes"]
    assert list(modes) == ["train|charter", "bus|charter", "bus|train", "bus|train|charter"]


def test_no_mode_left_is_the_reason_no_mode() -> None:
    workers = [
        worker("A", modes="bus", needs="no_bus"),
        worker("B", party_id="H", modes="bus"),
        worker("C", party_id="H", modes="train"),
    ]
    result = party_up(make_world(workers))
    assert get_reasons(result) == {"A": Reason.NO_MODE, "B": Reason.NO_MODE, "C": Reason.NO_MODE}
    assert len(result.parties) == 0


def test_a_member_without_a_mode_or_a_date_holds_the_whole_party() -> None:
    # the party's window and modes are the intersection of its members'; only an uncleared member is left behind
    workers = [
        worker("A", party_id="H", modes="bus", needs="no_bus"),
        worker("B", party_id="H"),
        worker("C", party_id="J", earliest_date=day(11), latest_date=day(12)),
        worker("D", party_id="J"),
    ]
    result = party_up(make_world(workers))
    assert get_reasons(result) == {
        "A": Reason.NO_MODE,
        "B": Reason.PARTY_INCOMPLETE,
        "C": Reason.WINDOW_EMPTY,
        "D": Reason.PARTY_INCOMPLETE,
    }


def test_an_uncleared_member_is_set_aside_singly() -> None:
    result = party_up(make_world(household("A", "B", "C"), cleared("A", "C"), CERTIFICATE))
    assert get_reasons(result) == {"B": Reason.NOT_CLEARED}
    assert get_members(result) == {"A": "H", "C": "H"}
    assert result.parties["size"].tolist() == [2]
    row = result.set_aside.iloc[0]
    assert (row["party_key"], row["detail"]) == ("H#B", "health certificate: none on record")
    assert row["next_step"]


def test_an_all_or_none_party_stays_whole() -> None:
    result = party_up(make_world(household("A", "B", all_or_none=True), cleared("A"), CERTIFICATE))
    assert get_reasons(result) == {"A": Reason.PARTY_INCOMPLETE, "B": Reason.NOT_CLEARED}
    assert "B" in result.set_aside.set_index("worker_id")["detail"]["A"]
    assert len(result.members) == len(result.parties) == 0


def test_a_minor_does_not_travel_without_their_only_adult() -> None:
    workers = [*household("A"), *household("child", birth_year=2007)]  # 13 in 2020
    assert get_reasons(party_up(make_world(workers, cleared("child"), CERTIFICATE))) == {
        "A": Reason.NOT_CLEARED,
        "child": Reason.PARTY_INCOMPLETE,
    }


def test_a_minor_travels_with_the_other_adult() -> None:
    workers = [*household("A", "B"), *household("child", birth_year=2007)]
    result = party_up(make_world(workers, cleared("B", "child"), CERTIFICATE))
    assert get_reasons(result) == {"A": Reason.NOT_CLEARED}
    assert result.parties[["size", "minors"]].iloc[0].tolist() == [2, 1]


def test_who_turns_14_in_the_year_is_no_minor_and_an_unknown_year_is_an_adult() -> None:
    workers = [*household("A"), *household("B", birth_year=2006)]
    assert get_reasons(party_up(make_world(workers, cleared("B"), CERTIFICATE))) == {"A": Reason.NOT_CLEARED}


def test_an_uncleared_minor_stays_and_the_adult_travels() -> None:
    workers = [*household("A"), *household("child", birth_year=2010)]
    assert get_reasons(party_up(make_world(workers, cleared("A"), CERTIFICATE))) == {
        "child": Reason.NOT_CLEARED
    }


def test_who_has_no_employer_is_seeking_before_anything_else() -> None:
    workers = [worker("A", site_id="", boarding_place_id="")]
    assert get_reasons(party_up(make_world(workers, [], CERTIFICATE))) == {"A": Reason.SEEKING}


def test_an_unknown_boarding_place_or_gate_is_unknown_place() -> None:
    workers = [
        worker("A", boarding_place_id=""),
        worker("B", boarding_place_id="nowhere"),
        worker("C", site_id="lost"),
    ]
    result = party_up(
        make_world(
            [*workers, worker("D", site_id="adrift")],
            sites=(make_site(), make_site("adrift", place_id="sea")),
        )
    )
    assert set(get_reasons(result).values()) == {Reason.UNKNOWN_PLACE}
    assert len(result.set_aside) == 4


def test_a_site_not_accepted_or_opening_after_any_journey_of_the_horizon_is_closed() -> None:
    # the horizon ends on day 10; who leaves then may arrive up to three days later
    sites = (
        make_site("shut", accepted=False),
        make_site("later", opens_on=day(14)),
        make_site("last", opens_on=day(13)),
    )
    workers = [worker("A", site_id="shut"), worker("B", site_id="later"), worker("C", site_id="last")]
    result = party_up(make_world(workers, sites=sites))
    assert get_reasons(result) == {"A": Reason.SITE_CLOSED, "B": Reason.SITE_CLOSED}
    assert "2020-03-14" in result.set_aside["detail"][1]


def test_a_site_that_opens_long_after_the_last_wanted_date_leaves_no_window() -> None:
    # 3 days are allowed for the journey: latest 4 March reaches an opening on 7 March, not on 8 March
    sites = (make_site("seventh", opens_on=day(7)), make_site("eighth", opens_on=day(8)))
    workers = [
        worker("A", site_id="seventh", latest_date=day(4)),
        worker("B", site_id="eighth", latest_date=day(4)),
    ]
    assert get_reasons(party_up(make_world(workers, sites=sites))) == {"B": Reason.WINDOW_EMPTY}


def test_dates_outside_the_horizon_leave_no_window() -> None:
    workers = [
        worker("A", earliest_date=day(11), latest_date=day(20)),
        worker("B", earliest_date=day(1, 2), latest_date=day(20, 2)),
        worker("C", earliest_date=day(5), latest_date=day(4)),
    ]
    assert set(get_reasons(party_up(make_world(workers))).values()) == {Reason.WINDOW_EMPTY}


def test_members_without_a_common_date_leave_no_window() -> None:
    workers = [worker("A", party_id="H", latest_date=day(3)), worker("B", party_id="H", earliest_date=day(4))]
    assert get_reasons(party_up(make_world(workers))) == {"A": Reason.WINDOW_EMPTY, "B": Reason.WINDOW_EMPTY}


def test_members_whose_papers_never_hold_together_leave_no_window() -> None:
    # five days each: 25 to 29 February would not count, so 1 to 5 March against 6 to 10 March
    papers = [*cleared("A", on=day(1)), *cleared("B", on=day(6))]
    result = party_up(make_world(household("A", "B"), papers, CERTIFICATE))
    assert get_reasons(result) == {"A": Reason.WINDOW_EMPTY, "B": Reason.WINDOW_EMPTY}


def test_a_post_that_must_be_taken_before_travel_is_possible_leaves_no_window() -> None:
    workers = [
        worker("A", earliest_date=day(5), required_on_post_date=day(4)),
        worker("B", required_on_post_date=day(4)),
    ]
    assert get_reasons(party_up(make_world(workers))) == {"A": Reason.WINDOW_EMPTY}


def test_members_who_differ_in_gate_or_boarding_place_cannot_be_one_party() -> None:
    workers = [worker("A", party_id="H"), worker("B", party_id="H", boarding_place_id="home2")]
    assert set(get_reasons(party_up(make_world(workers))).values()) == {Reason.PARTY_INCOMPLETE}


def test_the_dearest_class_and_the_first_payer_speak_for_the_party() -> None:
    workers = [
        worker("A", party_id="H", payer_id="county"),
        worker("B", party_id="H", priority_class="poor", payer_id="firm"),
        worker("C", party_id="H", priority_class="cheap"),
    ]
    rates = Rates(unserved_minor={"": 1000, "poor": 5000, "cheap": 10})
    row = party_up(make_world(workers, rates=rates)).parties.iloc[0]
    assert (row["priority_class"], row["payer_id"]) == ("poor", "county")


def test_two_people_of_one_name_are_two_people() -> None:
    result = party_up(make_world([worker("A", name="Wang Wei"), worker("B", name="Wang Wei")]))
    assert get_members(result) == {"A": "A", "B": "B"}


DAYS = st.integers(1, 14).map(day)
MEMBERS = st.fixed_dictionaries(
    {
        "party_id": st.sampled_from(["", "H", "K", "L"]),
        "site_id": st.sampled_from(["gate", "gate", "gate", "", "shut", "lost"]),
        "boarding_place_id": st.sampled_from(["home", "home", "home2", ""]),
        "earliest_date": DAYS,
        "latest_date": DAYS,
        "required_on_post_date": st.none() | DAYS,
        "birth_year": st.sampled_from([0, 1980, 2010]),
        "all_or_none": st.booleans(),
        "modes": st.sampled_from(["bus", "train", "bus|train", ""]),
        "needs": st.sampled_from(["", "no_bus", "no_train"]),
    }
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(MEMBERS, st.none() | DAYS), max_size=9))
def test_every_worker_is_in_exactly_one_of_members_and_set_aside(
    rows: list[tuple[dict[str, object], date | None]],
) -> None:
    workers = [worker(f"w{i}", **row) for i, (row, _) in enumerate(rows)]
    papers = [paper(f"w{i}", "certificate", on) for i, (_, on) in enumerate(rows) if on]
    sites = (make_site(), make_site("shut", accepted=False))
    result = party_up(make_world(workers, papers, CERTIFICATE, sites=sites))
    everybody = pd.concat([result.members["worker_id"], result.set_aside["worker_id"]])
    assert sorted(everybody) == sorted(f"w{i}" for i in range(len(rows)))
    assert set(result.members["party_key"]) == set(result.parties["party_key"])
    assert result.parties["size"].sum() == len(result.members)
    assert set(result.set_aside["reason"]) <= set(Reason)
    assert (result.set_aside["detail"] != "").all()
    assert (result.set_aside["next_step"] != "").all()
    for party in result.parties.itertuples():
        assert party.modes
        assert 0 <= party.earliest <= party.preferred <= party.latest <= 9
        assert party.clear_from <= party.latest
        assert party.clear_until >= party.earliest
        own = result.members.loc[result.members["party_key"] == party.party_key, "worker_id"]
        assert party.minors == sum(rows[int(who[1:])][0]["birth_year"] == 2010 for who in own)
