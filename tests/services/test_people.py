"""Accounts: opening, signing in, tokens, deactivation, what production refuses, the first administrator."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from errors import Duplicate, Forbidden, Invalid, MotcuaError, NotFound, NotSignedIn, WrongState
from services import accounts, cleaning, log, passwords, people, setup
from services.passwords import DEMO_PASSWORD
from services.permissions import SYSTEM, Permission
from storage.rows import people as rows
from tests.office import START, Office

GOOD = "một mật khẩu dài"
IDLE = timedelta(hours=12)


def sign_in(office: Office, username: str, password: str = DEMO_PASSWORD, *, production: bool = False) -> str:
    return people.sign_in(username, password, device="Firefox", now=office.now, allow_demo=not production)


def register(office: Office, username: str = "lan", **changes: str) -> None:
    given = {"name": "Lan", "email": "lan@vi.example", "phone": "", "organisation": "", "password": GOOD} | changes
    people.register(username=username, now=office.now, production=False, **given)


def who(office: Office, token: str) -> str | None:
    viewer = people.viewer_of_session(token, now=office.now, idle=IDLE)
    return viewer.username if viewer else None


def fields(refused: pytest.ExceptionInfo[MotcuaError]) -> set[str]:
    return {detail.field for detail in refused.value.details}


def test_a_signed_in_browser_lasts_until_it_is_idle_or_signed_out(office: Office) -> None:
    token, other = sign_in(office, " MotCua "), sign_in(office, "motcua")
    assert who(office, token) == "motcua"
    office.later(hours=11)
    assert who(office, token) == "motcua"  # seen: the idle time begins anew
    office.later(hours=11)
    office.look()
    assert who(office, token) == "motcua"
    assert who(office, other) is None
    people.sign_out(token)
    assert who(office, token) is None
    assert who(office, "made up") is None


def test_a_wrong_password_and_an_unknown_name_are_refused_in_the_same_words(office: Office) -> None:
    said = []
    for username, password in (("motcua", "wrong password"), ("nobody", DEMO_PASSWORD), ("", ""), ("motcua", "")):
        with pytest.raises(NotSignedIn) as refused:
            sign_in(office, username, password)
        said.append(refused.value.text)
    assert len(set(said)) == 1


def test_an_account_for_programs_has_no_password_to_sign_in_with(office: Office) -> None:
    office.hire("robot", "operator")
    for password in ("", "robot", GOOD):
        with pytest.raises(NotSignedIn):
            sign_in(office, "robot", password)


def test_deactivation_ends_sign_ins_and_tokens_for_good(office: Office) -> None:
    browser, token = sign_in(office, "motcua"), people.issue_token(SYSTEM, "motcua", now=office.now)
    found = people.viewer_of_token(token, now=office.now)
    assert found is not None
    assert found.groups == {"one_door", "cashier"}
    people.set_active(SYSTEM, "motcua", active=False, now=office.now)
    assert who(office, browser) is None
    assert people.viewer_of_token(token, now=office.now) is None
    with pytest.raises(NotSignedIn):
        sign_in(office, "motcua")
    people.set_active(SYSTEM, "motcua", active=True, now=office.now)
    assert who(office, browser) is None
    assert people.viewer_of_token(token, now=office.now) is None
    assert who(office, sign_in(office, "motcua")) == "motcua"


def test_a_new_password_signs_out_everywhere(office: Office) -> None:
    register(office)
    browser = sign_in(office, "lan", GOOD)
    lan = office.viewer("lan")
    with pytest.raises(Invalid) as refused:
        accounts.change_password(lan, "not this", "short", now=office.now, production=False)
    assert fields(refused) == {"old", "new"}
    accounts.change_password(lan, GOOD, "another password", now=office.now, production=False)
    assert who(office, browser) is None
    with pytest.raises(NotSignedIn):
        sign_in(office, "lan", GOOD)
    assert who(office, sign_in(office, "lan", "another password")) == "lan"


def test_everything_wrong_with_a_registration_is_said_at_once_and_a_name_is_taken_once(office: Office) -> None:
    with pytest.raises(Invalid) as refused:
        register(office, "Lan Anh", name=" ", email="lan", phone="call me", organisation="x" * 300, password="short")
    assert fields(refused) == {"username", "name", "email", "phone", "organisation", "password"}
    register(office)
    with pytest.raises(Duplicate):
        register(office)
    viewer = office.viewer("lan")
    assert viewer.permissions == {Permission.FILE_DOSSIER}
    assert not viewer.is_staff


def test_passwords_are_kept_as_argon2id(office: Office) -> None:
    register(office)
    person = rows.load("lan")
    assert person is not None
    assert person.password_hash.startswith("$argon2id$")
    assert not passwords.matches(person.password_hash, GOOD + " ")
    assert not passwords.matches("", "")


def test_demo_people_and_their_password_are_refused_in_production(office: Office) -> None:
    with pytest.raises(Forbidden):
        setup.demo_people(production=True, now=office.now)
    with pytest.raises(NotSignedIn):
        sign_in(office, "motcua", production=True)
    with pytest.raises(Invalid):
        register_in_production(office, DEMO_PASSWORD)
    register(office, "hoa", password=DEMO_PASSWORD)  # opened while it was no real installation yet
    with pytest.raises(NotSignedIn):
        sign_in(office, "hoa", production=True)
    register_in_production(office, GOOD)
    assert who(office, sign_in(office, "lan", GOOD, production=True)) == "lan"


def register_in_production(office: Office, password: str) -> None:
    people.register(
        username="lan", name="Lan", email="", phone="", organisation="", password=password, now=office.now,
        production=True,
    )  # fmt: skip


def test_a_demo_account_with_a_password_of_its_own_is_a_real_one(office: Office) -> None:
    people.set_password(SYSTEM, "quantri", GOOD, now=office.now, production=True)
    assert who(office, sign_in(office, "quantri", GOOD, production=True)) == "quantri"


def test_the_first_administrator_is_made_once(app: Flask) -> None:
    with app.app_context():
        office = Office(parts=app.extensions["motcua"])

        def make(username: str, password: str) -> None:
            setup.first_administrator(
                username=username, name="Quản trị", email="", password=password, production=True, now=START
            )

        with pytest.raises(WrongState):
            make("admin", DEMO_PASSWORD)
        make("admin", GOOD)
        assert office.viewer("admin").permissions == set(Permission) - {Permission.FILE_DOSSIER}
        assert rows.group("one_door") is not None
        with pytest.raises(WrongState):
            make("second", GOOD)
        assert log.verify().breaks == ()


def test_only_who_manages_people_does_so(office: Office) -> None:
    motcua = office.viewer("motcua")
    acts = [
        lambda: people.create(motcua, username="x1", name="X", now=office.now),
        lambda: people.set_active(motcua, "vanthu", active=False, now=office.now),
        lambda: people.set_password(motcua, "vanthu", GOOD, now=office.now),
        lambda: people.issue_token(motcua, "vanthu", now=office.now),
        lambda: people.save_group(motcua, code="x", name_vi="X", name_en="X", is_agency_wide=True, now=office.now),
        lambda: people.save_unit(motcua, code="x", name_vi="X", name_en="X", now=office.now),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()
    assert people.viewer_of_token(people.issue_token(motcua, "motcua", now=office.now), now=office.now) is not None
    with pytest.raises(WrongState):
        people.set_active(office.viewer("quantri"), "quantri", active=False, now=office.now)
    with pytest.raises(NotFound):
        people.set_active(SYSTEM, "nobody", active=False, now=office.now)


def test_an_account_names_only_roles_groups_and_units_that_exist(office: Office) -> None:
    with pytest.raises(Invalid) as refused:
        office.hire("lan", "king", groups=["nowhere"], unit="nowhere")
    assert fields(refused) == {"roles", "groups", "unit"}
    assert not people.exists("lan")


def test_ones_devices_are_ones_own_to_end(office: Office) -> None:
    here, there, stranger = sign_in(office, "motcua"), sign_in(office, "motcua"), sign_in(office, "vanthu")
    motcua = office.viewer("motcua")
    devices = accounts.devices(motcua, here, now=office.now, idle=IDLE)
    assert [device.is_here for device in devices] == [True, False]
    (strangers,) = accounts.devices(office.viewer("vanthu"), stranger, now=office.now, idle=IDLE)
    with pytest.raises(NotFound):
        accounts.end_device(motcua, strangers.id)
    with pytest.raises(NotFound):
        accounts.end_device(motcua, "no id")
    accounts.end_device(motcua, devices[1].id)
    assert (who(office, here), who(office, there), who(office, stranger)) == ("motcua", None, "vanthu")


def test_idle_sign_ins_are_cleaned_away(office: Office) -> None:
    token = sign_in(office, "motcua")
    cleaning.clean(idle_hours=12, draft_days=90, now=office.later(hours=13))
    assert list(rows.sign_ins_of("motcua")) == []
    assert who(office, token) is None


def test_every_act_on_people_is_in_the_log(office: Office) -> None:
    office.hire("lan", "officer", groups=["clerk"])
    people.set_active(SYSTEM, "lan", active=False, now=office.now)
    tail = [(row.kind, data.get("username")) for row, data in log.events_of("people")][-2:]
    assert tail == [("person.created", "lan"), ("person.deactivated", "lan")]
