"""Expressions and scripts of diagrams, forms and decision tables, evaluated safely: Python subset, FEEL, JUEL.

May import errors and texts; RestrictedPython, quickjs and orjson. Knows nothing of BPMN, forms or storage.
Never reads the clock, the disk (but for the FEEL bundle, once) or the network, and never changes the variables it is
given: what comes out is plain data of its own (None, bool, int, float, str, list, dict, date, datetime, Decimal).
"""
