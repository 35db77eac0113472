"""Pages for operators: what runs and where it fails, acts on one or on many, what goes out, the log, health figures.

May import services, storage.queries, texts and the rest of web/. Must never end an instance that belongs
to a dossier (officers stop dossiers).
"""

from web.operator import (
    batch_making,
    batches,
    incidents,
    instances,
    log,
    migrations,
    modification,
    outbox,
    overview,
    processes,
    returning,
    skipping,
    suspension,
    variables,
    work,
)

BLUEPRINTS = (
    overview.blueprint,
    incidents.blueprint,
    outbox.blueprint,
    instances.blueprint,
    returning.blueprint,
    modification.blueprint,
    variables.blueprint,
    skipping.blueprint,
    migrations.blueprint,
    work.blueprint,
    log.blueprint,
    suspension.blueprint,
    processes.blueprint,
    batch_making.blueprint,
    batches.blueprint,
)

__all__ = ["BLUEPRINTS"]
