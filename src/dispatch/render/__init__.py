"""Papers, pages, workbooks and the map of one plan: everything drawn stands in the plan or is a plain sum over it.

The room knows nouns, words and the shape of pages. It refuses to know how a plan is made or checked: no decision, no rule and
no distance is worked out here, and documents and phones leave it only through the one mask.
"""
