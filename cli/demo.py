"""flask demo: data that look like a ministry's, for demonstrations and measuring."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import click
from flask.cli import AppGroup

from cli.common import now, parts, said_in_words
from services import setup
from services.demo import generate as demo
from services.demo.plan import Wish

group = AppGroup("demo", help="Demo data: invented dossiers, played through the real verbs.")
HALF_YEAR = 33_400
PLAYED = 1_500


@group.command("generate")
@click.option("--dossiers", type=click.IntRange(0), default=400, show_default=True, help="Filed over half a year.")
@click.option("--half-year", is_flag=True, help=f"As many as the ministry took in in half a year: {HALF_YEAR:,}.")
@click.option("--live", type=click.IntRange(0), default=0, help="More dossiers, which are open now.")
@click.option("--officers", type=click.IntRange(15), default=40, show_default=True, help="How many work on them.")
@click.option("--seed", type=int, default=2020, show_default=True, help="The same seed plans the same dossiers.")
@click.option("--fast", is_flag=True, help=f"Play about {PLAYED:,} of them and copy these: for measuring.")
@click.option("--yes", is_flag=True, help="In production too.")
def generate(dossiers: int, half_year: bool, live: int, officers: int, seed: int, fast: bool, yes: bool) -> None:
    """File and work off invented dossiers of the last half-year.

    Stopped (Ctrl+C) and called again with the same options, it goes on where it was.
    """
    settings = parts().settings
    if settings.is_production and not yes:
        raise click.ClickException(
            "Đây là hệ thống thật: hồ sơ minh hoạ không xoá được khỏi nhật ký. Thêm --yes nếu vẫn muốn.\n"
            "This is a production environment: demo dossiers cannot be taken out of the log. Add --yes to go on."
        )
    moment, dossiers = now(), HALF_YEAR if half_year else dossiers
    wish = Wish(
        seed=seed,
        dossiers=dossiers,
        live=live,
        part=min(1.0, PLAYED / max(1, dossiers + live)) if fast else 1.0,
        until=moment.replace(second=0, microsecond=0) - timedelta(minutes=1),
    )
    with said_in_words():
        setup.demo_people(production=False, now=moment)
        wish = demo.remembered(wish, settings.data / "demo-generate.json")
        begun = demo.begin(wish, parts().intake, officers=officers, now=moment, said=click.echo)
        _follow(demo.play(begun), len(begun.every), len(begun.every) - len(begun.todo), "dossiers")
        if begun.copies:
            _follow(demo.copy(begun), begun.copies, 0, "copies")
        _follow(demo.finish(begun), dossiers + live, 0, "words")
    click.echo(f"{dossiers + live:,} dossiers, up to {wish.until:%Y-%m-%d %H:%M} UTC")


def _follow(done: Iterator[int], length: int, there: int, label: str) -> None:
    """Show how much is done, how fast, and how much time is left."""
    began, new = time.monotonic(), 0

    def rate(_now: int | None) -> str:
        return f"{new / (time.monotonic() - began):,.0f}/s" if new else ""

    shown: Any = click.progressbar(length=length, label=label, show_pos=True, item_show_func=rate)
    with shown as bar:
        bar.update(there)
        for count in done:
            new += count
            bar.update(count)
