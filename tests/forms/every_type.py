"""One form with every component type of form-js and nearly every property, as a designer would write it."""

from __future__ import annotations

from typing import Any

from forms.views import FileLink
from tests.forms.schemas import PIXEL, options, schema
from texts import Text

SEAL = (
    (
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='96' height='96'%3E"
        "%3Ccircle cx='48' cy='48' r='44' fill='none' stroke='%23a4262c' stroke-width='5'/%3E%3C/svg%3E"
    )
    .replace(" ", "%20")
    .replace("'", "%27")
)
"""A drawing inside the form."""

FORM = schema(
    {
        "type": "text",
        "id": "intro",
        "text": "# Tờ khai thiết bị\n\nXin chào **{{ho_ten}}**. Đọc [hướng dẫn](https://example.org/a) trước.\n\n"
        "{{#if count(thiet_bi) > 1}}\nBạn đã khai:\n\n{{#loop thiet_bi}}\n- {{ten}}, số lượng {{so_luong}}\n"
        "{{/loop}}\n{{/if}}",
        "properties": {"textEn": "# Declaration of equipment\n\nHello **{{ho_ten}}**."},
    },
    {
        "type": "html",
        "id": "markup",
        "content": "<h2>Lưu ý</h2><ul><li>Khai <b>trung thực</b></li><li>Mang bản chính khi đến</li></ul>"
        "<table><tr><th scope='col'>Loại</th><th scope='col'>Lệ phí</th></tr>"
        "<tr><td>Mới</td><td>{{le_phi}}</td></tr></table>",
        "properties": {"contentEn": "<h2>Mind</h2><p>Declare <b>truthfully</b>.</p>"},
    },
    {"type": "image", "id": "dau", "source": SEAL, "alt": "Con dấu tròn", "properties": {"altEn": "A round seal"}},
    {"type": "image", "id": "xa", "source": "https://example.org/a.png", "alt": "Sơ đồ phòng"},
    {"type": "separator", "id": "duong"},
    {
        "type": "textfield",
        "id": "ho_ten",
        "key": "ho_ten",
        "label": "Họ và tên",
        "description": "Viết như trên giấy tờ",
        "properties": {
            "labelEn": "Full name",
            "descriptionEn": "As on your identity paper",
            "validator": "person_name",
        },
        "validate": {"required": True, "minLength": 2, "maxLength": 60},
    },
    {
        "type": "textfield",
        "id": "dinh_danh",
        "key": "dinh_danh",
        "label": "Số định danh cá nhân",
        "properties": {"labelEn": "Personal identification number", "validator": "citizen_id"},
        "layout": {"row": "r1", "columns": 8},
    },
    {
        "type": "textfield",
        "id": "dien_thoai",
        "key": "dien_thoai",
        "label": "Điện thoại",
        "description": "Di động hoặc máy bàn",
        "properties": {"labelEn": "Telephone", "descriptionEn": "Mobile or fixed", "validator": "vn_phone"},
        "layout": {"row": "r1", "columns": 8},
    },
    {
        "type": "textfield",
        "id": "ma_so_thue",
        "key": "ma_so_thue",
        "label": "Mã số thuế",
        "properties": {"labelEn": "Tax code", "validator": "tax_code"},
    },
    {
        "type": "textfield",
        "id": "trang",
        "key": "trang",
        "label": "Trang thông tin",
        "properties": {"labelEn": "Web page"},
        "appearance": {"prefixAdorner": "https://", "suffixAdorner": ".{{ten_mien}}"},
    },
    {
        "type": "number",
        "id": "dien_tich",
        "key": "dien_tich",
        "label": "Diện tích",
        "description": "Làm tròn đến nửa mét vuông",
        "decimalDigits": 1,
        "increment": 0.5,
        "appearance": {"suffixAdorner": "m²"},
        "properties": {"labelEn": "Area", "descriptionEn": "To half a square metre", "thousands": "yes"},
        "validate": {"min": "=nho_nhat", "max": 10000, "required": True},
    },
    {
        "type": "datetime",
        "id": "ngay_cap",
        "key": "ngay_cap",
        "dateLabel": "Ngày cấp",
        "subtype": "date",
        "properties": {"dateLabelEn": "Date of issue"},
    },
    {
        "type": "datetime",
        "id": "gio_goi",
        "key": "gio_goi",
        "timeLabel": "Giờ gọi lại",
        "subtype": "time",
        "use24h": True,
        "timeInterval": 30,
        "properties": {"timeLabelEn": "Call back at"},
    },
    {
        "type": "datetime",
        "id": "hen",
        "key": "hen",
        "dateLabel": "Ngày hẹn",
        "timeLabel": "Giờ hẹn",
        "subtype": "datetime",
        "timeInterval": 15,
        "disallowPassedDates": True,
        "timeSerializingFormat": "utc_offset",
        "validate": {"required": True},
        "properties": {"dateLabelEn": "Day of the visit", "timeLabelEn": "Time of the visit"},
    },
    {
        "type": "datetime",
        "id": "gio_le",
        "key": "gio_le",
        "label": "Giờ kết thúc",
        "subtype": "time",
        "timeInterval": 1,
        "properties": {"labelEn": "Ends at"},
    },
    {
        "type": "textarea",
        "id": "ghi_chu",
        "key": "ghi_chu",
        "label": "Ghi chú",
        "properties": {"labelEn": "Notes"},
        "validate": {"maxLength": 500},
    },
    {
        "type": "checkbox",
        "id": "cam_doan",
        "key": "cam_doan",
        "label": "Tôi cam đoan lời khai là đúng",
        "properties": {"labelEn": "What I declare is true"},
        "validate": {"required": True},
    },
    {
        "type": "radio",
        "id": "loai",
        "key": "loai",
        "label": "Loại hồ sơ",
        "properties": {"labelEn": "Kind of dossier"},
        "values": options("mới", "bổ sung"),
        "validate": {"required": True},
    },
    {
        "type": "select",
        "id": "tinh",
        "key": "tinh",
        "label": "Tỉnh, thành phố",
        "properties": {"labelEn": "Province"},
        "searchable": True,
        "valuesKey": "cac_tinh",
    },
    {
        "type": "checklist",
        "id": "kenh",
        "key": "kenh",
        "label": "Nhận kết quả qua",
        "properties": {"labelEn": "Receive the result by"},
        "values": options("bưu chính", "tại quầy"),
    },
    {
        "type": "taglist",
        "id": "the",
        "key": "the",
        "label": "Lĩnh vực",
        "description": "Chọn mọi lĩnh vực liên quan",
        "properties": {"labelEn": "Fields", "descriptionEn": "All that apply"},
        "valuesExpression": "=cac_linh_vuc",
        "validate": {"required": True},
    },
    {
        "type": "group",
        "id": "dia_chi",
        "path": "dia_chi",
        "label": "Địa chỉ cơ sở",
        "showOutline": True,
        "verticalAlignment": "end",
        "properties": {"labelEn": "Address of the place"},
        "components": [
            {
                "type": "textfield",
                "id": "xa_phuong",
                "key": "xa",
                "label": "Xã, phường",
                "description": "Theo đơn vị hành chính mới",
                "properties": {"labelEn": "Commune", "descriptionEn": "By the new division"},
                "layout": {"row": "r2", "columns": 8},
            },
            {
                "type": "textfield",
                "id": "so_nha",
                "key": "so_nha",
                "label": "Số nhà",
                "properties": {"labelEn": "House"},
                "layout": {"row": "r2", "columns": 8},
            },
        ],
    },
    {
        "type": "dynamiclist",
        "id": "thiet_bi",
        "path": "thiet_bi",
        "label": "Thiết bị",
        "isRepeating": True,
        "allowAddRemove": True,
        "defaultRepetitions": 1,
        "nonCollapsedItems": 1,
        "showOutline": True,
        "properties": {"labelEn": "Equipment"},
        "components": [
            {
                "type": "textfield",
                "id": "ten",
                "key": "ten",
                "label": "Tên thiết bị",
                "properties": {"labelEn": "Name"},
                "validate": {"required": True},
            },
            {
                "type": "number",
                "id": "so_luong",
                "key": "so_luong",
                "label": "Số lượng",
                "properties": {"labelEn": "Pieces"},
                "decimalDigits": 0,
            },
        ],
    },
    {
        "type": "table",
        "id": "bang",
        "label": "Thiết bị đã khai",
        "columns": [
            {"key": "ten", "label": "Tên", "labelEn": "Name"},
            {"key": "so_luong", "label": "Số lượng", "labelEn": "Pieces"},
        ],
        "dataSource": "=thiet_bi",
        "properties": {"labelEn": "Equipment declared"},
    },
    {
        "type": "table",
        "id": "bang_phi",
        "label": "Biểu phí",
        "columnsExpression": '=[{key: "loai", label: "Loại"}, {key: "muc", label: "Mức (đồng)"}, '
        '{key: "nam", label: "Năm"}]',
        "dataSource": "=bieu_phi",
        "rowCount": 5,
        "properties": {"labelEn": "Fees"},
    },
    {"type": "expression", "id": "tong", "key": "tong", "label": "Số loại thiết bị", "expression": "=count(thiet_bi)"},
    {
        "type": "filepicker",
        "id": "giay_to",
        "key": "giay_to",
        "label": "Giấy tờ kèm theo",
        "multiple": True,
        "accept": ".pdf,.png",
        "properties": {"labelEn": "Papers"},
    },
    {
        "type": "documentPreview",
        "id": "xem",
        "label": "Xem giấy tờ đã nộp",
        "dataSource": "=giay_to",
        "maxHeight": 200,
        "properties": {"labelEn": "Papers handed in"},
    },
    {
        "type": "iframe",
        "id": "ban_do",
        "label": "Bản đồ",
        "url": "https://maps.example.org/?q={{dia_chi.xa}}",
        "height": 160,
        "security": {"allowScripts": True},
        "properties": {"labelEn": "Map"},
    },
    {"type": "iframe", "id": "khac", "label": "Trang tra cứu", "url": "https://example.org/tra-cuu"},
    {"type": "spacer", "id": "trong", "height": 24},
    {"type": "button", "id": "gui", "label": "Gửi tờ khai", "properties": {"labelEn": "Send"}},
    {
        "type": "button",
        "id": "lam_lai",
        "label": "Làm lại từ đầu",
        "action": "reset",
        "properties": {"labelEn": "Start again"},
    },
)

VARIABLES: dict[str, Any] = {
    "le_phi": "300.000 đồng",
    "ten_mien": "vn",
    "nho_nhat": 5,
    "cac_tinh": ["Hà Nội", "Huế", "Đà Nẵng", "Cần Thơ"],
    "cac_linh_vuc": ["Y tế", "Mỹ phẩm", "An toàn sinh học", "Dược", "Thực phẩm", "Dân số", "Khám bệnh, chữa bệnh"],
    "bieu_phi": [{"loai": f"Loại {n}", "muc": 150_000 * n, "nam": 2020 + n} for n in range(1, 13)],
}

DATA: dict[str, Any] = {
    "ho_ten": "Ngô Thị Thuý Quỳnh",
    "dinh_danh": "001304012345",
    "dien_thoai": "0912345678",
    "ma_so_thue": "0100233488",
    "trang": "benhvien",
    "dien_tich": 186.5,
    "ngay_cap": "2025-03-15",
    "gio_goi": "09:30",
    "hen": "2031-09-30T17:00+07:00",
    "gio_le": "17:07",
    "ghi_chu": "Dòng một\nDòng hai",
    "cam_doan": True,
    "loai": "mới",
    "tinh": "Huế",
    "kenh": ["tại quầy"],
    "the": ["Y tế", "Dược"],
    "dia_chi": {"xa": "Phường Yên Khê", "so_nha": "12"},
    "thiet_bi": [{"ten": "Máy thở", "so_luong": 2}, {"ten": "Tủ cấy", "so_luong": 12500}],
    "giay_to": ["doc-1", "doc-2", "doc-3"],
}

FILES = {
    "doc-1": FileLink(
        name="so-do.pdf", url="/documents/doc-1", note=Text("4,2 MB", "4.2 MB"), media_type="application/pdf"
    ),
    "doc-2": FileLink(name="anh.png", url=PIXEL, note=Text("12 kB", "12 kB"), media_type="image/png"),
}
