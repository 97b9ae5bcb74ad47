"""Planning thousands of coaches: districts searched on columns, then parts that are scenarios of their own.

1. ``districts``: counties that share coaches; who rides a train or aircraft is decided first (``riders``).
2. Each district is searched on columns (``batching.compiled``).
3. ``parts``: a few thousand workers with the coaches their trips need, planned and put on paper as a scenario of its own.
4. The plan is the merge of the plans of all parts; the bound is found apart.
"""
