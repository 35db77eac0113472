"""Forms as HTML: every control labelled and tied to its help and errors, ids unique, nothing hostile alive."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from lxml import html

from forms.schema import read
from forms.validate import validate
from forms.views import FileLink, fields, flat
from tests.forms.pages import page, render
from tests.forms.schemas import EVERYTHING, GOOD, NOW, PIXEL, options, schema
from texts import Text

FORM = read(EVERYTHING)
BAD: dict[str, Any] = {"thu": "x", "dt": "1", "dien_tich": "abc", "ngay": "mai", "gio": [], "hen": {}, "loai": "z",
                       "cap": 9, "kenh": ["?"], "the": ["?"], "nhan_su": [{"ten": ""}], "evil": 1}  # fmt: skip


def locked():
    all_locked = copy.deepcopy(EVERYTHING)
    for component in all_locked["components"]:
        component["readonly"] = True
    return page(fields(read(all_locked), {}, variables={**GOOD, "cac_the": ["x"]}))


def drawn(data, language="vi", **more):
    errors = validate(FORM, data, now=NOW).errors if more.pop("judged", False) else ()
    return page(fields(FORM, data, errors=errors, **more), errors, language)


VARIANTS = [
    pytest.param(lambda: drawn({}), id="empty"),
    pytest.param(lambda: drawn(GOOD), id="filled"),
    pytest.param(lambda: drawn(BAD, judged=True, refreshable=True), id="wrong"),
    pytest.param(lambda: drawn(GOOD, "en", variables={"cac_the": ["x", "y"]}), id="english"),
    pytest.param(locked, id="locked"),
]


@pytest.mark.parametrize("draw", VARIANTS)
def test_ids_are_unique(draw):
    ids = [element.get("id") for element in draw().iter() if element.get("id")]
    assert ids
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("draw", VARIANTS)
def test_every_control_has_a_label(draw):
    document = draw()
    controls = document.xpath("//input[not(@type='hidden')] | //select | //textarea")
    assert len(controls) > 15
    for control in controls:
        labels = document.xpath("//label[@for=$id]", id=control.get("id")) or control.xpath("ancestor::label")
        assert labels, html.tostring(control)
        assert labels[0].text_content().strip()


@pytest.mark.parametrize("draw", VARIANTS)
def test_every_group_of_choices_has_a_legend(draw):
    for fieldset in draw().iter("fieldset"):
        assert fieldset[0].tag == "legend"
        assert fieldset[0].text_content().strip()


@pytest.mark.parametrize("draw", VARIANTS)
def test_every_reference_between_elements_leads_somewhere(draw):
    document = draw()
    ids = {element.get("id") for element in document.iter()}
    for element in document.iter():
        assert set((element.get("aria-describedby") or "").split()) <= ids
        if element.get("for"):
            assert element.get("for") in ids
        if (element.get("href") or "").startswith("#"):
            assert element.get("href")[1:] in ids


@pytest.mark.parametrize("draw", VARIANTS)
def test_there_is_neither_script_nor_inline_style(draw):
    for element in draw().iter():
        assert element.tag not in ("script", "style")
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]


def test_errors_stand_on_top_and_beside_each_field_in_the_same_words():
    errors = validate(FORM, BAD, now=NOW).errors
    document = page(fields(FORM, BAD, errors=errors), errors)
    summary = document.get_element_by_id("error-summary")
    assert f"Còn {len(errors)} chỗ cần sửa" in summary.text_content()
    for detail in errors:
        assert detail.message.vi in summary.text_content()
        if detail.code != "unknown_field":
            control = document.get_element_by_id("f-" + detail.field.replace(".", "-"))
            field = control.xpath("ancestor-or-self::*[contains(@class, 'mc-field-bad')]")[-1]
            assert detail.message.vi in field.text_content()


def test_a_wrong_field_is_marked_and_tied_to_its_error():
    document = drawn(BAD, judged=True)
    control = document.get_element_by_id("f-thu")
    assert control.get("aria-invalid") == "true"
    assert "f-thu-error" in control.get("aria-describedby")
    assert document.get_element_by_id("f-ho_ten").get("aria-describedby").split() == ["f-ho_ten-help", "f-ho_ten-error"]


def test_label_help_error_and_control_follow_in_this_order():
    (field,) = drawn({}, judged=True).xpath("//*[@id='f-ho_ten']/ancestor::div[contains(@class, 'mc-field')]")
    assert [child.tag for child in field] == ["label", "div", "div", "input"]
    assert [child.get("id") for child in field[1:]] == ["f-ho_ten-help", "f-ho_ten-error", "f-ho_ten"]


def test_nothing_typed_is_lost_on_error():
    document = drawn({**BAD, "ho_ten": "Q", "ghi_chu": "\n  hai dòng"}, judged=True)
    assert document.get_element_by_id("f-ho_ten").get("value") == "Q"
    assert document.get_element_by_id("f-dien_tich").get("value") == "abc"
    assert document.get_element_by_id("f-ngay").get("value") == "mai"
    assert document.get_element_by_id("f-ghi_chu").text == "\n\n  hai dòng", "the first line break is the parser's"


def test_optional_fields_say_so_and_required_ones_are_told_to_screen_readers():
    document = drawn({})
    assert "(không bắt buộc)" in document.xpath("//label[@for='f-thu']")[0].text_content()
    assert "không bắt buộc" not in document.xpath("//label[@for='f-ho_ten']")[0].text_content()
    assert document.get_element_by_id("f-ho_ten").get("aria-required") == "true"


def test_the_language_of_a_text_without_translation_is_said():
    document = drawn(GOOD, "en")
    assert document.xpath("//label[@for='f-ho_ten']")[0].text_content() == "Full name"
    (span,) = document.xpath("//label[@for='f-thu']/span[@lang='vi']")
    assert span.text == "Thư điện tử"


def test_numbers_are_shown_in_the_notation_of_the_language():
    assert drawn(GOOD).get_element_by_id("f-dien_tich").get("value") == "186,5"
    assert drawn(GOOD, "en").get_element_by_id("f-dien_tich").get("value") == "186.5"


def test_chosen_options_and_ticked_boxes_are_shown():
    document = drawn(GOOD)
    assert [x.get("value") for x in document.xpath("//input[@checked]")] == [
        "true",
        "a",
        "sms",
        "true",
        "doc-1",
        "doc-2",
    ]
    assert [x.get("value") for x in document.xpath("//option[@selected]")] == ["17:00", "17:00", "2"]


def test_documents_are_named_linked_and_can_be_let_go():
    files = {"doc-1": FileLink(name="so-do.pdf", url="/documents/1", note=Text("4,2 MB", "4.2 MB"))}
    document = drawn(GOOD, files=files)
    link, download = document.xpath("//a[@href='/documents/1']")
    assert (link.text, download.text_content()) == ("so-do.pdf", "Tải về so-do.pdf")
    assert document.xpath("//label[@for='f-giay_to-file-1']")[0].text_content() == "Giữ tệp so-do.pdf"
    (control,) = document.xpath("//input[@type='file']")
    assert (control.get("accept"), control.get("name"), control.get("multiple")) == (
        ".pdf",
        "answers.giay_to",
        "multiple",
    )


def test_a_prefilled_value_names_its_source():
    document = drawn(GOOD, sources={"ho_ten": Text("Lấy từ tài khoản", "From your account")})
    assert "Lấy từ tài khoản" in document.get_element_by_id("f-ho_ten-source").text_content()


def test_locked_fields_cannot_be_changed_and_send_nothing_new():
    document = locked()
    for control in document.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        if not control.get("name").startswith("answers.nhan_su") and control.get("name") != "answers.dia_chi.xa":
            assert control.get("readonly") is not None or control.get("disabled") is not None, html.tostring(control)
    assert not document.xpath("//input[@type='file']")


def test_the_enter_key_presses_a_button_that_removes_nothing():
    document = drawn(GOOD, refreshable=True)
    buttons = document.xpath("//button[not(@type='button')]")
    assert (buttons[0].get("name"), buttons[0].get("value")) == ("answers-do", "refresh")
    assert [b.get("value") for b in buttons[1:]] == [
        "remove answers.nhan_su[0]",
        "remove answers.nhan_su[1]",
        "add answers.nhan_su",
        "submit",
        "reset",
        "refresh",
    ]
    assert not drawn(GOOD).xpath("//button[not(@type='button')]"), "only where the page says that it answers them"


def test_components_of_one_row_stand_side_by_side():
    (row,) = drawn(GOOD).xpath("//div[@class='row gx-3 align-items-start']")
    assert [column.get("class") for column in row] == ["col-md-6", "col-md-6"]


def test_markdown_is_drawn_below_the_heading_of_the_page():
    document = drawn(GOOD)
    assert document.xpath("//h2[text()='Phần một']")
    assert document.xpath("//p[text()='Xin chào Ngô Thị Thuý Quỳnh']")


def test_answers_are_read_as_question_and_answer():
    views = fields(FORM, {**GOOD, "ghi_chu": ""}, readonly=True, files={"doc-1": FileLink(name="a.pdf", url="/d/1")})
    document = html.fragment_fromstring(render("answers", views), create_parent="main")
    pairs = {dt.text_content(): dt.getnext().text_content() for dt in document.iter("dt")}
    assert pairs["Họ và tên"] == "Ngô Thị Thuý Quỳnh"
    assert pairs["Ghi chú"] == "Không trả lời"
    assert pairs["Diện tích"] == "186,5 m²"
    assert pairs["Ngày cấp"] == "15/03/2025"
    assert pairs["Lịch hẹn"] == "17:00, 30/09/2026"
    assert pairs["Tôi cam đoan"] == "Có"
    assert pairs["Kênh"] == "Mục sms"
    assert pairs["Giấy tờ"] == "a.pdfdoc-2"
    assert [h.text for h in document.iter("h3", "h4")] == ["Địa chỉ", "Nhân sự", "Mục 1", "Mục 2"]
    assert not document.xpath("//input | //select | //textarea | //button")
    assert all({child.tag for child in dl} == {"div"} for dl in document.iter("dl"))


def test_answers_are_read_in_english():
    text = render("answers", fields(FORM, GOOD, readonly=True), language="en")
    assert "Full name" in text
    assert "186.5 m²" in text
    assert "15 Mar 2025" in text
    assert "Yes" in text


def test_stored_answers_are_shown_to_a_reader_even_where_they_could_not_be_typed():
    form = read(
        schema(
            {"type": "textfield", "key": "a", "readonly": True},
            {"type": "textfield", "key": "b", "disabled": True},
            {"type": "expression", "key": "c", "label": "Tổng", "expression": "=1"},
        )
    )
    views = fields(form, {"a": "1", "b": "2", "c": 3}, readonly=True)
    assert [view.answer.vi for view in views] == ["1", "2", "3"]


def test_flat_gives_every_field_however_deep():
    assert [view.path for view in flat(fields(FORM, GOOD))][-7:] == [
        "dia_chi.xa", "nhan_su.0.ten", "nhan_su.0.chinh", "nhan_su.1.ten", "nhan_su.1.chinh", "giay_to", "mst",
    ]  # fmt: skip


HOSTILE = (
    "\"'><img src=x onerror=alert(1)><script>alert(2)</script></textarea></option>&lt;b&gt;[x](javascript:alert(3))"
)

ANSWER = HOSTILE + "{{7 * 7}}"


def poisoned(value: Any) -> Any:
    """Put the hostile text wherever a schema holds words."""
    if isinstance(value, dict):
        words = (
            "label",
            "description",
            "text",
            "content",
            "dateLabel",
            "timeLabel",
            "suffixAdorner",
            "labelEn",
            "accept",
        )
        return {k: HOSTILE if k in words else poisoned(v) for k, v in value.items()} | (
            {"id": HOSTILE} if "type" in value else {}
        )
    return [poisoned(x) for x in value] if isinstance(value, list) else value


@pytest.mark.parametrize("language", ["vi", "en"])
def test_hostile_labels_and_answers_are_text(language):
    form = read(poisoned(EVERYTHING))
    data = dict.fromkeys(GOOD, ANSWER) | {"kenh": [ANSWER], "the": [HOSTILE], "dia_chi": {"xa": ANSWER},
            "nhan_su": [{"ten": ANSWER}], "giay_to": [HOSTILE], ANSWER: ANSWER}  # fmt: skip
    variables = {"cac_the": [{"label": HOSTILE, "value": HOSTILE}]}
    errors = validate(form, data, variables=variables, now=NOW).errors
    files = {HOSTILE: FileLink(name=HOSTILE, note=Text(HOSTILE, HOSTILE))}
    views = fields(
        form, data, errors=errors, variables=variables, files=files, sources={"ho_ten": Text(HOSTILE, HOSTILE)}
    )
    reading = fields(form, data, readonly=True, variables=variables, files=files)
    answers = html.fragment_fromstring(render("answers", reading, language=language), create_parent="main")
    for document in (page(views, errors, language), answers):
        assert {picture.get("src") for picture in document.iter("img")} <= {PIXEL}
        assert not document.xpath("//script | //b | //@onerror | //@href[starts-with(., 'javascript')]")
        assert "{{7 * 7}}" in document.text_content(), "an answer is no template"
        assert "onerror" in document.text_content()
        ids = [element.get("id") for element in document.iter() if element.get("id")]
        assert len(ids) == len(set(ids))


def test_an_answer_put_into_markdown_is_no_markup():
    form = read(schema({"type": "text", "text": "Chào {{ten}}!"}, {"type": "textfield", "key": "ten"}))
    for name in [
        "**đậm**",
        "[x](https://evil.example)",
        "<b>x</b>",
        "# a",
        "1. a",
        "a\n\n- b",
        "`x`",
        "&lt;",
        "https://a.b",
    ]:
        document = page(fields(form, {"ten": name}))
        (paragraph,) = document.xpath("//p")
        assert paragraph.text_content() == f"Chào {' '.join(name.split())}!"
        assert len(paragraph) == 0


def test_pictures_and_dangerous_links_of_a_designer_are_left_out():
    form = read(
        schema(
            {
                "type": "text",
                "text": "![a](https://x/a.png) [b](javascript:x) [c](https://c.vn) <iframe src=x></iframe>",
            }
        )
    )
    document = page(fields(form, {}))
    assert [link.get("href") for link in document.iter("a")] == ["https://x/a.png", "https://c.vn"]
    assert not document.xpath("//img | //iframe")


def test_an_html_component_keeps_words_and_structure_but_neither_style_nor_script():
    content = "<h1>Đầu đề</h1><p id=x class=y style='z'>Một <b>hai</b><br>ba</p><style>x{}</style><script>y"
    document = page(fields(read(schema({"type": "html", "content": content})), {}))
    (prose,) = document.find_class("mc-prose")
    assert [element.tag for element in prose.iterdescendants()] == ["h2", "p", "b", "br"]
    assert not any(element.attrib for element in prose.iterdescendants())
    assert prose.text_content().strip() == "Đầu đềMột haiba"


def test_views_never_fail_on_what_they_show():
    form = read(schema({"type": "select", "key": "k", "values": options({"a": 1})}))
    assert json.loads(fields(form, {"k": object()})[0].choices[0].value) == {"a": 1}
