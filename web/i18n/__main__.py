"""`python -m web.i18n compile` merges the translations; `check` says what is missing and ends with 1."""

from __future__ import annotations

import sys

from web.i18n.catalogue import compile_all, problems


def main(act: str) -> int:
    """Do `compile` or `check`; give the exit code."""
    if act == "compile":
        for made in compile_all():
            sys.stdout.write(f"{made}\n")
        return 0
    if act == "check":
        found = problems()
        for line in found:
            sys.stdout.write(f"{line}\n")
        sys.stdout.write(f"{len(found)} problem(s) in web/translations\n" if found else "")
        return 1 if found else 0
    sys.stderr.write("Use: python -m web.i18n compile|check\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
