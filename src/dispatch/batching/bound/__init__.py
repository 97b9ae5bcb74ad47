"""The proven lower bound on the cost of every lawful plan, written apart from the search for plans.

Import ``find_bound`` and ``BoundResult`` from ``bound.find`` and the presets from ``bound.params``; nothing is re-exported.
The chain: ``corridors`` (who may meet) → ``skeletons`` (what a coach costs at least) → ``filling`` and ``pricing`` (no pattern is cheaper) →
``lagrange`` (adds the proof up), with prices suggested by ``master`` and tightened by ``cuts``; ``services`` and
``transfers_floor`` know trains and aircraft.

Large scenarios go another way: ``tasks`` cuts them into one task per pickup group, ``scale`` runs the tasks anywhere and adds
up their parts. In a task ``merging`` takes like cells together, ``seats`` and ``seat_master`` work with one price per
pair of clusters and day, ``alone`` does so corridor by corridor, ``county`` and ``coach_prices`` price what corridors share.
"""
