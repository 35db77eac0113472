"""Run the benchmarks: `python -m benchmarks [SUBJECT …] [--quick] [--database KIND] [--json]`."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

import benchmarks
from benchmarks.figures import Figure, Options, table

HELPERS = {"__main__", "figures", "inside", "places", "served"}


def subjects() -> list[str]:
    """Give the modules of this folder that measure something."""
    return sorted(module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name not in HELPERS)


def run(names: Iterable[str], options: Options) -> list[Figure]:
    """Measure each subject, saying each figure as it comes."""
    figures = []
    for name in names:
        for measured in importlib.import_module(f"benchmarks.{name}").figures(options):
            figure = replace(measured, load=os.getloadavg()[0])
            figures.append(figure)
            where = f"  ({figure.circumstances})" if figure.circumstances else ""
            print(
                f"{figure.subject:<10} {figure.name:<44} {figure.value:>12,.2f} {figure.unit}{where}", file=sys.stderr
            )
    return figures


def told(machine: Mapping[str, Any]) -> str:
    """Say on what it was measured, and what else the machine had to do before and after (a mean of 1, 5, 15 min)."""
    loads = (", ".join(f"{load:.1f}" for load in machine[name]) for name in ("load_before", "load_after"))
    return f"Python {machine['python']}, {machine['cores']} cores; load {' and '.join(loads)} (before and after)"


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
    before = os.getloadavg()
    figures = run(asked.subject or subjects(), options)
    machine = {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "load_before": before,
        "load_after": os.getloadavg(),
    }
    print(f"\n{told(machine)}\n\n{table(figures)}", file=sys.stderr)
    if asked.json:
        print(json.dumps({"machine": machine, "figures": [asdict(figure) for figure in figures]}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
