"""One way to say that a rule is broken, and to write dates and times in such a sentence."""

from __future__ import annotations

from datetime import date, timedelta

from dispatch.findings import Finding, Severity, Where

DAY = 1440


def broken(
    code: str, who: str, message: str, action: str = "Plan again, or mend the plan by hand."
) -> Finding:
    """Finding of severity error about ``who`` (a trip, duty, service or worker id) in the plan."""
    return Finding(
        code=code,
        severity=Severity.ERROR,
        message=message,
        action=action,
        where=Where(file="plan", field=who),
    )


def day_text(first_date: date, day: int) -> str:
    """ISO date of the day ``day`` days after the horizon's first date."""
    return (first_date + timedelta(days=int(day))).isoformat()


def time_text(first_date: date, at_min: int) -> str:
    """Date and clock time of a planning minute, ``2020-03-07 08:15``."""
    minute = int(at_min) % DAY
    return f"{day_text(first_date, at_min // DAY)} {minute // 60:02d}:{minute % 60:02d}"
