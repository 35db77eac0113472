"""Rows, queries and bytes: the database and the document store.

May import errors and texts, and is the only folder that imports SQLAlchemy. Knows nothing of diagrams, forms or the
clock, and never decides who may do what: a query is given a Scope and keeps to it. Only `unit_of_work` commits.
"""
