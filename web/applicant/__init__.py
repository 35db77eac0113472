"""Pages for applicants and the public: the catalogue, filing, one's own dossiers, tracking by code, documents.

May import services, storage.queries, forms, errors, texts and the rest of web/. Must never show a name of a person or
of an internal step to somebody who is not signed in as the applicant, nor decide what may be filed or when it is due.
"""

from web.applicant import (
    catalogue,
    documents,
    dossiers,
    drafts,
    filing,
    filing_pages,
    filing_send,
    procedures,
    resuming,
    tasks,
    tracking,
)

BLUEPRINTS = (
    catalogue.blueprint,
    procedures.blueprint,
    filing.blueprint,
    filing_pages.blueprint,
    filing_send.blueprint,
    dossiers.blueprint,
    drafts.blueprint,
    tasks.blueprint,
    tracking.blueprint,
    documents.blueprint,
    resuming.blueprint,
)

__all__ = ["BLUEPRINTS"]
