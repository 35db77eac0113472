"""/designer/upload: check a bundle, or store it as a draft; what is found stays on the page, with what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Detail, Invalid, InvalidBundle, Malformed, MotcuaError, TooLarge
from findings import Finding, Severity, errors_among
from http_status import status_of
from services import definitions
from services.permissions import Permission
from texts import Text
from web.account import signed_in

blueprint = Blueprint("designer_upload", __name__)
LONGEST_NAME = 200
RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a check or a refused upload came to."""

    names: tuple[str, ...]
    """The files that were looked at."""
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        """Count what refuses the upload."""
        return len(errors_among(self.findings))

    @property
    def warnings(self) -> int:
        """Count what should be looked at."""
        return sum(finding.severity is Severity.WARNING for finding in self.findings)


@blueprint.get("/designer/upload")
def begin() -> str:
    """Show the form."""
    signed_in(Permission.DESIGN)
    return _page()


@blueprint.post("/designer/upload")
def post() -> Response | str | tuple[str, int]:
    """Check only, or store: nothing is stored where an error is found."""
    viewer = signed_in(Permission.DESIGN)
    name = request.form.get("name", "").strip()
    try:
        if len(name) > LONGEST_NAME:
            message = Text(f"Tên dài quá {LONGEST_NAME} ký tự.", f"A name has {LONGEST_NAME} characters at most.")
            raise Invalid(details=[Detail(field="name", code="length", message=message)])
        files = _received()
        if request.form.get("act") == "check":
            return _checked(Result(names=tuple(sorted(files)), findings=definitions.check(viewer, files)))
        stored = definitions.deploy(viewer, files, now=datetime.now(UTC), name=name, publish=False)
    except InvalidBundle as refused:
        return _page(result=Result(names=tuple(sorted(files)), findings=refused.findings)), status_of(refused)
    except (Malformed, TooLarge, Invalid) as refused:
        return _page(errors=_details(refused)), status_of(refused)
    if stored.is_new:
        flash(_("Đã tải lên. Chưa có gì thay đổi với người nộp cho đến khi công bố."), "ok")
    else:
        flash(_("Đúng các tệp này đã được tải lên trước đây. Đây là lần tải lên đó."), "note")
    return redirect(f"/designer/deployments/{stored.id}", 303)


def sorted_findings(findings: Sequence[Finding]) -> list[Finding]:
    """Give findings, the gravest first, then by file and line."""
    return sorted(findings, key=lambda f: (RANK[f.severity], f.file, f.line or 0, f.element_id, f.rule))


def _received() -> dict[str, bytes]:
    """Read the files that were sent, those in a zip one by one; raise Invalid, Malformed, TooLarge."""
    files: dict[str, bytes] = {}
    for upload in request.files.getlist("files"):
        name = PurePosixPath((upload.filename or "").replace("\\", "/")).name
        if not name:
            continue
        for inner, data in definitions.opened(name, upload.read()).items():
            if inner in files:
                message = Text(f"Có hai tệp tên {inner}.", f"Two files are named {inner}.")
                raise Invalid(details=[Detail(field="files", code="duplicate", message=message)])
            files[inner] = data
    if not files:
        message = Text("Chọn ít nhất một tệp.", "Choose one file at least.")
        raise Invalid(details=[Detail(field="files", code="required", message=message)])
    return files


def _checked(result: Result) -> str | tuple[str, int]:
    page = _page(result=result)
    return (page, 422) if result.errors else page


def _details(refused: MotcuaError) -> tuple[Detail, ...]:
    """A file that cannot be read at all is an error of the field; the message names the file."""
    return refused.details or (Detail(field="files", code=refused.code, message=refused.text),)


def _page(*, result: Result | None = None, errors: Sequence[Detail] = ()) -> str:
    return render_template(
        "designer/upload.html",
        name=request.form.get("name", ""),
        result=result,
        findings=sorted_findings(result.findings) if result else [],
        errors=errors,
        first={detail.field: detail.message for detail in reversed(errors)},
    )
