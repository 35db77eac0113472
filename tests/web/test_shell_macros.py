"""Every macro renders in both languages, with plain values, and says what its comment promises."""

# ruff: noqa: E501  # a table reads best with one case a line

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jinja2 import nodes

from errors import Detail
from texts import Text

MACROS = Path(__file__).parents[2] / "web" / "templates" / "macros"
VALUES = {
    "now": datetime(2026, 9, 10, 2, 42, tzinfo=UTC),
    "due_at": datetime(2026, 9, 11, 10, 0, tzinfo=UTC),
    "segments": [("running", datetime(2026, 8, 20, 3, tzinfo=UTC), datetime(2026, 9, 11, 10, tzinfo=UTC))],
    "text": Text("Chữ Việt", "English words"),
    "detail": Detail(code="x", message=Text("Sai ngày", "Wrong day"), field="born"),
    "evil": "<script>\"'",
}

# file, call, what must be there in Vietnamese, and in English
CASES = [
    ("logo", "logo()", ["<svg"], ["<svg"]),
    ("chip", 'chip(text, "ok", "clock")', ["mc-chip mc-ok", "bi-clock", "Chữ Việt"], ["English words"]),
    ("chip", "national_status(5)", ["Yêu cầu bổ sung giấy tờ"], ["Supplement requested"]),
    ("chip", 'procedure_state("in_force")', ["Đang hiệu lực"], ["In force"]),
    ("chip", 'severity("warning")', ["Cảnh báo"], ["Warning"]),
    ("due", 'due("ok", 14, due_at)', ["mc-ok", "Còn 14 ngày làm việc", "hạn 11/09", "Thứ Sáu, 11/09/2026, 17:00"], ["14 working days left", "due 11 Sep"]),
    ("due", 'due("soon", 1, due_at)', ["mc-soon", "Còn 1 ngày làm việc"], [">1 working day left"]),
    ("due", 'due("soon", 0, due_at)', ["Hôm nay"], ["Today"]),
    ("due", 'due("today", 0, due_at, of="dossier")', ["Hôm nay", "hẹn 11/09"], ["appointment 11 Sep"]),
    ("due", 'due("late", 3, due_at)', ["mc-late", "Quá 3 ngày làm việc"], ["3 working days over"]),
    ("due", 'due("late", 0, due_at)', ["Quá hạn"], ["Overdue"]),
    ("due", 'due("ok", 14, due_at, unit="calendar_days")', [">Còn 14 ngày<"], [">14 days left<"]),
    ("due", 'due("soon", 1, due_at, unit="months")', [">Còn 1 ngày<"], [">1 day left<"]),
    ("due", 'due("late", 2, due_at, unit="calendar_days")', [">Quá 2 ngày<"], [">2 days over<"]),
    ("due", 'due("late", 1, due_at, unit="months")', [">Quá 1 ngày<"], [">1 day over<"]),
    ("due", 'due("soon", 3, due_at, unit="working_hours")', ["Còn 3 giờ làm việc", "11/09, 17:00"], ["3 working hours left"]),
    ("due", 'due("soon", 0, due_at, unit="working_hours")', ["Còn dưới 1 giờ làm việc"], ["Under 1 working hour left"]),
    ("due", 'due("late", 1, due_at, unit="working_hours")', ["Quá 1 giờ làm việc"], [">1 working hour over"]),
    ("due", 'due("ok", 2, due_at, unit="hand_over")', ["Còn 2 giờ làm việc"], ["2 working hours left"]),
    ("due", 'due("pause", 6)', ["mc-pause", "Tạm dừng", "còn 6 ngày làm việc khi chạy lại"], ["6 working days left when"]),
    ("due", 'due("pause", 6, unit="calendar_days")', ["còn 6 ngày khi chạy lại"], ["6 days left when it runs again"]),
    ("due", 'due("pause", 1, unit="working_hours")', ["còn 1 giờ làm việc khi chạy lại"], ["1 working hour left when"]),
    ("due", 'due("early", 0, due_at)', ["Trước hạn"], ["Early"]),
    ("due", 'due("on_time", 0, due_at)', ["Đúng hạn"], ["On time"]),
    ("due", 'due("was_late", 2, due_at)', ["Quá 2 ngày làm việc"], ["2 working days over"]),
    ("due", 'due("", 0)', ["Không có hạn"], ["No limit"]),
    ("due", 'due("ok", 2, due_at, stacked=false)', ["Còn 2 ngày làm việc"], ["2 working days left"]),
    ("due", 'due_of({"kind": "ok", "n": 2, "date": due_at, "unit": "calendar_days", "of": "step", "may_be_late": true, "is_today": true})', [">Còn 2 ngày<", "hạn 11/09, 17:00", "có khả năng trễ hẹn"], ["likely to be late"]),
    ("due", 'again(2, "calendar_days")', ["còn 2 ngày khi chạy lại"], ["2 days left when it runs again"]),
    ("clock", "clock(segments, now, due=due_at, step_due=due_at)", ['role="img"', "Tiếp nhận 20/08, hôm nay 10/09", "c-todo"], ["Accepted 20 Aug"]),
    ("clock", 'clock(segments, now, due=due_at, size="narrow")', ['viewBox="0 0 320'], ["today 10 Sep"]),
    ("clock", "clock([], now)", [], []),
    ("clock", "clock_legend()", ["tạm dừng"], ["paused"]),
    ("why", 'why([(text, due_at), ("Hẹn", "30/09")], summary=text, basis="Nghị định")', ["<details", "11/09", "Nghị định"], ["11 Sep"]),
    ("why", "why([(text, due_at)])", ["mc-why"], ["English words"]),
    ("code", 'code("000.00.17.G18-260820-0007")', ["<span>000.00.17.G18-</span><b>260820-0007</b>"], ["<b>260820-0007</b>"]),
    ("code", 'code("000.00.17.G18-260820-0007", "/d/1", stack=true)', ['href="/d/1"', "<b>260820-0007</b><span>000.00.17.G18</span>"], []),
    ("code", 'code("0007", short=true)', ["<b class=\"mc-code\">0007</b>"], []),
    ("table", 'tick("7", "260820-0007", checked=true)', ['aria-label="Chọn 260820-0007"', "checked"], ["Select 260820-0007"]),
    ("table", "tick_all()", ["Chọn cả trang"], ["Select the page"]),
    ("table", 'pager(1, 50, 1204, "", "?page=2")', ["1–50 trong 1.204", 'rel="next"'], ["1–50 of 1,204"]),
    ("table", "pager(1, 50)", ["1–50"], ["1–50"]),
    ("table", 'person("Lê Hoàng Yến")', [">LY<", "Lê Hoàng Yến"], []),
    ("table", 'person("", text)', ["Chữ Việt"], ["English words"]),
    ("tabs", 'tabs([{"label": text, "url": "/a", "current": true}, {"label": "B", "url": "/b", "count": 14}])', ['aria-current="page"', ">14<"], ["English words"]),
    ("buttons", 'button(text, key="Ctrl+Enter", name="act", value="ok")', ["btn-primary", 'name="act" value="ok"', 'data-key="Ctrl+Enter"'], ["English words"]),
    ("buttons", 'button("Gửi", reason=text)', ["disabled", "aria-describedby", "Chữ Việt"], []),
    ("buttons", 'link_button(text, "/a", icon_name="plus")', ['href="/a"', "bi-plus"], []),
    ("buttons", 'post_button(text, "/a", fields={"id": evil})', ['method="post"', "csrf_token", "&lt;script&gt;"], []),
    ("buttons", 'copy_button("MC-1", text)', ['data-copy="MC-1"'], ['data-copied="Copied"']),
    ("buttons", "print_button()", ["In"], ["Print"]),
    ("buttons", "csrf()", ['type="hidden" name="csrf_token"'], []),
    ("actionbar", 'act_buttons([{"id": "no", "label": "Từ chối", "kind": "refuse", "reason": "required"}, {"id": "ok", "label": text, "kind": "advance", "reason": "none"}])', ["btn-primary", "btn-grave", "Từ chối…"], ["English words"]),
    ("timeline", 'timeline([{"state": "done", "title": text}, {"state": "paused", "title": "B"}, {"state": "now", "title": "C", "text": "D"}, {"state": "todo", "title": "E", "number": 4}])', ['aria-current="step"', "is-done is-paused", "(xong)", "<p>D</p>"], ["(done)", "(to come)"]),
    ("answers", 'answers([("Tên", evil, "VNeID"), (text, "")])', ["&lt;script&gt;", "VNeID", "chưa trả lời"], ["not answered"]),
    ("answers", 'answers_card(text, [("a", "b")], "/edit")', ['href="/edit"', "<h2>Chữ Việt</h2>", "chữ việt"], ["Change"]),
    ("answers", 'kv([("Kênh", text)])', ["<dt>Kênh</dt><dd>Chữ Việt</dd>"], []),
    ("answers", 'facts([("Thời hạn", "27 ngày", text)])', ["mc-facts", "Chữ Việt"], []),
    ("notice", 'notice(text, "Làm đi.", "soon")', ["mc-notice mc-soon", "<b>Chữ Việt</b>", "Làm đi."], []),
    ("kpi", 'kpi("Quá hạn", 1204, "/late", "28 chưa gửi", "late", "flag")', ['<a class="mc-kpi mc-kpi-late" href="/late"', "<b>1.204</b>"], ["<b>1,204</b>"]),
    ("kpi", 'kpi("Trung vị", "9 ngày")', ["<div class=\"mc-kpi\"", "<b>9 ngày</b>"], []),
    ("share", "share(0.812, 0.95)", ["mc-bar-late", 'width="71.5"', "M83.6 0V10", "81,2%"], ["81.2%"]),
    ("share", "share(0.96, 0.95)", ["mc-bar-fill"], []),
    ("share", "share(None)", ["–"], []),
    ("behind", 'behind(text, 2, "/u")', ['href="/u" class="mc-behind"'], []),
    ("behind", "behind_chip(2)", ["Chậm 2 nhiệm vụ"], ["2 tasks behind"]),
    ("behind", "behind_chip(0)", ["Đủ"], ["Complete"]),
    ("behind", "behind_legend()", ["Đậm và gạch chân"], ["Bold and underlined"]),
    ("empty", 'empty(text, "Làm đi.", "/a", "Tìm", art="search")', ["mc-empty", "<h2>Chữ Việt</h2>", 'href="/a"'], []),
    ("toast", 'toast(text, post="/undo", action="Hoàn tác")', ['role="status"', 'action="/undo"'], []),
    ("toast", 'toast(text, "/a", "Xem")', ['href="/a"'], []),
    ("crumbs", 'crumbs([("Hồ sơ", "/my"), (text, "")])', ['href="/my"', 'aria-current="page">Chữ Việt'], ["You are here"]),
    ("errorsum", 'errorsum([("d", "Sai"), detail])', ["Còn 2 chỗ cần sửa", 'href="#d"', 'href="#born"', "Sai ngày"], ["Wrong day"]),
    ("errorsum", "errorsum([])", [], []),
    ("field", 'field("d", text, evil, help="Ví dụ", error="Sai", optional=true, attributes={"maxlength": 9})', ['aria-describedby="d-help d-error"', 'aria-invalid="true"', "mc-field-bad", 'maxlength="9"', "&lt;script&gt;"], ["(optional)", "Error:"]),
    ("field", 'field("p", "Mật khẩu", "bí mật", type="password")', ['type="password"'], []),
    ("field", 'textarea("t", text, evil)', ["&lt;script&gt;"], []),
    ("field", 'select("s", text, [(1, "Một"), (2, text)], 2, blank="Chọn")', ['<option value="2" selected>'], ["English words"]),
    ("field", 'choices("c", text, [("a", "A"), ("b", "B", "gợi ý")], ["b"], several=true)', ['type="checkbox"', 'value="b" checked', "gợi ý", "<legend"], []),
    ("field", 'checkbox("y", text, error="Cần đồng ý")', ['aria-describedby="y-error"'], []),
    ("field", 'file_field("f", text, accept=".pdf")', ['type="file"', 'accept=".pdf"'], []),
    ("file", 'file(text, "/f", "4,2 MB", "Đã lưu")', ["mc-file", 'href="/f"', "Đã lưu"], []),
    ("diagram", 'diagram("/x.bpmn", text, ["A", "B"], ["C"])', ['data-diagram="/x.bpmn"', 'data-current="A,B"', "Đang ở đây"], ["Here now"]),
    ("presence", 'presence("/tasks/1/presence", "ai")', ['data-presence="/tasks/1/presence"', 'data-holder="ai"'], []),
    ("progress", 'progress(812, 1204, "hồ sơ")', ["812 trên 1.204", 'max="1204"'], ["812 of 1,204"]),
    ("slip", 'slip_sign("Người nộp", "đã ký", "Vũ Thu Phương")', ["NGƯỜI NỘP", "(đã ký)"], []),
]  # fmt: skip

CALLS = [
    ("table", 'table([text, {"label": "Hạn", "sort_url": "?s", "sorted": "ascending"}, {"label": "Số", "num": true}], rows=true)', ['aria-sort="ascending"', "data-rows", "<th scope=\"col\">Chữ Việt</th>"]),
    ("bulk", "bulk(3, text)", ["Đã chọn 3 việc", "Chữ Việt"]),
    ("actionbar", "actionbar(now)", ["mc-actionbar", "Đã lưu 09:42"]),
    ("actionbar", "bottombar()", ["mc-bottombar"]),
    ("notice", 'notice_box("late")', ["mc-notice mc-late"]),
    ("kpi", "kpis()", ["mc-kpis"]),
    ("slip", 'slip("GIẤY HẸN\\nTRẢ KẾT QUẢ", "Bộ Y tế", "Một cửa", "7/TNHS", "Hà Nội", due_at, "000-1")', ["BỘ Y TẾ", "GIẤY HẸN<br>TRẢ KẾT QUẢ", "ngày 11 tháng 9 năm 2026", 'lang="vi"']),
]  # fmt: skip


def public_macros() -> set[tuple[str, str]]:
    from jinja2 import Environment

    environment = Environment(autoescape=True)
    return {
        (path.stem, macro.name)
        for path in MACROS.glob("*.html")
        for macro in environment.parse(path.read_text("utf-8")).find_all(nodes.Macro)
        if not macro.name.startswith("_")
    }


def _name(call: str) -> str:
    return call.partition("(")[0]


def test_every_macro_is_tried_here():
    tried = {(case[0], _name(case[1])) for case in CASES} | {(case[0], _name(case[1])) for case in CALLS}
    assert public_macros() - tried == set()


def test_every_macro_is_explained_in_its_file():
    silent = [
        f"{file}.{name}"
        for file, name in sorted(public_macros())
        if not re.search(rf"\b{name}\(", (MACROS / f"{file}.html").read_text("utf-8").partition("#}")[0])
    ]
    assert silent == []


@pytest.mark.parametrize(("file", "call", "vi", "en"), CASES, ids=[case[1][:60] for case in CASES])
def test_each_macro_renders_in_both_languages(render, file: str, call: str, vi: list[str], en: list[str]):
    source = f'{{% from "macros/{file}.html" import {_name(call)} %}}{{{{ {call} }}}}'
    for language, wanted in (("vi", vi), ("en", en)):
        written = render(source, lang=language, **VALUES)
        assert [piece for piece in wanted if piece not in written] == [], written
        assert "<script" not in written
        assert " style=" not in written


@pytest.mark.parametrize(("file", "call", "wanted"), CALLS, ids=[case[1][:60] for case in CALLS])
def test_each_macro_with_a_body_keeps_it(render, file: str, call: str, wanted: list[str]):
    source = f'{{% from "macros/{file}.html" import {_name(call)} %}}{{% call {call} %}}<b>the body</b>{{% endcall %}}'
    written = render(source, **VALUES)
    assert "<b>the body</b>" in written
    assert [piece for piece in wanted if piece not in written] == [], written


def test_a_password_is_never_written_back(render):
    source = '{% from "macros/field.html" import field %}{{ field("p", "Mật khẩu", "bí mật", type="password") }}'
    assert "bí mật" not in render(source)


def test_two_drawings_on_a_page_do_not_share_a_pattern(render):
    source = '{% from "macros/clock.html" import clock %}{{ clock(segments, now, due=due_at) }}'
    patterns = re.findall(r'pattern id="([\w-]+)"', render(source, **VALUES))
    assert len(patterns) == 2
    assert len(set(patterns)) == 2


def test_only_the_first_advancing_act_is_the_main_one(render):
    acts = [
        {"id": "a", "label": "Đạt", "kind": "advance", "reason": "none"},
        {"id": "b", "label": "Đạt có điều kiện", "kind": "advance", "reason": "none"},
        {"id": "c", "label": "Bổ sung", "kind": "return", "reason": "required"},
    ]
    source = '{% from "macros/actionbar.html" import act_buttons %}{{ act_buttons(acts) }}'
    written = render(source, acts=acts)
    assert written.count("btn-primary") == 1
    assert written.count('data-key="Ctrl+Enter"') == 1
    assert "Bổ sung…" in written
