"""What the prices of a proof say about one coach or seat more: by how much it would lower the bound."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dispatch.batching.bound.corridors import Key
from dispatch.batching.bound.lagrange import Proof
from dispatch.batching.bound.problem import Problem
from dispatch.batching.bound.services import FloatArray, ServiceOffer

Proven = tuple[Problem, Proof]


def list_coach_prices(proven: Iterable[Proven]) -> dict[tuple[str, int], float]:
    """Price of a coach by fleet line and day, where not 0."""
    return {
        (problem.fleets.lines[line].id, day): price
        for problem, proof in proven
        for (line, day), price in sorted(proof.duals.coach.items())
        if price > 0
    }


def list_seat_prices(proven: Iterable[Proven]) -> dict[str, float]:
    """Price of a seat by service, where every seat of it is taken at the prices of the proof and one more would be."""
    found = {}
    for problem, proof in proven:
        pay = problem.pay_otherwise(proof.duals)
        for offer in problem.offers:
            slots = sum(proof.duals.slots.get(slot, 0.0) for slot in offer.slots)
            price = price_seat(offer, pay[offer.riders], slots)
            if price > 0:
                found[offer.service_id] = price
    return found


def price_seat(offer: ServiceOffer, pay: FloatArray, slot_price: float) -> float:
    """What the first rider left standing would bring beyond their price; 0 where the service does not run or has room.

    Three people who bring 50, 40 and 30 more than they cost, and two seats: 30.
    """
    if not len(offer.riders) or not (offer.committed or offer.find_least(pay, slot_price) < 0):
        return 0.0
    gain = pay - offer.price
    order = np.argsort(-gain, kind="stable")
    standing = np.flatnonzero(np.cumsum(offer.people[order]) > offer.room)
    return max(0.0, float(gain[order[standing[0]]])) if len(standing) else 0.0


def list_scales(proven: Iterable[Proven]) -> dict[Key, float]:
    """Share of the prices wanted that was proven, by corridor; nothing of proofs that do not say."""
    return {
        corridor.key: scale
        for problem, proof in proven
        if len(proof.scales) == len(problem.corridors)
        for corridor, scale in zip(problem.corridors, proof.scales, strict=True)
    }
