"""Migrate, seed the demo and serve, in one process: what `make run` does once all is set up.

One process, because reading the libraries once instead of three times is most of the start.
"""

from __future__ import annotations

import sys


def main() -> int:
    from flask_migrate import upgrade

    import app

    application = app.create_app()
    with application.app_context():
        upgrade()
    seeded = application.test_cli_runner().invoke(args=["setup", "--demo"])
    print(seeded.output, end="", flush=True)
    if seeded.exception and not isinstance(seeded.exception, SystemExit):
        raise seeded.exception
    if seeded.exit_code:
        return seeded.exit_code
    app.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
