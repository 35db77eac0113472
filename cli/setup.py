"""flask setup: make a new installation usable."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from cli.common import finding_line, now, parts, said_in_words
from findings import Severity
from services import passwords, setup


@click.command("setup")
@click.option("--demo", is_flag=True, help="Demo people with a printed password, and the shipped procedures.")
@click.option("--procedures/--no-procedures", default=True, help="Deploy the shipped procedures.")
@click.option("--username", help="User name of the first administrator.")
@click.option("--name", default="", help="Their full name.")
@click.option("--email", default="", help="Their e-mail address.")
@click.option("--password", envvar="MOTCUA_ADMIN_PASSWORD", help="Their password; asked for when it is not given.")
@with_appcontext
def command(demo: bool, procedures: bool, username: str | None, name: str, email: str, password: str | None) -> None:
    """Create units, groups, the shipped procedures, and demo people (--demo) or the first administrator."""
    production = parts().settings.is_production
    with said_in_words():
        if demo:
            setup.demo_people(production=production, now=now())
        else:
            username = username or click.prompt("Tên đăng nhập / user name")
            password = password or click.prompt("Mật khẩu / password", hide_input=True, confirmation_prompt=True)
            setup.first_administrator(
                username=username,
                name=name or username,
                email=email,
                password=password,
                production=production,
                now=now(),
            )
        if procedures:
            _deploy_shipped()
    if demo:
        click.echo(_people())


def prepare_demo() -> None:
    """Migrate, seed what is missing and print the demo people: what `make run` does before it serves."""
    setup.migrate()
    with said_in_words():
        setup.demo_people(production=parts().settings.is_production, now=now())
        _deploy_shipped()
    click.echo(_people())


def _deploy_shipped() -> None:
    for slug, deployed in setup.shipped_procedures(now=now()):
        click.echo(f"{slug}: {len(deployed.definitions)} definitions")
        for finding in deployed.findings:
            if finding.severity is not Severity.INFO:
                click.echo(finding_line(finding), err=True)


def _people() -> str:
    lines = [f"Mật khẩu chung / shared password: {passwords.DEMO_PASSWORD}"]
    lines += [f"  {person.username:18} {person.what.vi} / {person.what.en}" for person in setup.DEMO_PEOPLE]
    return "\n".join(lines)
