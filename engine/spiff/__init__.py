"""SpiffWorkflow's Task, workflows and script engine, subclassed: tokens, scopes and the instance.

Nothing of the library is patched: subclasses override what docs/decisions says of tokens and variables.
May import bpmn.spiff, expressions, engine.events, errors. Must never be imported by other parts: use engine.runner.
"""
