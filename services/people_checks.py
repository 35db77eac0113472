"""What is wrong with what was typed about a person, a unit or a group: every field at once, each with what to do."""

from __future__ import annotations

import re

from errors import Detail, Invalid
from services.passwords import password_problem
from services.permissions import ROLES
from storage.rows import people as rows
from texts import Text

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
PHONE = re.compile(r"\+?[0-9][0-9 .()-]{5,24}")
LONGEST_NAME = 200


def check(*, username: str, name: str, email: str, password: str | None) -> None:
    problems = problems_of(username=username, name=name, email=email)
    if password is not None and (problem := password_problem(password)):
        problems.append(problem)
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
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        problems.append(Detail(field="name", code="required", message=Text("Cần họ tên.", "A name is needed.")))
    if email and not re.fullmatch(r"[^@\s]{1,64}@[^@\s]{1,190}", email.strip()):
        problems.append(
            Detail(
                field="email", code="email", message=Text("Thư điện tử chưa đúng dạng.", "This is no e-mail address.")
            )
        )
    if phone and not PHONE.fullmatch(phone.strip()):
        message = Text("Số điện thoại chưa đúng dạng.", "This is no telephone number.")
        problems.append(Detail(field="phone", code="phone", message=message))
    if len(organisation.strip()) > LONGEST_NAME:
        message = Text(f"Tên cơ quan dài quá {LONGEST_NAME} ký tự.", f"At most {LONGEST_NAME} characters.")
        problems.append(Detail(field="organisation", code="length", message=message))
    return problems


def check_places(roles: list[str], groups: list[str], unit: str) -> None:
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
    if problems:
        raise Invalid(details=problems)


def check_code(code: str, name: str) -> None:
    problems = []
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,39}", code):
        message = Text(
            "Mã gồm chữ thường không dấu, số, dấu chấm, gạch.", "A code has small letters, figures, dots, dashes."
        )
        problems.append(Detail(field="code", code="pattern", message=message))
    if not name.strip():
        problems.append(Detail(field="name_vi", code="required", message=Text("Cần tên.", "A name is needed.")))
    if problems:
        raise Invalid(details=problems)
