"""Invented people: names, document numbers and phones that are nobody's.

Document numbers have a right check digit but area codes 999000 to 999999, which no region has; phones
lie in 199-0000-xxxx only. A name that some real person bears is chance.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Texts = NDArray[np.object_]

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


def make_names(rng: np.random.Generator, party: Ints, women: NDArray[np.bool_]) -> Texts:
    """Full names, two or three characters; people of one party mostly share the surname.

    ``party`` and ``women`` have one entry per person.
    """
    count = len(party)
    surnames = np.array(list(_SURNAMES), dtype=object)
    ranks = np.arange(1, len(surnames) + 1)
    chances = ranks**-0.7 / (ranks**-0.7).sum()
    parties = int(party.max()) + 1 if count else 0
    of_party = rng.choice(len(surnames), size=parties, p=chances)
    own = rng.choice(len(surnames), size=count, p=chances)
    keeps = rng.random(count) < 0.6
    surname = surnames[np.where(keeps, of_party[party], own)]
    first = np.where(women, _pick(rng, _FIRST_WOMEN, count), _pick(rng, _FIRST_MEN, count))
    last = np.where(women, _pick(rng, _LAST_WOMEN, count), _pick(rng, _LAST_MEN, count))
    short = rng.random(count) < 0.15
    names: Texts = surname + np.where(short, "", first) + last
    return names


def _pick(rng: np.random.Generator, characters: str, count: int) -> Texts:
    chosen: Texts = np.array(list(characters), dtype=object)[rng.integers(0, len(characters), count)]
    return chosen


def make_documents(rng: np.random.Generator, birth_year: Ints, women: NDArray[np.bool_]) -> Texts:
    """18-character document numbers, all different, of nobody (area codes 999000 to 999999).

    Digits 7 to 14 are a birth date in ``birth_year``; the 17th digit is even for women, odd for men. No number
    ends in 000, which would look damaged by a spreadsheet.
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
    digits = body[:, None] // 10 ** np.arange(16, -1, -1) % 10
    check = np.array(list(_CHECK_CHARACTERS), dtype=object)[digits @ np.array(_DIGIT_WEIGHTS) % 11]
    documents: Texts = body.astype(str).astype(object) + check
    return documents


def make_phones(count: int) -> Texts:
    """Phones 19900000000 to 19900009999; beyond 10,000 people they repeat rather than reach anybody."""
    phones: Texts = np.array([f"1990000{serial % 10_000:04d}" for serial in range(count)], dtype=object)
    return phones


def make_birth_years(rng: np.random.Generator, count: int, year: int) -> Ints:
    """Birth years of adults of 18 to 60, most in their thirties and forties."""
    ages = np.clip(np.rint(rng.normal(38, 10, count)), 18, 60).astype(np.int64)
    years: Ints = year - ages
    return years
