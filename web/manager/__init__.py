"""Pages for managers: the board of what came, was resolved and is late, the dossiers behind each number, people's load.

May import services, storage.queries, texts and the rest of web/. Must never count by a rule of its own (the numbers are
storage.queries.board's), nor show a unit to somebody whose scope does not hold it.
"""

from web.manager import board, handover, lists, load

BLUEPRINTS = (board.blueprint, lists.blueprint, load.blueprint, handover.blueprint)

__all__ = ["BLUEPRINTS"]
