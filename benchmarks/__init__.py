"""Benchmarks: what the server does in a second, measured on this machine: `make bench`, `python -m benchmarks`.

One module a subject; each has `figures(options)` that yields Figure values. May import anything of ours and the
databases of tests/. Nothing imports it. Must never hold state between modules, nor leave a file or a process behind.
"""
