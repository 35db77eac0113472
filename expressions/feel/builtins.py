"""All built-in functions by name (DMN 1.4, 10.3.4), and the few of Camunda that many diagrams use."""

from __future__ import annotations

from typing import Final

from expressions.feel import (
    builtins_data,
    builtins_list,
    builtins_moment,
    builtins_number,
    builtins_range,
    builtins_text,
)
from expressions.feel.functions import Builtin, signature

BUILTINS: Final[dict[str, Builtin]] = {
    name: Builtin(name, [signature(text, call) for text, call in ways])
    for part in (builtins_text, builtins_number, builtins_list, builtins_data, builtins_moment, builtins_range)
    for name, ways in part.FUNCTIONS.items()
}
NAMES: Final = tuple(name for name in BUILTINS if " " in name)
"""Those that are not one word."""
