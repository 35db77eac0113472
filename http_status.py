"""The HTTP status of every error, for the two edges that answer over HTTP (web/, api/). Imports only errors."""

from __future__ import annotations

import errors
from errors import MotcuaError

STATUS: dict[type[MotcuaError], int] = {
    errors.MotcuaError: 500,
    errors.Refused: 400,
    errors.Malformed: 400,
    errors.NotSignedIn: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TaskNotOpen: 409,
    errors.TaskTaken: 409,
    errors.WrongState: 409,
    errors.NotApproved: 409,
    errors.StaleVersion: 409,
    errors.DraftChanged: 409,
    errors.Duplicate: 409,
    errors.IdempotencyMismatch: 409,
    errors.NotAwaited: 409,
    errors.IncidentNotOpen: 409,
    errors.NotLocked: 409,
    errors.InstanceSuspended: 409,
    errors.DefinitionSuspended: 409,
    errors.WrongOffset: 409,
    errors.TooLarge: 413,
    errors.WrongMediaType: 415,
    errors.TooMany: 429,
    errors.WrongProtocol: 412,
    errors.WrongChecksum: 460,  # tus' own number
    errors.Invalid: 422,
    errors.InvalidAnswers: 422,
    errors.InvalidBundle: 422,
    errors.NoCalendar: 422,
    errors.NotMigratable: 422,
    # A fault of the diagram, not of the server: the designer mends it, so no 5xx.
    errors.EngineError: 422,
    errors.ExpressionFailed: 422,
    errors.VariableMissing: 422,
    errors.StepBudgetExhausted: 422,
    errors.NoPathChosen: 422,
    errors.NobodyChosen: 422,
    errors.TooManyInstances: 422,
    errors.NestedTooDeep: 422,
    errors.WorkFailed: 422,
    errors.TooMuchData: 422,
    errors.ConcurrentUpdate: 503,
    errors.Unavailable: 503,
    errors.NotScanned: 503,
}
"""Every class of errors.py and its HTTP status."""


def status_of(error: MotcuaError) -> int:
    """Give the HTTP status of an error; a class that is not in the table takes that of its parent."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
