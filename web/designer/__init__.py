"""Pages for designers: what is in force and what runs, upload of a bundle with its findings, publishing and retiring.

May import services, storage.queries, findings, texts and the rest of web/. Must never judge a diagram itself (the checks of
bpmn/ do, through services.definitions), nor change a file that was uploaded.
"""

from flask import Blueprint

BLUEPRINTS: tuple[Blueprint, ...] = ()

__all__ = ["BLUEPRINTS"]
