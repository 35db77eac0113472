"""Reads for pages and programs: each is one named statement that keeps to the Scope it is given.

May import storage.tables and storage.database. Answers frozen values, never rows that could be written. Never decides
what a scope holds: services/permissions.py does.
"""
