"""One mask for ID numbers and phones, however people group their digits; nothing else is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.privacy import mask_document, mask_free_text, mask_phone


@pytest.mark.parametrize(
    "phone",
    [
        "13812345678",
        "138-1234-5678",
        "138 1234 5678",
        "1381-234-5678",
        "138 12345678",
        "138\u00a01234\u30005678",
        "138\u20131234\u20135678",
        "１３８１２３４５６７８",
    ],
)
def test_a_phone_shows_its_last_four_digits_only(phone: str) -> None:
    # eleven digits: seven stars, four digits
    assert mask_free_text(f"call {phone}, please") == f"call *******{phone[-4:]}, please"


@pytest.mark.parametrize("phone", ["+8613812345678", "+86 138 1234 5678", "+86-138-1234-5678"])
def test_a_phone_with_the_country_in_front_is_a_phone(phone: str) -> None:
    # + and 13 digits: ten stars, four digits
    assert mask_free_text(f"电话{phone}。") == "电话**********5678。"


def test_the_country_may_stand_without_a_plus_or_after_two_noughts() -> None:
    assert mask_free_text("8613812345678") == "*********5678"
    assert mask_free_text("0086 138 1234 5678") == "***********5678"


@pytest.mark.parametrize(
    "document",
    [
        "11010519491231002X",
        "110105 19491231 002X",
        "110105-19491231-002x",
        "110105 1949 1231 002X",
        "1101 0519 4912 3100 2X",
        "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X",
    ],
)
def test_an_id_number_shows_its_first_three_and_last_four_characters(document: str) -> None:
    # 18 characters: three shown, eleven stars, four shown
    assert mask_free_text(f"[{document}]") == f"[110***********{'002' + document[-1]}]"


def test_an_old_id_number_of_fifteen_digits_is_masked() -> None:
    assert mask_free_text("110105491231002") == "110********1002"


@pytest.mark.parametrize(
    "text",
    [
        "2020-03-01 2020-03-14 41 people",
        "trip 14 2020-03-01 5 coaches",
        "from 2020-03-01 07:30 to 2020-03-16 24:00",
        "135,500 + 138 1234 CNY",
        "W0000138 1234",
        "1,630 km, 27 h, 19000 / 41 = 463",
        "3,666 workers 2020-03-01 .. 2020-03-16",
    ],
)
def test_dates_money_and_counts_are_left_alone(text: str) -> None:
    assert mask_free_text(text) == text


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from(["", " ", "-"]),
    st.text("ab，。 ", max_size=5),
)
def test_no_phone_survives_in_any_grouping(phone: str, gap: str, around: str) -> None:
    written = gap.join((phone[:3], phone[3:7], phone[7:]))
    shown = mask_free_text(f"{around}{written}{around}")
    assert phone[:7] not in shown.replace(gap, "") and mask_phone(phone) in shown


def test_masking_twice_is_masking_once() -> None:
    once = mask_free_text("110105 19491231 002X, 138-1234-5678")
    assert mask_free_text(once) == once == f"{mask_document('11010519491231002X')}, *******5678"
