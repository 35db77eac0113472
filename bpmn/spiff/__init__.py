"""SpiffWorkflow's parser and task specs, subclassed so that a diagram runs as BPMN 2.0 says.

`compile` turns normalised XML into specs that all instances and threads share: nothing writes to them afterwards.
Besides engine/ the only place that imports SpiffWorkflow. May import bpmn, errors, texts; isodate for ISO 8601.
The specs hold no state: what runs is a token (engine/spiff), which they see through contract.py.
Must never do I/O, ask what time it is, or evaluate an expression itself: the token's workflow does.
"""

from __future__ import annotations

from bpmn.spiff.compiler import Compiled, compile  # noqa: A004 - what it does to a diagram has no other word

__all__ = ["Compiled", "compile"]
