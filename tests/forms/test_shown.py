"""What a form shows and never asks, and the controls of dates, tags and folded rows."""

from __future__ import annotations

from typing import Any

import pytest

from forms import frames, images, previews
from forms.schema import read
from forms.submission import from_post, presses, wants_refresh
from forms.validate import validate
from forms.views import FileLink, fields, flat
from tests.forms.every_type import DATA, FORM, VARIABLES
from tests.forms.pages import FRAMED, page, posted, render
from tests.forms.schemas import NOW, PIXEL, schema
from texts import Text

PDF = FileLink(name="a.pdf", url="/documents/a", media_type="application/pdf")
PHOTO = FileLink(name="b.png", url="/documents/b", media_type="image/png")
SHEET = FileLink(name="c.xlsx", url="/documents/c", media_type="application/zip")


def view(component: dict[str, Any], variables: dict[str, Any] | None = None, **more: Any):
    (only,) = fields(read(schema(component)), {}, variables=variables or {}, **more)
    return only


def drawn(component: dict[str, Any], variables: dict[str, Any] | None = None, language: str = "vi", **more: Any):
    return page(fields(read(schema(component)), {}, variables=variables or {}, now=NOW, **more), language=language)


def test_a_page_of_every_type_posts_the_answers_it_was_drawn_with():
    form = read(FORM)
    views = fields(form, DATA, variables=VARIABLES, now=NOW)
    assert from_post(form, posted(page(views)), variables=VARIABLES) == DATA
    assert validate(form, DATA, variables=VARIABLES, now=NOW).errors == ()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_control_of_every_type_is_labelled(language: str):
    document = page(fields(read(FORM), {}, variables=VARIABLES, refreshable=True, now=NOW), language=language)
    for control in document.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        labels = document.xpath("//label[@for=$id]", id=control.get("id")) or control.xpath("ancestor::label")
        assert labels[0].text_content().strip()
    assert all(frame.get("title") for frame in document.iter("iframe"))
    assert all(picture.get("alt") is not None for picture in document.iter("img"))
    assert all(table[0].tag == "caption" for table in document.xpath("//table[ancestor::*[@role='region']]"))
    ids = [element.get("id") for element in document.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (PIXEL, True),
        ("/static/a.png", True),
        ("/documents/0f3a", True),
        ("data:image/svg+xml,%3Csvg/%3E", True),
        ("data:text/html,<script>", False),
        ("https://example.org/a.png", False),
        ("//example.org/a.png", False),
        ("/\\example.org/a.png", False),
        ("/static/../admin", False),
        ("/sign-out", False),
        ("javascript:alert(1)", False),
        ('data:image/png;base64,AA" onerror="x', False),
    ],
)
def test_only_pictures_of_our_own_are_shown(source: str, shown: bool):
    assert bool(images.safe(source)) is shown


def test_a_picture_comes_from_a_template_a_variable_or_a_document():
    image = {"type": "image", "alt": "Ảnh {{ten}}", "properties": {"altEn": "Picture {{ten}}"}}
    variables = {"ten": "A", "anh": PIXEL, "id": ["b"], "pdf": ["a"]}
    files = {"a": PDF, "b": PHOTO}
    assert view(image | {"source": "=anh"}, variables).url == PIXEL
    assert view(image | {"source": "/static/{{ten}}.png"}, variables).url == "/static/A.png"
    assert view(image | {"source": "=id"}, variables, files=files).url == "/documents/b"
    assert view(image | {"source": "=pdf"}, variables, files=files).link == "/documents/a"
    (picture,) = drawn(image | {"source": "=anh"}, variables, "en").iter("img")
    assert picture.get("alt") == "Picture A"


def test_of_a_picture_of_another_host_a_link_is_left():
    document = drawn({"type": "image", "source": "https://example.org/a.png", "alt": "Sơ đồ"})
    (link,) = document.iter("a")
    assert (link.get("href"), link.get("rel")) == ("https://example.org/a.png", "noopener noreferrer")
    assert not document.xpath("//img")


TABLE = {
    "type": "table",
    "label": "Người",
    "columns": [{"key": "ten", "label": "Tên", "labelEn": "Name"}, {"key": "tien", "label": "Tiền"}],
    "dataSource": "=nguoi",
}
PEOPLE = [{"ten": "An", "tien": 1234567.5}, None, {"ten": "Bình"}, 7, {"ten": {"a": 1}, "tien": 2026}]


def test_a_table_shows_rows_under_headings_in_the_notation_of_the_language():
    document = drawn(TABLE, {"nguoi": PEOPLE})
    assert document.xpath("//caption")[0].text_content() == "Người (4 dòng)"
    assert [(h.text_content(), h.get("scope"), h.get("class")) for h in document.iter("th")] == [
        ("Tên", "col", None),
        ("Tiền", "col", "mc-num"),
    ]
    rows = [[cell.text or "" for cell in row.iter("td")] for row in document.xpath("//tbody/tr")]
    assert rows == [["An", "1.234.567,5"], ["Bình", ""], ["", ""], ['{"a": 1}', "2026"]]
    english = drawn(TABLE, {"nguoi": PEOPLE}, "en")
    assert english.xpath("//th")[0].text_content() == "Name"
    assert english.xpath("//td")[1].text == "1,234,567.5"


def test_columns_may_be_an_expression_and_those_given_stand_where_it_fails():
    given = {"cot": [{"key": "tien", "label": "Đồng"}], "nguoi": PEOPLE}
    assert [h.vi for h in view(TABLE | {"columnsExpression": "=cot"}, given).table.headings] == ["Đồng"]
    assert len(view(TABLE | {"columnsExpression": "=cot"}, given | {"cot": [{"key": 1}]}).table.headings) == 2


def test_an_empty_table_says_so_and_a_long_one_is_cut():
    assert "Chưa có dòng nào" in drawn(TABLE, {"nguoi": "x"}).text_content()
    long = drawn(TABLE | {"rowCount": 10}, {"nguoi": [{"ten": str(n)} for n in range(620)]})
    assert len(long.xpath("//tbody/tr")) == 500
    assert "120 dòng" in long.text_content()
    (region,) = long.xpath("//*[@role='region']")
    assert (region.get("tabindex"), region.get("aria-label")) == ("0", "Người")
    assert "mc-rows-10" in region.get("class")


FRAME = {"type": "iframe", "label": "Bản đồ", "url": f"{FRAMED}/?q={{{{xa}}}}", "height": 120}


def test_a_frame_of_an_allowed_origin_stands_in_a_sandbox():
    (frame,) = drawn(FRAME | {"security": {"allowScripts": True, "camera": True}}, {"xa": "Yên Khê"}).iter("iframe")
    assert frame.get("src") == f"{FRAMED}/?q=Yên%20Khê"
    assert (frame.get("sandbox"), frame.get("allow"), frame.get("height")) == ("allow-scripts", "camera", "120")
    assert frame.get("referrerpolicy") == "no-referrer"
    assert [f.get("sandbox") for f in drawn(FRAME).iter("iframe")] == [""]


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://example.org/a?b#c", "https://example.org"),
        ("HTTPS://Example.org:443", "https://example.org"),
        ("https://example.org:8443/", "https://example.org:8443"),
        ("http://example.org/", ""),
        ("https://example.org@localhost/", ""),
        ("https://example.org\\@localhost/", ""),
        ("javascript:alert(1)//https://example.org", ""),
        ("data:text/html,x", ""),
        ("//example.org", ""),
        ("https://[::1]/", ""),
    ],
)
def test_the_origin_of_an_address(url: str, origin: str):
    assert frames.address(url)[1] == origin


def test_what_may_not_be_framed_is_linked():
    document = drawn(FRAME | {"url": "https://example.org/tra-cuu"})
    assert not document.xpath("//iframe")
    assert document.xpath("//a/@href") == ["https://example.org/tra-cuu"]
    assert "Không có trang nào" in drawn(FRAME | {"url": "javascript:alert(1)"}).text_content()


PREVIEW = {"type": "documentPreview", "label": "Giấy tờ", "dataSource": "=giay", "maxHeight": 250}


def test_documents_are_seen_where_that_is_possible_and_always_downloaded():
    files = {"a": PDF, "b": PHOTO, "c": SHEET}
    document = drawn(PREVIEW, {"giay": ["a", "b", "c", "other"]}, files=files)
    (shown,) = document.iter("object")
    assert (shown.get("data"), shown.get("type"), shown.get("height")) == (
        "/documents/a/view",
        "application/pdf",
        "250",
    )
    (picture,) = document.iter("img")
    assert (picture.get("src"), picture.get("alt")) == ("/documents/b", "b.png")
    assert "mc-max-3" in picture.get("class")
    assert document.xpath("//a/@href") == ["/documents/a", "/documents/b", "/documents/c"]
    assert "1 tài liệu không có ở đây" in document.text_content()


def test_documents_are_named_by_ids_or_as_form_js_does():
    assert previews.named([{"documentId": "a", "metadata": {}}, "b", "a", 1, None, {}]) == ("a", "b")
    assert previews.named("a") == ("a",)
    assert previews.named({"documentId": "a"}) == ("a",)
    assert previews.named(None) == ()


def test_buttons_stand_where_the_page_answers_them():
    buttons = schema(
        {"type": "button", "label": "Nộp"}, {"type": "button", "action": "reset"}, {"type": "textfield", "key": "k"}
    )
    document = page(fields(read(buttons), {}, refreshable=True))
    assert [(b.get("value"), b.text) for b in document.iter("button")][1:] == [
        ("submit", "Nộp"),
        ("reset", "Bỏ hết và làm lại"),
    ]
    assert not page(fields(read(buttons), {})).xpath("//button")
    pairs = [("answers.k", "x"), ("answers-do", "reset")]
    assert from_post(read(buttons), pairs) == {}
    assert wants_refresh(pairs)
    assert not wants_refresh([("answers-do", "submit")])
    assert presses([("answers-do", "submit")], "submit")


MOMENT = {"type": "datetime", "key": "hen", "subtype": "datetime", "dateLabel": "Ngày", "timeLabel": "Giờ"}


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (("2026-09-30", "17:00"), "2026-09-30T17:00"),
        (("30/09/2026", "17:00"), "2026-09-30T17:00"),
        (("", ""), None),
        (("2026-09-30T17:00",), "2026-09-30T17:00"),
    ],
)
def test_a_date_and_a_time_make_one_answer(sent: tuple[str, ...], stored: str | None):
    assert from_post(read(schema(MOMENT)), [("answers.hen", part) for part in sent]) == {"hen": stored}


@pytest.mark.parametrize("sent", [("2026-09-30", ""), ("", "17:00")])
def test_half_a_moment_is_refused_and_kept(sent: tuple[str, str]):
    form = read(schema(MOMENT))
    data = from_post(form, [("answers.hen", part) for part in sent])
    assert [error.code for error in validate(form, data, now=NOW).errors] == ["wrong_date"]
    (shown,) = fields(form, data)
    assert (shown.value.vi, shown.clock) == sent


def test_times_on_offer_follow_the_interval_and_the_clock():
    time = {"type": "datetime", "key": "k", "subtype": "time"}
    half = view(time | {"timeInterval": 30, "use24h": True}, {"k": "09:30"})
    assert [one.value for one in half.times][18:20] == ["09:00", "09:30"]
    assert [one.value for one in half.times if one.chosen] == ["09:30"]
    halves = view(time | {"timeInterval": 60})
    assert [one.label for one in halves.times if one.value in ("00:00", "12:00", "17:00")] == [
        Text("12:00 SA", "12:00 AM"),
        Text("12:00 CH", "12:00 PM"),
        Text("5:00 CH", "5:00 PM"),
    ]
    assert len(view(time).times) == 96, "form-js offers every quarter where nothing is said"
    assert view(time | {"timeInterval": 1}).times == ()
    strange = view(time | {"timeInterval": 30}, {"k": "09:07"})
    assert [one.value for one in strange.times if one.chosen] == ["09:07"], "nothing that is stored is lost"


def test_labels_of_days_and_times_are_templates_and_name_the_whole():
    labels = {"dateLabel": "Ngày {{what}}", "timeLabel": '="Giờ " + what'}
    shown = view(MOMENT | labels, {"what": "hẹn"})
    assert (shown.date_label.vi, shown.time_label.vi) == ("Ngày hẹn", "Giờ hẹn")
    (group,) = drawn(MOMENT | labels, {"what": "hẹn"}).iter("fieldset")
    assert [label.text_content().strip() for label in group.iter("label")] == ["Ngày hẹn (không bắt buộc)", "Giờ hẹn"]


def test_a_day_that_must_not_be_past_says_the_first():
    (control,) = drawn({"type": "datetime", "key": "k", "disallowPassedDates": True}).xpath("//input[@type='date']")
    assert control.get("min") == "2026-09-10"


def test_adorners_are_templates():
    field = {"type": "number", "key": "k", "appearance": {"prefixAdorner": "={{", "suffixAdorner": "{{tien}}"}}
    shown = view(field | {"appearance": {"suffixAdorner": "{{tien}}"}}, {"k": 5, "tien": "đồng"}, readonly=True)
    assert (shown.suffix.vi, shown.answer.vi) == ("đồng", "5 đồng")


LIST = {
    "type": "dynamiclist",
    "path": "l",
    "isRepeating": True,
    "nonCollapsedItems": 2,
    "components": [{"type": "textfield", "key": "k", "label": "K", "validate": {"required": True}}],
}


def test_rows_beyond_those_in_sight_are_folded_but_posted():
    form, data = read(schema(LIST)), {"l": [{"k": "a"}, {"k": "b"}, {"k": "c"}]}
    document = page(fields(form, data))
    (fold,) = document.iter("details")
    assert fold.get("open") is None
    assert fold[0].text == "1 mục nữa"
    assert [field.get("value") for field in fold.iter("input") if field.get("type") == "text"] == ["c"]
    assert from_post(form, posted(document)) == data
    assert not page(fields(read(schema(LIST | {"disableCollapse": True})), data)).xpath("//details")
    reading = render("answers", fields(form, data, readonly=True))
    assert "<details" not in reading


def test_folded_rows_open_where_something_is_wrong_or_was_just_added():
    form, data = read(schema(LIST)), {"l": [{"k": "a"}, {"k": "b"}, {"k": ""}]}
    errors = validate(form, data, now=NOW).errors
    assert page(fields(form, data, errors=errors)).xpath("//details/@open")
    added = from_post(form, [("answers.l[0].k", "a"), ("answers.l[1].k", "b"), ("answers-do", "add answers.l")])
    assert page(fields(form, added, refreshable=True)).xpath("//details/@open")


def test_tags_are_a_group_of_boxes_in_one_fieldset():
    document = drawn({"type": "taglist", "key": "k", "label": "Lĩnh vực", "values": [{"label": "A", "value": "a"}]})
    (group,) = document.find_class("mc-taglist")
    assert (group.tag, group[0].tag, group[0].text_content().strip()[:8]) == ("fieldset", "legend", "Lĩnh vực")
    assert [box.get("type") for box in group.iter("input")] == ["checkbox", "hidden"]
    assert [one.path for one in flat(fields(read(schema({"type": "taglist", "key": "k"})), {}))] == ["k"]


def test_components_side_by_side_stand_as_their_group_says():
    row = [{"type": "textfield", "key": key, "layout": {"row": "r"}} for key in "ab"]
    for align in ("start", "center", "end"):
        document = drawn({"type": "group", "verticalAlignment": align, "components": row})
        assert document.find_class(f"align-items-{align}")
    assert drawn({"type": "group", "verticalAlignment": "x", "components": row}).find_class("align-items-start")


def test_room_has_its_height_without_a_style():
    (room,) = drawn({"type": "spacer", "height": 33}).xpath("//svg")
    assert (room.get("height"), room.get("aria-hidden"), room.get("style")) == ("33", "true", None)
    assert drawn({"type": "spacer"}).xpath("//svg/@height") == ["60"]
