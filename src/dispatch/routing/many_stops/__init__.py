"""Many pickups, one common end, coaches of several kinds: which coach takes which stops in which order.

The fleet-size-and-mix problem (Golden et al. 1984). ``problem`` states it, ``solve.find_routes`` answers it: ``subsets`` lists every route
of up to twenty stops, ``ruin`` finds good routes among more, ``partition`` chooses the cheapest set among routes listed
or found. It knows km, heads and prices; what else a trip must keep is for whoever asks to judge.
"""
