"""The search for coach trips of large corridors, compiled: arrays in, arrays out.

Used above the size at which plain Python is too slow. Its answers are proposals: ``DirectCosts`` prices every trip
again and decides what is lawful.
"""
