"""Run the benchmarks: `python -m benchmarks [SUBJECT …] [--quick] [--database KIND] [--json]`."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import platform
import sys
from collections.abc import Iterable
from dataclasses import asdict

import benchmarks
from benchmarks.figures import Figure, Options

HELPERS = {"__main__", "figures", "served"}


def subjects() -> list[str]:
    """Give the modules of this folder that measure something."""
    return sorted(module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name not in HELPERS)


def run(names: Iterable[str], options: Options) -> list[Figure]:
    """Measure each subject, saying each figure as it comes."""
    figures = []
    for name in names:
        for figure in importlib.import_module(f"benchmarks.{name}").figures(options):
            figures.append(figure)
            where = f"  ({figure.circumstances})" if figure.circumstances else ""
            print(
                f"{figure.subject:<10} {figure.name:<44} {figure.value:>12,.2f} {figure.unit}{where}", file=sys.stderr
            )
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("subject", nargs="*", default=[], help=f"only these: {', '.join(subjects())}")
    parser.add_argument("--quick", action="store_true", help="a tenth of the counts")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], help="only this one")
    parser.add_argument("--json", action="store_true", help="print all figures as JSON in the end")
    asked = parser.parse_args()
    if unknown := set(asked.subject) - set(subjects()):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(subjects())}")
    options = Options(quick=asked.quick, databases=(asked.database,) if asked.database else Options().databases)
    figures = run(asked.subject or subjects(), options)
    if asked.json:
        machine = {"python": platform.python_version(), "system": platform.platform()}
        print(json.dumps({"machine": machine, "figures": [asdict(figure) for figure in figures]}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
