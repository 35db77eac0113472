"""Pages for officers: the inbox, a task, dossiers with their clock, history, diagram and control sheet.

May import services (verbs), storage.queries (reads), forms (field views), errors, texts and the rest of web/. Must
never decide who may do what or when something is due, nor write anything but through a verb.
"""

from web.officer import (
    apologies,
    assigning,
    attachments,
    bulk,
    bulk_results,
    columns,
    comments,
    diagrams,
    dossiers,
    extensions,
    inbox,
    interests,
    news,
    presence,
    substitutions,
    supplements,
    task_verbs,
    tasks,
    views,
    withdrawals,
)

BLUEPRINTS = (
    inbox.blueprint,
    news.blueprint,
    views.blueprint,
    columns.blueprint,
    bulk.blueprint,
    bulk_results.blueprint,
    tasks.blueprint,
    assigning.blueprint,
    task_verbs.blueprint,
    presence.blueprint,
    supplements.blueprint,
    comments.blueprint,
    apologies.blueprint,
    attachments.blueprint,
    interests.blueprint,
    dossiers.blueprint,
    substitutions.blueprint,
    withdrawals.blueprint,
    extensions.blueprint,
    diagrams.blueprint,
)

__all__ = ["BLUEPRINTS"]
