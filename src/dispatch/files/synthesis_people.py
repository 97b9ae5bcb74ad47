"""Invented people: names, document numbers and phones that are nobody's.

Document numbers have a right check digit but area codes 999000 to 999999, which no region has; phones
lie in 199-0000-xxxx only. A name that some real person bears is chance.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from dispatch.files.texts import blank_where, coded_column, join_texts, text_column

Ints = NDArray[np.int64]

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段"
)
_FIRST_WOMEN = "秀桂玉丽春小晓海美淑雪艳红翠兰慧文婷佳思雅静"
_FIRST_MEN = "建国志文永海明德小晓宏俊伟军成金立兴云天宝世"
_LAST_WOMEN = "英兰芳玲梅霞燕娟琴萍红艳敏静丽娜婷莉云凤洁霜"
_LAST_MEN = "军华平强明伟林峰勇斌辉涛刚杰龙波鹏飞亮超东生"

#: Weights of the 17 digits (GB 11643, ISO 7064 MOD 11-2) and the check character by remainder.
_DIGIT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
#: Numbers differ for up to this many people: 1,000 areas x 450 sequence numbers x 7 days of a week.
MOST_DOCUMENTS = 3_150_000


def make_names(rng: np.random.Generator, party: Ints, women: NDArray[np.bool_]) -> pd.Series:
    """Full names, two or three characters; people of one party mostly share the surname.

    ``party`` and ``women`` have one entry per person.
    """
    count = len(party)
    ranks = np.arange(1, len(_SURNAMES) + 1)
    chances = ranks**-0.7 / (ranks**-0.7).sum()
    parties = int(party.max()) + 1 if count else 0
    of_party = rng.choice(len(_SURNAMES), size=parties, p=chances)
    own = rng.choice(len(_SURNAMES), size=count, p=chances)
    keeps = rng.random(count) < 0.6
    surname = np.where(keeps, of_party[party], own)
    first = np.where(women, _pick(rng, _FIRST_WOMEN, count), _pick(rng, _FIRST_MEN, count))
    last = np.where(women, _pick(rng, _LAST_WOMEN, count), _pick(rng, _LAST_MEN, count))
    short = rng.random(count) < 0.15
    shape = (len(_SURNAMES), 2, len(_FIRST_MEN) + len(_FIRST_WOMEN) + 1, len(_LAST_MEN) + len(_LAST_WOMEN))
    keys = np.ravel_multi_index((surname, women.astype(np.int64), np.where(short, 0, first + 1), last), shape)
    different, codes = np.unique(keys, return_inverse=True)
    spelled = zip(*(part.tolist() for part in np.unravel_index(different, shape)), strict=True)
    numbers, names = pd.factorize(np.array([_spell(*key) for key in spelled], dtype=object))
    return coded_column(numbers[codes], names.tolist())


def _spell(surname: int, woman: int, first: int, last: int) -> str:
    """Name from numbers of its characters; ``first`` 0 = there is none."""
    firsts, lasts = (_FIRST_WOMEN, _LAST_WOMEN) if woman else (_FIRST_MEN, _LAST_MEN)
    return _SURNAMES[surname] + (firsts[first - 1] if first else "") + lasts[last]


def _pick(rng: np.random.Generator, characters: str, count: int) -> Ints:
    return rng.integers(0, len(characters), count)


def make_documents(
    rng: np.random.Generator, birth_year: Ints, women: NDArray[np.bool_], missing_share: float = 0.0
) -> pd.Series:
    """18-character document numbers, all different, of nobody (area codes 999000 to 999999).

    Digits 7 to 14 are a birth date in ``birth_year``; the 17th digit is even for women, odd for men. No number
    ends in 000, which would look damaged by a spreadsheet. ``missing_share`` of the people have none.
    """
    count = len(birth_year)
    if count > MOST_DOCUMENTS:
        raise ValueError(f"at most {MOST_DOCUMENTS} different document numbers, wanted {count}")
    serial = np.arange(count)
    area = 999_000 + serial % 1000
    block, step = np.divmod(serial // 1000 % 450, 45)
    sequence = block * 100 + 2 * (step + 1) + ~women
    month = rng.integers(1, 13, count)
    day = 1 + rng.integers(0, 4, count) * 7 + serial // 450_000
    body = ((area * 10_000 + birth_year) * 10_000 + month * 100 + day) * 1000 + sequence
    total = np.zeros(count, dtype=np.int64)
    for place, weight in enumerate(reversed(_DIGIT_WEIGHTS)):
        total += body // 10**place % 10 * weight
    check = pa.array(list(_CHECK_CHARACTERS), pa.large_string()).take(pa.array(total % 11))
    documents = join_texts(pa.array(body).cast(pa.large_string()), check)
    return text_column(blank_where(documents, rng.random(count) < missing_share))


def make_phones(count: int) -> pd.Series:
    """Phones 19900000000 to 19900009999; beyond 10,000 people they repeat rather than reach anybody."""
    return coded_column(np.arange(count) % 10_000, [f"1990000{serial:04d}" for serial in range(10_000)])


def make_birth_years(rng: np.random.Generator, count: int, year: int) -> Ints:
    """Birth years of adults of 18 to 60, most in their thirties and forties."""
    ages = np.clip(np.rint(rng.normal(38, 10, count)), 18, 60).astype(np.int64)
    years: Ints = year - ages
    return years
