"""Fuzzing: hostile text for everything that reads what a designer or an applicant writes.

Each target is a test of hypothesis: a few hundred inputs in `make test`, thousands in `make soak`. The command
`python -m tests.fuzz` drives the same targets by coverage, with atheris, for as long as one wants (`pip install
atheris` first).
"""
