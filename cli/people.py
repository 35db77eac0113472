"""flask people: accounts, tokens, units and groups from the shell."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from cli.common import now, parts, said_in_words
from services import people
from services.permissions import SYSTEM

group = AppGroup("people", help="Create people, give tokens, set passwords, units and groups.")
ROLE = click.option("--role", "roles", multiple=True, help="A role; repeatable.")
GROUP = click.option("--group", "groups", multiple=True, help="A group; repeatable.")


@group.command("create")
@click.argument("username")
@click.option("--name", default="")
@click.option("--email", default="")
@click.option("--unit", default="")
@click.option("--password", help="Asked for when it is not given; empty for a program.")
@ROLE
@GROUP
def create(
    username: str,
    name: str,
    email: str,
    unit: str,
    password: str | None,
    roles: tuple[str, ...],
    groups: tuple[str, ...],
) -> None:
    """Open an account for USERNAME."""
    if password is None:
        password = click.prompt("Mật khẩu / password", hide_input=True, confirmation_prompt=True, default="")
    with said_in_words():
        people.create(
            SYSTEM,
            username=username,
            name=name or username,
            email=email,
            password=password or None,
            roles=roles,
            groups=groups,
            unit=unit,
            now=now(),
        )


@group.command("token")
@click.argument("username")
@click.option("--create", "make", is_flag=True, help="Open the account first where there is none.")
@ROLE
@GROUP
def token(username: str, make: bool, roles: tuple[str, ...], groups: tuple[str, ...]) -> None:
    """Print a new bearer token of USERNAME, and nothing else."""
    with said_in_words():
        if make and not people.exists(username):
            people.create(SYSTEM, username=username, name=username, roles=roles, groups=groups, now=now())
        click.echo(people.issue_token(SYSTEM, username, now=now()))


@group.command("deactivate")
@click.argument("username")
def deactivate(username: str) -> None:
    """Deactivate an account: signs it out everywhere and revokes its tokens."""
    with said_in_words():
        people.set_active(SYSTEM, username, active=False, now=now(), even_so=True)


@group.command("activate")
@click.argument("username")
def activate(username: str) -> None:
    """Activate an account again."""
    with said_in_words():
        people.set_active(SYSTEM, username, active=True, now=now())


@group.command("password")
@click.argument("username")
@click.password_option()
def password(username: str, password: str) -> None:
    """Set the password of USERNAME and sign them out everywhere."""
    with said_in_words():
        people.set_password(SYSTEM, username, password, now=now(), production=parts().settings.is_production)


@group.command("list")
def list_() -> None:
    """Print every account: name, roles, groups, unit."""
    for line in people.listed():
        click.echo(line)


@group.command("unit")
@click.argument("code")
@click.argument("name_vi")
@click.argument("name_en", default="")
def unit(code: str, name_vi: str, name_en: str) -> None:
    """Create or rename a unit."""
    with said_in_words():
        people.save_unit(SYSTEM, code=code, name_vi=name_vi, name_en=name_en, now=now())


@group.command("group")
@click.argument("code")
@click.argument("name_vi")
@click.argument("name_en", default="")
@click.option("--agency-wide", is_flag=True, help="Its members see dossiers of every unit.")
def group_(code: str, name_vi: str, name_en: str, agency_wide: bool) -> None:
    """Create or change a group."""
    with said_in_words():
        people.save_group(SYSTEM, code=code, name_vi=name_vi, name_en=name_en, is_agency_wide=agency_wide, now=now())
