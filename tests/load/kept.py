"""A filled database that a folder keeps, outside of the repository: filled once, copied for each run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.databases import Place, command
from tests.postgres import FAST, USUAL, Cluster

FILLED, COPY = "motcua_filled", "motcua_copy"


@dataclass
class Kept:
    """with Kept(folder) as kept: place = kept.copy(fill); its PostgreSQL runs until the block ends."""

    folder: Path
    cluster: Cluster = field(init=False)

    def __post_init__(self) -> None:
        self.cluster = Cluster(self.folder / "pg", USUAL)

    @property
    def _is_filled(self) -> bool:
        return (self.folder / "filled").exists()

    def __enter__(self) -> Kept:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711)  # the user that runs PostgreSQL passes through it
        if not self._is_filled:  # quicker, with no promise: who pulls the plug begins again
            self.cluster = Cluster(self.folder / "pg", {**USUAL, **FAST})
        if not self.cluster.is_made:
            self.cluster.start()
        elif not self.cluster.running:
            self.cluster.wake()
        return self

    def __exit__(self, *_: object) -> None:
        self.cluster.rest()

    def copy(self, fill: Callable[[Place], object]) -> Place:
        """Give a copy of the filled database, migrated to what the code has now; `fill` fills it where it is not."""
        own = Place(self.folder / "data", self.cluster.url(FILLED))
        if not self._is_filled:
            if not (self.folder / "begun").exists():
                self.cluster.create(FILLED)
                command(own, "db", "upgrade")
                command(own, "setup", "--demo")
                (self.folder / "begun").touch()
            fill(own)
            (self.folder / "filled").touch()
            self.cluster.rest()
            self.cluster = Cluster(self.folder / "pg", USUAL)
            self.cluster.wake()
        self.cluster.create(COPY, template=FILLED)
        data = self.folder / "copy"
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(self.folder / "data", data)
        place = Place(data, self.cluster.url(COPY))
        command(place, "db", "upgrade")
        return place
