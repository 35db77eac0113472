"""What people do here: one verb = one function = one transaction = one permission check.

The only place where the parts below meet (engine, forms, clock, storage, connectors). Knows no HTTP and never asks what
time it is: `now` is handed in by pages, programs, jobs and commands. Every verb leaves an event in the log.
"""
