"""Runs a definition: state and what happened in; state and events out.

`runner.py` is the face; `events.py` what it gives and takes; `state.py` the bytes; `spiff/` SpiffWorkflow's classes,
subclassed. May import bpmn, expressions, errors, texts. Pure: no I/O, no clock on the wall (`now` is an argument).
Must never keep an instance between two calls, or change one half: whatever fails, the caller throws the state away.
"""
