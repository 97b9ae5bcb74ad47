"""What the witness says in the end: the first findings of each code, and how many more there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from dispatch.findings import Finding, Severity, Where

#: Findings listed of each code.
SHOWN = 20
#: A list is cut to the first ones whenever it has grown to so many.
MOST_KEPT = 1000


def gather(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings by code, then where, then message; equal ones once; of each code the first ``SHOWN``.

    Where a code has more, one closing finding says how many and counts for them. However many findings there are, only a
    number is kept for each.
    """
    seen: set[int] = set()
    kept: dict[str, list[Finding]] = defaultdict(list)
    counts: dict[str, int] = defaultdict(int)
    for finding in findings:
        mark = hash(finding)
        if mark in seen:
            continue
        seen.add(mark)
        counts[finding.code] += 1
        mine = kept[finding.code]
        mine.append(finding)
        if len(mine) >= MOST_KEPT:
            mine.sort(key=_order)
            del mine[SHOWN:]
    verdict: list[Finding] = []
    for code in sorted(counts, key=lambda code: (code[0], int(code[1:]))):
        verdict += sorted(kept[code], key=_order)[:SHOWN]
        if counts[code] > SHOWN:
            verdict.append(_close(code, counts[code] - SHOWN))
    return tuple(verdict)


def _order(finding: Finding) -> tuple[str, str]:
    return finding.where.field, finding.message


def _close(code: str, more: int) -> Finding:
    return Finding(
        code=code,
        severity=Severity.ERROR,
        message=f"{more:,} more findings of the kind {code}.",
        action="Mend the first ones, or plan again; then check again.",
        where=Where(file="plan"),
        count=more,
    )
