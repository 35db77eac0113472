"""flask commands: setting up, deploying procedures, people and tokens, the log, the clock, jobs, backups, demo data.

May import services and jobs. Says only what was asked for on standard output, so that it can be piped; problems go to
standard error with exit code 1. Holds no rule: each command is one verb.
"""

from __future__ import annotations

from flask import Flask

from cli import backups, clock, demo, jobs, log, people, procedures, search, setup
from cli.setup import prepare_demo

__all__ = ["init_cli", "prepare_demo"]


def init_cli(app: Flask) -> None:
    """Add every command to `flask`."""
    app.cli.add_command(setup.command)
    groups = (procedures, people, log, clock, jobs, backups, search, demo)
    for group in [module.group for module in groups]:
        app.cli.add_command(group)
