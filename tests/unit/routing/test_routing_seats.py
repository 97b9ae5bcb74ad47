"""Seats: together, beside an adult, out of the blocked rows."""

import pytest
from routing_world import COACH_53

from dispatch.routing.carriage_seats import seat_train
from dispatch.routing.seats import SeatParty, seat_coach


def party(key, size, minors=0, **more):
    ids = tuple(f"{key}{i}" for i in range(size))
    return SeatParty(party_key=key, worker_ids=ids, minor_ids=frozenset(ids[size - minors :]), **more)


def row_and_column(label):
    return int(label[:-1]), "ABCDE".index(label[-1])


def test_everybody_has_a_seat_of_their_own_and_blocked_rows_stay_empty():
    labels = seat_coach(COACH_53, 2, [party("a", 30), party("b", 12)], reserved_seats=2)
    assert len(set(labels.values())) == 42
    # 13 rows, the last two blocked: rows 1 to 11; the two reserved seats are 1A and 1B
    assert max(row_and_column(label)[0] for label in labels.values()) <= 11
    assert not {"1A", "1B"} & set(labels.values())


def test_a_couple_sits_side_by_side_on_one_side_of_the_aisle():
    labels = seat_coach(COACH_53, 2, [party("single", 1), party("couple", 2), party("other", 2)])
    for key in ("couple", "other"):
        assert {labels[f"{key}0"][-1], labels[f"{key}1"][-1]} in ({"A", "B"}, {"C", "D"})
        assert labels[f"{key}0"][:-1] == labels[f"{key}1"][:-1]


@pytest.mark.parametrize(("size", "minors"), [(2, 1), (3, 1), (3, 2), (4, 2), (5, 3)])
def test_each_child_sits_in_the_seat_next_to_an_adult_of_theirs(size, minors):
    parties = [party(f"f{i}", size, minors) for i in range(4)]
    labels = seat_coach(COACH_53, 0, [*parties, party("x", 1), party("y", 3)])
    for family in parties:
        adults = [row_and_column(labels[w]) for w in family.worker_ids if w not in family.minor_ids]
        for child in family.minor_ids:
            row, column = row_and_column(labels[child])
            assert any(r == row and abs(c - column) == 1 for r, c in adults)


def test_who_needs_a_front_seat_sits_in_the_first_row():
    labels = seat_coach(COACH_53, 0, [party("a", 4), party("w", 1, front_seat=True), party("b", 20)])
    assert labels["w0"].startswith("1") and len(labels["w0"]) == 2


def test_half_a_load_is_spread_over_the_whole_coach():
    labels = seat_coach(COACH_53, 0, [party(f"p{i:02}", 1) for i in range(26)])
    rows = {row_and_column(label)[0] for label in labels.values()}
    assert len(rows) == 13


def test_a_full_coach_of_couples_and_singles_is_seated_whole():
    labels = seat_coach(COACH_53, 0, [party(f"c{i}", 2, 1) for i in range(26)] + [party("s", 1)])
    assert len(set(labels.values())) == 53


def test_too_many_people_are_refused():
    with pytest.raises(ValueError, match="54 people"):
        seat_coach(COACH_53, 0, [party("a", 54)])


def test_the_order_of_the_list_does_not_matter():
    parties = [party("a", 3, 1), party("b", 2), party("c", 1), party("d", 5)]
    assert seat_coach(COACH_53, 2, parties) == seat_coach(COACH_53, 2, parties[::-1])
    assert seat_train(2, 8, 10, parties) == seat_train(2, 8, 10, parties[::-1])


def test_parties_share_a_carriage_where_they_fit():
    # capacity 5: 3 + 2 and 3 + 2; first fit decreasing needs no split
    parties = [party("a", 3), party("b", 2), party("c", 3), party("d", 2)]
    places = seat_train(2, 5, 10, parties)
    for one in parties:
        assert len({places[w][0] for w in one.worker_ids}) == 1
    for carriage in (1, 2):
        assert sum(c == carriage for c, _ in places.values()) == 5


def test_where_no_place_may_stay_empty_one_party_is_split_over_neighbouring_carriages():
    # three carriages of 4 for 3 + 3 + 3 + 3 people: no carriage is full without a split, and 12 places are needed
    parties = [party(key, 3) for key in "abcd"]
    places = seat_train(3, 4, 8, parties)
    assert all(sum(c == carriage for c, _ in places.values()) == 4 for carriage in (1, 2, 3))
    for one in parties:
        carriages = sorted({places[w][0] for w in one.worker_ids})
        assert carriages[-1] - carriages[0] == len(carriages) - 1


def test_no_party_is_split_where_places_may_stay_empty():
    # three carriages of 4 for 3 + 3 + 3: one place stays empty in each
    parties = [party(key, 3) for key in "abc"]
    places = seat_train(3, 4, 8, parties)
    assert sorted(places[f"{key}0"][0] for key in "abc") == [1, 2, 3]


def test_both_parts_of_a_split_party_keep_an_adult_for_their_children():
    # seven people, two of them adults, in carriages of 5 and 2
    family = party("f", 7, 5)
    places = seat_train(2, 5, 8, [family])
    for carriage in (1, 2):
        here = [w for w in family.worker_ids if places[w][0] == carriage]
        assert any(w not in family.minor_ids for w in here)


def test_groups_never_share_a_carriage_and_isolation_seats_stay_empty():
    places = seat_train(2, 59, 118, [party("low", 5), party("medium", 4, group="medium")], isolation_seats=4)
    assert {c for w, (c, _) in places.items() if w.startswith("low")}.isdisjoint(
        {c for w, (c, _) in places.items() if w.startswith("medium")}
    )
    assert max(int(seat) for _, seat in places.values()) <= 114
    assert len(set(places.values())) == 9


def test_groups_without_carriages_of_their_own_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        seat_train(1, 59, 118, [party("low", 5), party("medium", 4, group="medium")])
