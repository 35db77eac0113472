"""Pages for administrators: people, units, groups, and the days on which the office works.

May import services, storage.queries, texts and the rest of web/. Must never say what is wrong with a field (services
do), nor show a password but the one just made.
"""

from web.admin import calendar, calendar_changes, calendar_others, groups, passwords, people, units

BLUEPRINTS = (
    people.blueprint,
    passwords.blueprint,
    units.blueprint,
    groups.blueprint,
    calendar_changes.blueprint,
    calendar_others.blueprint,
    calendar.blueprint,
)

__all__ = ["BLUEPRINTS"]
