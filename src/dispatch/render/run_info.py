"""What every printed page says about its origin: which plan, made by which version, printed when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """Origin of a printed page.

    ``plan_hash``: hash of the plan files, printed short and carried whole by the QR code. ``version``: of dispatch.
    ``printed_at``: aware local time; the same value gives the same bytes.
    """

    plan_hash: str
    version: str
    printed_at: datetime

    @property
    def short_hash(self) -> str:
        """First twelve characters of the plan hash, for people to compare."""
        return self.plan_hash[:12]

    @property
    def printed_text(self) -> str:
        """Print time to the minute, e.g. ``2020-02-28 17:05``."""
        return f"{self.printed_at:%Y-%m-%d %H:%M}"
