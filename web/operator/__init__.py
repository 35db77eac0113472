"""Pages for operators: what goes out, what runs and where it fails, the proof of the log, health figures.

May import services, storage.queries, texts and the rest of web/. Must never move an instance past its diagram, nor
end one that belongs to a dossier (officers stop dossiers).
"""

from web.operator import incidents, instances, log, outbox, overview, returning, work

BLUEPRINTS = (
    overview.blueprint, incidents.blueprint, outbox.blueprint, instances.blueprint, returning.blueprint,
    work.blueprint, log.blueprint,
)  # fmt: skip

__all__ = ["BLUEPRINTS"]
