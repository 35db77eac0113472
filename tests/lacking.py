"""What to do where this machine lacks something that a test needs."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(sentence: str) -> NoReturn:
    """Skip a test for what this machine lacks; fail where nothing may be lacking."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI may not skip this: {sentence}", pytrace=False)
    pytest.skip(sentence)
