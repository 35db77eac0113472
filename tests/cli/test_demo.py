"""flask demo generate: a few dossiers, once; refused in production."""

from __future__ import annotations

from dataclasses import replace

from app import create_app
from tests.databases import Place, settings_of


def test_it_makes_dossiers_and_the_same_ones_only_once(demo_place: Place) -> None:
    runner = create_app(settings_of(demo_place)).test_cli_runner()
    words = ["demo", "generate", "--dossiers", "3", "--live", "2", "--officers", "15"]
    first = runner.invoke(args=words)
    assert first.exit_code == 0, first.output
    assert "5 dossiers, up to" in first.output
    again = runner.invoke(args=words)
    assert again.exit_code == 0, again.output
    assert first.output.splitlines()[-1] == again.output.splitlines()[-1]
    verified = runner.invoke(args=["log", "verify"])
    assert verified.output.strip().endswith("0 broken")


def test_it_is_refused_in_production(demo_place: Place) -> None:
    settings = replace(settings_of(demo_place), env="production", secret_key="x7" * 32)
    done = create_app(settings).test_cli_runner().invoke(args=["demo", "generate", "--dossiers", "1"])
    assert done.exit_code == 1
    assert "--yes" in done.output
