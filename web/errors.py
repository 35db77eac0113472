"""From an error to a page: http_status.py says the status, one function makes the page, in both languages.

Answers under /api/ are left to whoever put a function of (error) -> response in `app.extensions["motcua.api_errors"]`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlencode

from flask import Flask, current_app, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

import errors
from errors import MotcuaError
from http_status import status_of
from texts import Text

API_PREFIX = "/api/"
SIGN_IN = "/sign-in"
RETRY_AFTER = "2"

_TITLES: dict[int, Text] = {
    400: Text("Không đọc được yêu cầu", "This request cannot be read"),
    401: Text("Cần đăng nhập", "Sign in first"),
    403: Text("Bạn không có quyền xem hoặc làm việc này", "You may not see or do this"),
    404: Text("Không tìm thấy trang hoặc hồ sơ này", "There is no such page or dossier"),
    405: Text("Địa chỉ này không nhận cách gọi đó", "This address does not take that kind of request"),
    409: Text("Trạng thái đã khác lúc bạn xem", "It is in another state than you saw"),
    413: Text("Dung lượng vượt giới hạn", "This is larger than allowed"),
    415: Text("Loại nội dung này không được nhận", "This kind of content is not accepted"),
    422: Text("Có nội dung chưa hợp lệ", "Some of this is not acceptable"),
    429: Text("Quá nhiều lần thử", "Too many tries"),
    500: Text("Hệ thống gặp lỗi, việc vừa rồi chưa được lưu", "Something went wrong; your last act was not saved"),
    503: Text("Hệ thống đang bận", "The service is busy"),
}
_EXPIRED = Text(
    vi="Trang mở quá lâu nên mã an toàn đã hết hạn. Chưa có gì thay đổi: quay lại, tải lại trang rồi gửi lại.",
    en="The page was open too long and its safety code expired. Nothing was changed: "
    "go back, reload the page and send again.",
)
_PLAIN: dict[int, type[MotcuaError]] = {
    400: errors.Malformed,
    401: errors.NotSignedIn,
    403: errors.Forbidden,
    404: errors.NotFound,
    413: errors.TooLarge,
    415: errors.WrongMediaType,
    422: errors.Invalid,
    429: errors.TooMany,
    503: errors.Unavailable,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """What error.html shows."""

    status: int
    title: Text
    error: MotcuaError | None
    message: Text
    reference: str
    at: datetime

    @property
    def is_ours(self) -> bool:
        """Say whether the fault lies with us, so that the page first says what is safe."""
        return self.status >= 500


def init_errors(app: Flask) -> None:
    """Answer every error with a page, and with the API's own shape under /api/."""
    app.register_error_handler(MotcuaError, _for_motcua)
    app.register_error_handler(HTTPException, _for_http)
    for status in (*_TITLES, 410, 501):  # by number as well: a number beats what others register for the whole class
        app.register_error_handler(status, _for_http)
    app.register_error_handler(CSRFError, _for_csrf)


def _for_motcua(error: MotcuaError) -> Response:
    status = status_of(error)
    if (answer := _for_programs(error)) is not None:
        return answer
    if status == 401 and request.method in ("GET", "HEAD") and "HX-Request" not in request.headers:
        return redirect(f"{SIGN_IN}?{urlencode({'next': request.full_path.rstrip('?')})}")
    reference = _note(error, status)
    return _page(status, error=error, message=error.text, reference=reference)


def _for_http(error: HTTPException) -> Response:
    if (answer := _for_programs(error)) is not None:
        return answer
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()
    reference = _note(error, status)
    message = _PLAIN.get(status, MotcuaError if status >= 500 else errors.Refused)().text
    response = _page(status, error=None, message=message, reference=reference)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def _for_csrf(error: CSRFError) -> Response:
    if (answer := _for_programs(error)) is not None:
        return answer
    return _page(400, error=None, message=_EXPIRED, reference="")


def _for_programs(error: Exception) -> Response | None:
    if not request.path.startswith(API_PREFIX):
        return None
    answer = cast("Callable[[Exception], Response] | None", current_app.extensions.get("motcua.api_errors"))
    if answer is not None:
        return answer(error)
    return error.get_response() if isinstance(error, HTTPException) else None


def _note(error: Exception, status: int) -> str:
    """Log a fault of ours under a code that the person can quote; give the code, or "" for all else."""
    if status < 500 or status == 503:
        return ""
    reference = f"MC-{secrets.token_hex(2).upper()}-{datetime.now(UTC):%H%M}"
    cause = error.original_exception if isinstance(error, InternalServerError) else error
    current_app.logger.error("%s %s %s", reference, request.method, request.path, exc_info=cause or error)
    return reference


def _page(status: int, *, error: MotcuaError | None, message: Text, reference: str) -> Response:
    title = _TITLES.get(status) or _TITLES[500 if status >= 500 else 400]
    page = ErrorPage(
        status=status, title=title, error=error, message=message, reference=reference, at=datetime.now(UTC)
    )
    response = current_app.make_response((render_template("error.html", page=page), status))
    if status in (429, 503):
        response.headers.setdefault("Retry-After", RETRY_AFTER)
    return response
