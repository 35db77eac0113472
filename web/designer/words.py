"""Words of the designer's pages: what a definition is, and who uploaded it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.permissions import SYSTEM
from storage.queries import people
from storage.queries.deployments import Version
from texts import Text

SHIPPED = Text("Có sẵn khi cài đặt", "Came with the installation")


KINDS: Mapping[str, Text] = {
    "process": Text("Quy trình", "Process"),
    "decision": Text("Bảng quyết định", "Decision"),
    "form": Text("Biểu mẫu", "Form"),
}
PROCEDURE = Text("Thủ tục", "Procedure")
LEVELS: Mapping[str, Text] = {
    "full": Text("Toàn trình", "Fully online"),
    "partial": Text("Một phần", "Partly online"),
    "information": Text("Chỉ cung cấp thông tin", "Information only"),
}


def kind_of(version: Version) -> Text:
    """Say what a definition is."""
    return PROCEDURE if version.is_procedure else KINDS[version.kind]


def authors(usernames: Iterable[str]) -> Mapping[str, Text]:
    """Give user name -> name; an account that is gone stands under its user name."""
    wanted = set(usernames)
    known = people.names_of(wanted)
    names = {username: known.get(username, username) for username in wanted}
    return {u: SHIPPED if u == SYSTEM.username else Text(name, name) for u, name in names.items()}


def author(username: str) -> Text:
    """Give the name of one."""
    return authors([username])[username]
