"""Pages for operators: what goes out, what runs and where it fails, the proof of the log, health figures.

May import services, storage.queries, texts and the rest of web/. Must never end an instance that belongs
to a dossier (officers stop dossiers).
"""

from web.operator import (
    incidents,
    instances,
    log,
    modification,
    outbox,
    overview,
    returning,
    skipping,
    variables,
    work,
)

BLUEPRINTS = (
    overview.blueprint, incidents.blueprint, outbox.blueprint, instances.blueprint, returning.blueprint,
    modification.blueprint, variables.blueprint, skipping.blueprint, work.blueprint, log.blueprint,
)  # fmt: skip

__all__ = ["BLUEPRINTS"]
