"""P4: a certificate that does not contradict itself or the plan."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.checker.accuse import broken
from dispatch.checker.view import View
from dispatch.findings import Finding

PRINTING = 5e-5


def check_certificate(view: View) -> Iterator[Finding]:
    """Bound at most the cost; gap = (cost - bound) / cost, 0 when the cost is 0; null where there is no bound."""
    certificate, costs = view.plan.certificate, view.plan.costs
    bound, cost = certificate.bound_minor, costs.total_minor
    gaps = {
        "gap": (certificate.gap_ratio, cost),
        "gap without the unserved penalty": (
            certificate.gap_without_unserved_ratio,
            cost - costs.terms.get("unserved", 0),
        ),
    }
    if bound is None:
        for name, (gap, _) in gaps.items():
            if gap is not None:
                yield broken("P4", "certificate", f"The {name} is {gap:.4f} although nothing was proven.")
        return
    if bound > cost:
        yield broken("P4", "certificate", f"The bound {bound / 100:.2f} is above the cost {cost / 100:.2f}.")
    for name, (gap, base) in gaps.items():
        right = (base - bound) / base if base > 0 else 0.0
        allowed = (right, max(0.0, right)) if base != cost else (right,)
        if gap is None or all(abs(gap - value) > PRINTING for value in allowed):
            seen = "missing" if gap is None else f"{gap:.4f}"
            yield broken("P4", "certificate", f"The {name} is {seen}; {right:.4f} was expected.")
