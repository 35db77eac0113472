"""The legal clock: when is a dossier due, how much is left, and why. Its rules: docs/decisions/0006-clock.md.

May import errors and texts, and PyPI `holidays` (in vietnam.py only).
Must never ask what time it is (the moment is an argument), do I/O, or know diagrams, dossiers or the database.
Read model.py first, then calendar.py (days and hours), limits.py (where a limit ends), course.py (pauses, extensions,
changes of law), compute.py (all of it), explain.py (in words) and cases.py (JSON in, JSON out).
"""
