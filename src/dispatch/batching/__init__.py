"""Decisions: who travels when, by which mode, with whom; and the bound, written apart from the primal.

The room sees demand (parties by boarding place, gate and window), never names or documents. It asks
``routing`` what a trip costs and ``network`` which connections exist. What leaves the room is plain data.
"""
