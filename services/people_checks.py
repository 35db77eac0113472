"""What is wrong with what was typed about a person, a unit or a group: every field at once, each with what to do."""

from __future__ import annotations

import re

from errors import Detail, Invalid
from services.passwords import password_problem
from services.permissions import ROLES, SYSTEM
from storage.rows import people as rows
from texts import Text

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
PHONE = re.compile(r"\+?[0-9][0-9 .()-]{5,24}")
CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
LONGEST_NAME = 200
_TOO_LONG = Text(
    f"Tên là một dòng, dài nhất {LONGEST_NAME} ký tự.", f"A name is one line of at most {LONGEST_NAME} characters."
)


def check(
    *,
    username: str,
    name: str,
    email: str,
    password: str | None,
    roles: list[str],
    groups: list[str],
    unit: str,
    production: bool = False,
) -> None:
    """Raise Invalid with everything that is wrong with an account; `password` is None where none is set."""
    problems = problems_of(username=username, name=name, email=email)
    if password is not None and (problem := password_problem(password, production=production)):
        problems.append(problem)
    problems += _problems_of_places(roles, groups, unit)
    if problems:
        raise Invalid(details=problems)


def problems_of(*, username: str, name: str, email: str, phone: str = "", organisation: str = "") -> list[Detail]:
    """Say what is wrong with what an account would hold."""
    problems = []
    if not USERNAME.fullmatch(username):
        message = Text(
            "Tên đăng nhập gồm 2 đến 40 chữ thường không dấu, số, dấu chấm, gạch.",
            "A user name has 2 to 40 small letters without marks, figures, dots and dashes.",
        )
        problems.append(Detail(field="username", code="pattern", message=message))
    elif username == SYSTEM.username:
        # What the server does by itself stands in the log and on pages under this name.
        message = Text("Tên này dành cho chính hệ thống.", "This name is kept for the system itself.")
        problems.append(Detail(field="username", code="reserved", message=message))
    if not name.strip():
        problems.append(Detail(field="name", code="required", message=Text("Cần họ tên.", "A name is needed.")))
    elif not _is_line(name):
        problems.append(Detail(field="name", code="length", message=_TOO_LONG))
    if email and not (EMAIL.fullmatch(email.strip()) and email.isprintable()):
        problems.append(
            Detail(
                field="email", code="email", message=Text("Thư điện tử chưa đúng dạng.", "This is no e-mail address.")
            )
        )
    if phone and not PHONE.fullmatch(phone.strip()):
        message = Text("Số điện thoại chưa đúng dạng.", "This is no telephone number.")
        problems.append(Detail(field="phone", code="phone", message=message))
    if not _is_line(organisation):
        problems.append(Detail(field="organisation", code="length", message=_TOO_LONG))
    return problems


def _problems_of_places(roles: list[str], groups: list[str], unit: str) -> list[Detail]:
    problems = [
        Detail(
            field="roles", code="unknown", message=Text(f"Không có vai trò “{role}”.", f"There is no role “{role}”.")
        )
        for role in roles
        if role not in ROLES
    ]
    problems += [
        Detail(field="groups", code="unknown", message=Text(f"Không có nhóm “{code}”.", f"There is no group “{code}”."))
        for code in sorted(rows.unknown_groups(groups) if groups else ())
    ]
    if unit and rows.unit(unit) is None:
        problems.append(
            Detail(
                field="unit", code="unknown", message=Text(f"Không có đơn vị “{unit}”.", f"There is no unit “{unit}”.")
            )
        )
    return problems


def check_code(code: str, name_vi: str, name_en: str = "") -> None:
    """Raise Invalid with everything that is wrong with a unit or a group."""
    problems = []
    if not CODE.fullmatch(code):
        message = Text(
            "Mã gồm chữ thường không dấu, số, dấu chấm, gạch.", "A code has small letters, figures, dots, dashes."
        )
        problems.append(Detail(field="code", code="pattern", message=message))
    if not name_vi.strip():
        problems.append(Detail(field="name_vi", code="required", message=Text("Cần tên.", "A name is needed.")))
    problems += [
        Detail(field=field, code="length", message=_TOO_LONG)
        for field, name in (("name_vi", name_vi), ("name_en", name_en))
        if not _is_line(name)
    ]
    if problems:
        raise Invalid(details=problems)


def _is_line(text: str) -> bool:
    """Say whether a text is one line that a page, a log and every database can hold."""
    return len(text.strip()) <= LONGEST_NAME and text.isprintable()
