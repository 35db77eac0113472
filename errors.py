"""Every error we raise, as one tree. Imports only texts and findings; knows no HTTP (see http_status.py).

    MotcuaError
    ├── Refused                     the caller's doing; nothing was changed
    │   ├── Malformed               cannot be read at all
    │   ├── NotSignedIn · Forbidden · NotFound
    │   ├── Conflict                another state than the caller thought
    │   │   ├── TaskNotOpen · TaskTaken · WrongState · StaleVersion · Duplicate · IdempotencyMismatch
    │   │   ├── NotAwaited · DraftChanged · IncidentNotOpen · NotLocked · InstanceSuspended · DefinitionSuspended
    │   │   ├── WrongOffset · NotApproved
    │   ├── TooLarge · WrongMediaType · TooMany · WrongProtocol · WrongChecksum
    │   └── Invalid                 well-formed but not acceptable; `details` names every field or element
    │       ├── InvalidAnswers · InvalidBundle · NoCalendar · NotMigratable
    ├── EngineError                 a technical fault while a diagram runs (never what the diagram models)
    │   ├── ExpressionFailed (VariableMissing) · StepBudgetExhausted · NoPathChosen · NobodyChosen
    │   ├── TooManyInstances · NestedTooDeep · TooMuchData · WorkFailed
    ├── ConcurrentUpdate            another writer of the same row was first; unit_of_work tries again
    └── Unavailable                 come back later
        └── NotScanned

A class's docstring is its English message and says what to do; `vi` is the same in Vietnamese.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from findings import Finding, Severity
from texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One thing wrong: the form field or the diagram element, a code and what to do about it."""

    code: str
    message: Text
    field: str = ""
    element_id: str = ""


class MotcuaError(Exception):
    """Something went wrong on our side. Try again; if it persists, tell the operator."""

    code: ClassVar[str] = "internal"
    vi: ClassVar[str] = "Hệ thống gặp lỗi. Hãy thử lại; nếu vẫn lỗi, báo người vận hành."

    def __init__(self, text: Text | None = None, *, details: Iterable[Detail] = ()) -> None:
        self.text = text or Text(vi=self.vi, en=" ".join((type(self).__doc__ or "").split()))
        self.details = tuple(details)
        super().__init__(self.text.en)


class Refused(MotcuaError):
    """The request was refused and nothing was changed."""

    code = "refused"
    vi = "Yêu cầu bị từ chối, chưa có gì thay đổi."


class Malformed(Refused):
    """The request cannot be read. Check its format and send it again."""

    code = "malformed"
    vi = "Không đọc được yêu cầu. Kiểm tra định dạng rồi gửi lại."


class NotSignedIn(Refused):
    """Sign in first, or send a valid bearer token."""

    code = "not_signed_in"
    vi = "Cần đăng nhập trước."


class Forbidden(Refused):
    """You do not have the permission for this. Ask an administrator to grant it."""

    code = "forbidden"
    vi = "Bạn không có quyền làm việc này. Hãy nhờ quản trị viên cấp quyền."


class NotFound(Refused):
    """There is nothing here, or it is not yours to see. Check the address or search for it."""

    code = "not_found"
    vi = "Không tìm thấy, hoặc bạn không có quyền xem. Kiểm tra địa chỉ hoặc tìm kiếm."


class Conflict(Refused):
    """It is in another state than you saw. Read it again before you go on."""

    code = "conflict"
    vi = "Trạng thái đã khác lúc bạn xem. Hãy tải lại rồi làm tiếp."


class TaskNotOpen(Conflict):
    """This task is no longer open: somebody completed it or the dossier moved on. Reload your list."""

    code = "task_not_open"
    vi = "Việc này không còn mở: đã có người làm xong hoặc hồ sơ đã chuyển bước. Hãy tải lại danh sách."


class TaskTaken(Conflict):
    """Somebody else holds this task. Ask them to release it, or take another one."""

    code = "task_taken"
    vi = "Việc này đã có người khác nhận. Hãy nhờ họ trả lại nhóm, hoặc nhận việc khác."


class WrongState(Conflict):
    """This act is not possible in the present state. Read it again to see what is possible."""

    code = "wrong_state"
    vi = "Không làm được việc này ở trạng thái hiện tại. Hãy tải lại để xem có thể làm gì."


class StaleVersion(Conflict):
    """It has changed since you opened it. Your answers are kept: look at the change and send them again."""

    code = "stale_version"
    vi = "Nội dung đã thay đổi từ lúc bạn mở. Câu trả lời của bạn vẫn còn: xem thay đổi rồi gửi lại."


class NotApproved(Conflict):
    """This act must be approved before it is done: compose it on the task's page and have it approved there."""

    code = "not_approved"
    vi = "Việc này phải được duyệt trước khi gửi: hãy soạn phiếu rồi trình duyệt."


class DraftChanged(Conflict):
    """This draft was saved meanwhile, by somebody else or on another device. Nothing is lost: choose what to keep."""

    code = "draft_changed"
    vi = "Bản nháp này vừa được lưu ở nơi khác. Không mất gì: hãy chọn bản cần giữ."

    def __init__(self, *, version: int, saved_by: str, saved_at: datetime, device: str) -> None:
        self.version, self.saved_by, self.saved_at, self.device = version, saved_by, saved_at, device
        super().__init__()


class Duplicate(Conflict):
    """There is one of that name already. Choose another name."""

    code = "duplicate"
    vi = "Tên này đã có. Hãy chọn tên khác."


class IdempotencyMismatch(Conflict):
    """This Idempotency-Key was used with another body. Use a new key for a new request."""

    code = "idempotency_mismatch"
    vi = "Idempotency-Key này đã dùng cho một yêu cầu khác. Hãy dùng khoá mới."


class NotAwaited(Conflict):
    """Nothing waits for this event now."""

    code = "not_awaited"
    vi = "Hiện không có gì chờ sự kiện này."


class IncidentNotOpen(Conflict):
    """This incident is no longer open: it was resolved, or what it stood on is gone. Reload your list."""

    code = "incident_not_open"
    vi = "Sự cố này không còn mở: đã được xử lý, hoặc bước gặp sự cố không còn nữa. Hãy tải lại danh sách."


class NotLocked(Conflict):
    """This worker does not hold this task: its lock ran out and another has it, or it never fetched it. Fetch again."""

    code = "not_locked"
    vi = "Chương trình này không giữ việc: khoá đã hết hạn và nơi khác đã nhận, hoặc chưa nhận. Hãy nhận việc lại."


class InstanceSuspended(Conflict):
    """An operator has suspended this: nothing goes on until it is resumed. Nothing is lost; try again then."""

    code = "instance_suspended"
    vi = "Người vận hành đang tạm dừng việc này. Không mất gì: hãy làm lại khi việc được chạy tiếp."


class DefinitionSuspended(Conflict):
    """This is out of service for now: nothing new is begun with it until an operator resumes it. Try again later."""

    code = "definition_suspended"
    vi = "Quy trình này đang tạm ngừng, chưa bắt đầu mới được. Hãy thử lại sau."


class WrongOffset(Conflict):
    """This upload goes on at another byte. Ask for its offset (HEAD) and send what comes after that."""

    code = "wrong_offset"
    vi = "Tệp đang tải tiếp từ vị trí khác. Hãy hỏi lại vị trí (HEAD) rồi gửi phần còn lại."


class TooLarge(Refused):
    """This is larger than allowed. Send a smaller file or request."""

    code = "too_large"
    vi = "Dung lượng vượt giới hạn. Hãy gửi tệp nhỏ hơn."


class WrongMediaType(Refused):
    """This kind of content is not accepted here. Send one of the kinds named."""

    code = "wrong_media_type"
    vi = "Loại nội dung này không được nhận. Hãy gửi đúng loại cho phép."


class TooMany(Refused):
    """Too many tries in a short time. Wait a little and try again."""

    code = "too_many"
    vi = "Quá nhiều lần thử trong thời gian ngắn. Hãy đợi rồi thử lại."


class WrongProtocol(Refused):
    """Uploads speak tus 1.0.0. Send the header Tus-Resumable: 1.0.0."""

    code = "wrong_protocol"
    vi = "Tải tệp dùng giao thức tus 1.0.0. Hãy gửi tiêu đề Tus-Resumable: 1.0.0."


class WrongChecksum(Refused):
    """This piece did not arrive as it was sent and was not kept. Send it again."""

    code = "wrong_checksum"
    vi = "Phần tệp này đến nơi không còn nguyên vẹn nên không được giữ. Hãy gửi lại."


class Invalid(Refused):
    """Some of this is not acceptable; each point is named. Mend them and send it again."""

    code = "invalid"
    vi = "Có nội dung chưa hợp lệ, từng điểm được nêu rõ. Hãy sửa rồi gửi lại."


class InvalidAnswers(Invalid):
    """Some answers are missing or wrong; each field is named. Mend them and send the form again."""

    code = "invalid_answers"
    vi = "Một số câu trả lời còn thiếu hoặc sai, từng ô được nêu rõ. Hãy sửa rồi gửi lại."


class InvalidBundle(Invalid):
    """This bundle cannot run faithfully; each finding names its element. Mend the diagram and upload it again."""

    code = "invalid_bundle"
    vi = "Bộ tệp này không chạy đúng được, từng phát hiện nêu rõ phần tử. Hãy sửa sơ đồ rồi tải lên lại."

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(
            details=[
                Detail(code=f.rule, message=f.message, element_id=f.element_id, field=f.file)
                for f in self.findings
                if f.severity is Severity.ERROR
            ]
        )


class NoCalendar(Invalid):
    """The working calendar does not cover the year that is needed. An administrator must enter that year first."""

    code = "no_calendar"
    vi = "Lịch làm việc chưa có năm cần tính. Quản trị viên cần nhập lịch của năm đó trước."


class NotMigratable(Invalid):
    """This instance cannot go over to that version as asked; each element is named. Change the mapping, or wait."""

    code = "not_migratable"
    vi = "Không chuyển được lần chạy này sang phiên bản đó, từng phần tử được nêu rõ. Hãy sửa ánh xạ, hoặc đợi."


class EngineError(MotcuaError):
    """The diagram met a technical fault while it ran. Mend the variables or the diagram, then try the element again."""

    code = "engine_error"
    vi = "Sơ đồ gặp lỗi kỹ thuật khi chạy. Cần sửa biến hoặc sơ đồ, rồi chạy lại phần tử được nêu."

    def __init__(self, text: Text | None = None, *, element_id: str = "", reason: str = "") -> None:
        self.element_id = element_id
        self.reason = reason
        detail = Detail(code=self.code, element_id=element_id, message=Text(vi=reason, en=reason))
        super().__init__(text, details=[detail] if element_id or reason else [])


class ExpressionFailed(EngineError):
    """An expression or script failed. Mend the variables that it reads or the diagram, then try again."""

    code = "expression_failed"
    vi = "Một biểu thức hoặc đoạn mã bị lỗi. Cần sửa biến mà nó đọc hoặc sửa sơ đồ, rồi chạy lại."


class VariableMissing(ExpressionFailed):
    """An expression or script reads a variable that has no value. Give it one, then try again."""

    vi = "Một biểu thức hoặc đoạn mã đọc biến chưa có giá trị. Cần cho biến giá trị, rồi chạy lại."


class StepBudgetExhausted(EngineError):
    """The diagram ran too many steps without waiting, probably an endless loop. Tried again, it goes on from there."""

    code = "step_budget"
    vi = "Sơ đồ chạy quá nhiều bước mà không dừng, có lẽ là vòng lặp vô tận. Nếu chạy lại, nó đi tiếp từ chỗ dừng."


class NoPathChosen(EngineError):
    """No flow out of a gateway applies and it has no default flow. Mend the variables or add one, then try again."""

    code = "no_path_chosen"
    vi = "Không nhánh nào của cổng rẽ thoả điều kiện và cổng không có nhánh mặc định. Cần sửa biến hoặc sơ đồ."


class NobodyChosen(EngineError):
    """Who does this task, or by when, cannot be told. Mend the variables that say so and try again, or assign it."""

    code = "nobody_chosen"
    vi = "Không xác định được ai làm việc này hoặc hạn của nó. Cần sửa biến rồi chạy lại, hoặc giao việc cho người."


class TooManyInstances(EngineError):
    """A multi-instance activity would run for too many items at once. Split the work into smaller lists."""

    code = "too_many_instances"
    vi = "Hoạt động lặp phải chạy cho quá nhiều phần tử. Hãy chia danh sách nhỏ hơn."


class WorkFailed(EngineError):
    """What a program or connector was to do failed and no tries are left. Mend what it says, then try again."""

    code = "work_failed"
    vi = (
        "Việc của chương trình bên ngoài hoặc bộ kết nối bị lỗi và đã hết số lần thử. Hãy sửa theo lời báo rồi thử lại."
    )


class NestedTooDeep(EngineError):
    """Processes call each other too deeply, probably without end. Mend the condition that should end it."""

    code = "nested_too_deep"
    vi = "Các quy trình gọi nhau quá nhiều tầng, có lẽ không bao giờ dừng. Cần sửa điều kiện dừng."


class TooMuchData(EngineError):
    """The variables of this instance grow too large. Keep less in them, or keep it as documents."""

    code = "too_much_data"
    vi = "Dữ liệu của lần chạy này quá lớn. Hãy lưu ít hơn trong biến, hoặc lưu thành giấy tờ."


class ConcurrentUpdate(MotcuaError):
    """Another writer was first. This is tried again by itself."""

    code = "concurrent_update"
    vi = "Có người ghi trước. Hệ thống tự thử lại."


class Unavailable(MotcuaError):
    """The service is busy or starting. Try again in a moment."""

    code = "unavailable"
    vi = "Hệ thống đang bận hoặc đang khởi động. Hãy thử lại sau ít phút."


class NotScanned(Unavailable):
    """The virus scanner does not answer, so this file cannot be accepted yet. Try again in a few minutes."""

    code = "not_scanned"
    vi = "Máy quét virus chưa trả lời nên chưa nhận được tệp này. Hãy thử lại sau ít phút."
