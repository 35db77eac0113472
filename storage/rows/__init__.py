"""Rows for verbs: load by key (locked where they will be written), and the few statements that write many at once.

Only services/ uses this folder, inside a unit of work; changed rows are written by its commit. Inserts are
`session().add`.
"""
