"""What is said at upload about what a form shows: pictures, frames, tables, documents, markup, buttons."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from findings import Finding, Severity
from forms import frames, images, markup, model, reading
from forms.frames import Frame
from forms.images import Image
from forms.model import Component, Kind
from forms.previews import Preview
from forms.saying import finding, short
from forms.tables import Table

_TAG = re.compile(r"<\s*([a-zA-Z][\w:-]*)")
_ATTRIBUTE = re.compile(r"<[a-zA-Z][^<>]*?\s(style|class|id|name|on\w+)\s*=", re.I)
_PICTURE = re.compile(r"!\[[^\]]*\]\(\s*<?([^\s)>]+)|<img[^>]{0,2000}?\ssrc\s*=\s*[\"']?([^\s\"'>]+)", re.I)


def check(component: Component, schema: Mapping[str, Any]) -> Iterator[Finding]:
    """Give the findings about a component that is shown."""
    match component:
        case model.Note(kind=Kind.TEXT | Kind.HTML):
            yield from _markup(component)
        case Image():
            yield from _image(component)
        case Frame():
            yield from _frame(component, schema)
        case Table():
            yield from _table(component, schema)
        case Preview(data_source=None):
            yield finding(
                "form-data-source",
                Severity.WARNING,
                "Xem tài liệu: dataSource phải là FEEL bắt đầu bằng “=”, ví dụ =giay_to; hiện không có gì để xem",
                "Document preview: dataSource must be FEEL beginning with “=”, such as =papers; it shows nothing",
            )
        case model.Button() if schema.get("action") not in (None, "submit", "reset"):
            yield finding(
                "form-button",
                Severity.WARNING,
                f"Nút không có hành động “{short(schema.get('action'))}”; nút này gửi biểu mẫu (submit)",
                f"A button has no action “{short(schema.get('action'))}”; this one submits",
            )


def _markup(note: model.Note) -> Iterator[Finding]:
    source = f"{note.content.vi} {note.content.en}"
    tags = {tag.lower() for tag in _TAG.findall(source)} - markup.TAGS
    gone = sorted({*tags, *(f"{name.lower()}=" for name in _ATTRIBUTE.findall(source))})
    if gone:
        yield finding(
            "form-markup",
            Severity.INFO,
            f"Trang không giữ {', '.join(gone)[:200]}: chỉ chữ, danh sách, bảng, ảnh và liên kết được hiện",
            f"Pages do not keep {', '.join(gone)[:200]}: only words, lists, tables, pictures and links are shown",
        )
    for pair in _PICTURE.findall(source):
        yield from _picture(pair[0] or pair[1])


def _image(image: Image) -> Iterator[Finding]:
    if not image.source:
        yield finding(
            "form-image",
            Severity.WARNING,
            "Ảnh chưa có nguồn (source)",
            "The image has no source",
        )
    elif not image.source.startswith("="):
        yield from _picture(image.source)
    if not image.alt.vi and not image.alt.en:
        yield finding(
            "form-alt",
            Severity.INFO,
            "Ảnh chưa có chữ thay thế (alt): người dùng trình đọc màn hình không biết trong ảnh có gì",
            "The image has no alternative text (alt): people with screen readers do not learn what it shows",
        )


def _picture(source: str) -> Iterator[Finding]:
    if "{{" in source or images.safe(source):
        return
    where = "một liên kết" if images.elsewhere(source) else "không gì cả"
    left = "a link" if images.elsewhere(source) else "nothing"
    yield finding(
        "form-image",
        Severity.WARNING,
        f"Ảnh “{short(source)}” không hiện, còn {where}: hãy đưa ảnh vào biểu mẫu (data:image/…)",
        f"The image “{short(source)}” is not shown, {left} stands there: put it into the form (data:image/…)",
    )


def _frame(frame: Frame, schema: Mapping[str, Any]) -> Iterator[Finding]:
    if not frame.url:
        yield finding("form-frame", Severity.WARNING, "Khung chưa có địa chỉ (url)", "The iframe has no url")
    elif "{{" not in frame.url and not frame.url.startswith("=") and not frames.address(frame.url)[1]:
        yield finding(
            "form-frame",
            Severity.WARNING,
            f"Khung không hiện được “{short(frame.url)}”: chỉ địa chỉ https:// đầy đủ",
            f"An iframe cannot show “{short(frame.url)}”: only whole addresses with https://",
        )
    else:
        origin = frames.address(frame.url)[1] or "https://…"
        yield finding(
            "form-frame-origin",
            Severity.INFO,
            f"Khung chỉ hiện khi quản trị viên cho phép {origin} (MOTCUA_FRAME_ORIGINS); nếu không thì là liên kết",
            f"The iframe shows only where {origin} is allowed (MOTCUA_FRAME_ORIGINS); else a link stands there",
        )
    security = reading.mapping(schema.get("security"))
    strange = [name for name in security if name not in frames.SANDBOX and name not in frames.FEATURES]
    if strange:
        yield finding(
            "form-frame-security",
            Severity.INFO,
            f"security không có cờ {short(', '.join(strange))}; phần này bị bỏ qua",
            f"There is no security flag {short(', '.join(strange))}; it is ignored",
        )


def _table(table: Table, schema: Mapping[str, Any]) -> Iterator[Finding]:
    if table.data_source is None:
        yield finding(
            "form-data-source",
            Severity.WARNING,
            "Bảng: dataSource phải là biểu thức FEEL bắt đầu bằng “=”, ví dụ =danh_sach; hiện bảng luôn trống",
            "Table: dataSource must be FEEL beginning with “=”, such as =people; as it stands it is always empty",
        )
    given = reading.items(schema.get("columns"))
    if not table.columns_given and table.columns_expression is None:
        yield finding(
            "form-columns",
            Severity.WARNING,
            "Bảng chưa có cột nào; hãy thêm columns (key, label) hoặc columnsExpression bắt đầu bằng “=”",
            "The table has no columns; add columns (key, label) or a columnsExpression beginning with “=”",
        )
    elif len(table.columns_given) < len(given):
        yield finding(
            "form-columns",
            Severity.WARNING,
            f"Bảng có {len(given) - len(table.columns_given)} cột không có key nên bị bỏ qua",
            f"{len(given) - len(table.columns_given)} columns of the table have no key and are left out",
        )
