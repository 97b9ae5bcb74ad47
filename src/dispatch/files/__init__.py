"""Doors: scenarios, rule profiles and facts files in, run folders out, with every mistake named by file and line.

The room knows formats, headings, words and what was left out and assumed. It refuses to know how far two places lie apart
(it asks a resolver for names), who may travel, and anything about a plan beyond writing it down and reading it back.
"""
