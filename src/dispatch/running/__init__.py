"""Where independent work runs: here, in processes that may be killed, on a cluster; and how finished work is kept.

Everything is a ``concurrent.futures.Executor``. This room knows nothing of scenarios and plans: a piece of work is a
function that can be imported by name, with arguments that can be pickled, and gives the same result wherever and however often it runs.
"""
