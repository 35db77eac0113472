"""The time that a moment without an offset is told in: Vietnam's, which has had no summer time since 1975."""

from __future__ import annotations

from datetime import timedelta, timezone

OFFICE = timezone(timedelta(hours=7))
