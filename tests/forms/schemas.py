"""Form schemas that several tests use."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 9, 10, 2, 42, tzinfo=UTC)
"""09:42 on Thursday 10 September 2026 in Hanoi."""


def schema(*components: dict[str, Any]) -> dict[str, Any]:
    """Give a form of these components."""
    return {"type": "default", "id": "form", "schemaVersion": 19, "components": list(components)}


PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
    "WjR9awAAAABJRU5ErkJggg=="
)


def options(*values: Any) -> list[dict[str, Any]]:
    """Give options whose labels are their values."""
    return [{"label": f"Mục {value}", "labelEn": f"Option {value}", "value": value} for value in values]


EVERYTHING = schema(
    {
        "type": "text",
        "id": "intro",
        "text": "# Phần một\n\nXin chào {{ho_ten}}",
        "properties": {"textEn": "# Part one"},
    },
    {"type": "html", "id": "markup", "content": "<p>Chú ý</p><script>alert(1)</script>"},
    {
        "type": "textfield",
        "id": "ho_ten",
        "key": "ho_ten",
        "label": "Họ và tên",
        "description": "Như trên giấy tờ",
        "properties": {"labelEn": "Full name", "autocomplete": "name"},
        "validate": {"required": True, "minLength": 2, "maxLength": 50},
    },
    {
        "type": "textfield",
        "id": "thu",
        "key": "thu",
        "label": "Thư điện tử",
        "validate": {"validationType": "email"},
        "layout": {"row": "r1", "columns": 8},
    },
    {
        "type": "textfield",
        "id": "dt",
        "key": "dt",
        "label": "Điện thoại",
        "validate": {"validationType": "phone"},
        "layout": {"row": "r1", "columns": 8},
    },
    {"type": "textarea", "id": "ghi_chu", "key": "ghi_chu", "label": "Ghi chú"},
    {
        "type": "number",
        "id": "dien_tich",
        "key": "dien_tich",
        "label": "Diện tích",
        "decimalDigits": 2,
        "appearance": {"suffixAdorner": "m²"},
        "validate": {"min": 0, "max": 10000},
    },
    {"type": "datetime", "id": "ngay", "key": "ngay", "dateLabel": "Ngày cấp", "subtype": "date"},
    {"type": "datetime", "id": "gio", "key": "gio", "timeLabel": "Giờ hẹn", "subtype": "time"},
    {
        "type": "datetime",
        "id": "hen",
        "key": "hen",
        "label": "Lịch hẹn",
        "subtype": "datetime",
        "timeSerializingFormat": "utc_offset",
    },
    {"type": "separator", "id": "sep"},
    {"type": "checkbox", "id": "cam_doan", "key": "cam_doan", "label": "Tôi cam đoan", "validate": {"required": True}},
    {"type": "radio", "id": "loai", "key": "loai", "label": "Loại", "values": options("a", "b")},
    {"type": "select", "id": "cap", "key": "cap", "label": "Cấp", "values": options(1, 2, 3)},
    {"type": "checklist", "id": "kenh", "key": "kenh", "label": "Kênh", "values": options("email", "sms")},
    {"type": "taglist", "id": "the", "key": "the", "label": "Thẻ", "valuesKey": "cac_the"},
    {"type": "spacer", "id": "room"},
    {
        "type": "group",
        "id": "dia_chi",
        "path": "dia_chi",
        "label": "Địa chỉ",
        "components": [{"type": "textfield", "id": "xa", "key": "xa", "label": "Xã, phường"}],
    },
    {
        "type": "dynamiclist",
        "id": "nhan_su",
        "path": "nhan_su",
        "label": "Nhân sự",
        "defaultRepetitions": 2,
        "components": [
            {"type": "textfield", "id": "ten", "key": "ten", "label": "Tên", "validate": {"required": True}},
            {"type": "checkbox", "id": "chinh", "key": "chinh", "label": "Phụ trách chính"},
        ],
    },
    {"type": "filepicker", "id": "giay_to", "key": "giay_to", "label": "Giấy tờ", "multiple": True, "accept": ".pdf"},
    {"type": "image", "id": "anh", "source": "https://example.org/a.png"},
    {"type": "image", "id": "dau", "source": PIXEL, "alt": "Con dấu", "properties": {"altEn": "The seal"}},
    {
        "type": "table",
        "id": "bang",
        "label": "Thiết bị",
        "columns": [{"key": "ten", "label": "Tên"}, {"key": "gia", "label": "Giá"}],
        "dataSource": "=thiet_bi",
        "rowCount": 5,
    },
    {
        "type": "iframe",
        "id": "ban_do",
        "label": "Bản đồ",
        "url": "https://maps.example.org/?q={{ho_ten}}",
        "security": {"allowScripts": True, "geolocation": True},
    },
    {"type": "documentPreview", "id": "xem", "label": "Bản đã nộp", "dataSource": "=giay_to", "maxHeight": 300},
    {
        "type": "textfield",
        "id": "mst",
        "key": "mst",
        "label": "Mã số thuế",
        "properties": {"validator": "tax_code"},
        "appearance": {"suffixAdorner": "của {{ho_ten}}"},
    },
    {"type": "button", "id": "nut", "label": "Gửi"},
    {"type": "button", "id": "lam_lai", "label": "Làm lại", "action": "reset"},
)

GOOD: dict[str, Any] = {
    "ho_ten": "Ngô Thị Thuý Quỳnh",
    "thu": "quynh@example.vn",
    "dt": "+84912345678",
    "ghi_chu": "Dòng một\nDòng hai",
    "dien_tich": 186.5,
    "ngay": "2025-03-15",
    "gio": "17:00",
    "hen": "2026-09-30T17:00+07:00",
    "cam_doan": True,
    "loai": "a",
    "cap": 2,
    "kenh": ["sms"],
    "the": [],
    "dia_chi": {"xa": "Phường Yên Khê"},
    "nhan_su": [{"ten": "Một", "chinh": True}, {"ten": "Hai", "chinh": False}],
    "giay_to": ["doc-1", "doc-2"],
    "mst": "0100233488",
}
