"""Pages for designers: what is in force and what runs, upload of a bundle with its findings, drafts of
bundles with the form editor, publishing and retiring.

May import services, storage.queries, findings, texts and the rest of web/. Must never judge a diagram itself (bpmn/
does, through services.definitions), nor change a file that was uploaded.
"""

from web.designer import (
    decisions,
    definitions,
    deployments,
    draft_files,
    draft_forms,
    drafts,
    form_preview,
    procedures,
    upload,
)

BLUEPRINTS = (
    procedures.blueprint,
    upload.blueprint,
    deployments.blueprint,
    definitions.blueprint,
    decisions.blueprint,
    drafts.blueprint,
    draft_files.blueprint,
    draft_forms.blueprint,
    form_preview.blueprint,
)

__all__ = ["BLUEPRINTS"]
