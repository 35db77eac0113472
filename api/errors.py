"""From an error to the one shape that programs are answered: code, message in their language, and every detail."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

import errors
from api.answers import dumps, written
from api.language import language
from errors import Detail, InvalidBundle, MotcuaError
from findings import Finding
from http_status import STATUS, status_of
from texts import Text

RETRY_AFTER = "2"
OF_HTTP: dict[int, tuple[str, Text]] = {
    404: (
        "not_found",
        Text("Không có địa chỉ này. Xem /api/v1/openapi.json.", "There is no such address. See /api/v1/openapi.json."),
    ),
    405: (
        "method_not_allowed",
        Text(
            "Địa chỉ này không nhận phương thức đó; xem tiêu đề Allow.",
            "This address does not take that method; see the header Allow.",
        ),
    ),
}
"""What the web framework says by number alone, beyond what errors.py has."""
_BY_STATUS: dict[int, type[MotcuaError]] = {
    status: kind for kind, status in reversed(STATUS.items()) if kind not in (errors.Refused, errors.ConcurrentUpdate)
}
"""The class that stands for a status: the first in the table that says something of its own."""
_FAULT = Text(
    "Hệ thống gặp lỗi, việc vừa rồi chưa được lưu. Báo người vận hành mã {0}.",
    "Something went wrong and your last act was not saved. Tell the operator the code {0}.",
)


def answer_error(error: Exception) -> Response:
    """Answer any error under /api/."""
    if isinstance(error, CSRFError):
        return _refused(errors.Forbidden())
    if isinstance(error, MotcuaError):
        return _refused(error)
    if isinstance(error, HTTPException):
        return _of_http(error)
    return _fault(error)


def details_of(error: MotcuaError) -> list[dict[str, Any]]:
    """Give every detail; findings of a bundle are given whole, warnings too."""
    if isinstance(error, InvalidBundle):
        return [finding_out(finding) for finding in error.findings]
    return [_detail_out(detail) for detail in error.details]


def finding_out(finding: Finding) -> dict[str, Any]:
    """Write a finding in the caller's language."""
    return {
        "rule": finding.rule,
        "code": finding.rule,
        "severity": finding.severity.value,
        "file": finding.file,
        "element_id": finding.element_id,
        "element_name": finding.element_name,
        "line": finding.line,
        "message": finding.message.in_(language()),
    }


def _detail_out(detail: Detail) -> dict[str, Any]:
    place = {"element_id": detail.element_id} if detail.element_id else {"field": detail.field}
    return {**place, "code": detail.code, "message": detail.message.in_(language())}


def _refused(error: MotcuaError) -> Response:
    status = status_of(error)
    if status >= 500 and status != 503:
        return _fault(error)
    response = _shaped(status, error.code, error.text, details_of(error))
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="motcua"'
    return response


def _of_http(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None or status < 400:  # a redirection, or an answer that is ready
        ready: Response = error.get_response()  # type: ignore[assignment]  # flask's class, as the request's is
        return ready
    if status >= 500 and status != 503:
        return _fault(error.original_exception or error if isinstance(error, InternalServerError) else error)
    kind = _BY_STATUS.get(status, errors.Refused)()
    code, text = OF_HTTP.get(status, (kind.code, kind.text))
    response = _shaped(status, code, text, [])
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def _fault(error: BaseException) -> Response:
    """Log a fault of ours under a code that the program's owner can quote; say nothing of its inside."""
    reference = f"MC-{secrets.token_hex(2).upper()}-{datetime.now(UTC):%H%M}"
    current_app.logger.error("%s %s %s", reference, request.method, request.path, exc_info=error)
    return _shaped(500, MotcuaError.code, Text(_FAULT.vi.format(reference), _FAULT.en.format(reference)), [])


def _shaped(status: int, code: str, text: Text, details: list[dict[str, Any]]) -> Response:
    error = {"code": code, "message": text.in_(language()), "details": details}
    response = written(dumps({"error": error}), status)
    response.headers["Vary"] = "Accept-Language"
    if status in (429, 503):
        response.headers.setdefault("Retry-After", RETRY_AFTER)
    return response
