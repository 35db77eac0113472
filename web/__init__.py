"""Pages for people: server-rendered HTML that works without script, Vietnamese first.

May import services (verbs), storage.queries (reads), forms (field views), errors, findings, texts. Must never hold a
rule about dossiers or deadlines, speak to the engine, commit, or answer a program (that is api/).
Add pages: write a blueprint in web/<area>/, import it here and name it in BLUEPRINTS.
"""

from __future__ import annotations

from flask import Blueprint, Flask

from web import admin, applicant, designer, health, manager, officer, operator
from web.account import init_session, notices, own, register, sign_in
from web.assets import init_assets
from web.compression import init_compression
from web.errors import init_errors
from web.figures import init_figures
from web.forms import init_forms
from web.frames import init_frames
from web.i18n import init_i18n
from web.security import init_security
from web.viewer import init_viewer

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.blueprint,
    *applicant.BLUEPRINTS,
    *manager.BLUEPRINTS,
    *designer.BLUEPRINTS,
    *operator.BLUEPRINTS,
    *admin.BLUEPRINTS,
    *officer.BLUEPRINTS,
    sign_in.blueprint,
    register.blueprint,
    own.blueprint,
    notices.blueprint,
)
"""Every area's pages, in the order of the glossary; one import line and one name each."""


def init_web(app: Flask) -> None:
    """Wire languages, safety, error pages, assets, the viewer and all pages into `app`; call once, at its making."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    init_security(app)
    init_i18n(app)
    init_assets(app)
    init_compression(app)
    init_session(app)
    init_viewer(app)
    init_figures(app)
    init_forms(app)
    init_frames(app)
    init_errors(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)


def warm(app: Flask) -> None:
    """Compile every template, two seconds that the first visitors of each process would wait for."""
    with app.app_context():
        for name in app.jinja_env.list_templates():
            app.jinja_env.get_template(name)
