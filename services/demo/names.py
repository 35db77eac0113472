"""Invented names of people, companies and goods; whoever is really called so is not meant."""

from __future__ import annotations

from random import Random

FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Phan", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý")
MIDDLES = ("Văn", "Thị", "Minh", "Thu", "Đức", "Bảo", "Quỳnh", "Hải", "Thanh", "Ngọc", "Anh", "Khánh", "Gia", "Hữu")
GIVEN = (
    "An", "Bình", "Châu", "Dung", "Giang", "Hà", "Hương", "Khoa", "Lan", "Linh", "Long", "Mai", "Nam", "Nga", "Phương",
    "Quân", "Sơn", "Tâm", "Thảo", "Trang", "Tuấn", "Uyên", "Việt", "Yến",
)  # fmt: skip
KINDS = ("Công ty TNHH", "Công ty Cổ phần", "Công ty TNHH MTV", "Chi nhánh Công ty TNHH")
TRADES = ("Dược phẩm", "Thiết bị y tế", "Mỹ phẩm", "Thực phẩm sức khoẻ", "Y tế", "Xét nghiệm", "Phân phối", "Nhập khẩu")
BRANDS = (
    "Sao Mai", "Hoa Sữa", "Ánh Dương", "Bình Minh", "Hồng Hà", "Tràng An", "Phù Sa", "Sông Cầu", "Lam Sơn", "Hải Vân",
    "Đất Việt", "An Khang", "Tâm An", "Phúc Lộc", "Thiên Hương", "Ngọc Lan", "Bạch Mai", "Cửu Long", "Đông Đô",
)  # fmt: skip


def person(rng: Random) -> str:
    """Give the name of nobody."""
    return f"{rng.choice(FAMILIES)} {rng.choice(MIDDLES)} {rng.choice(GIVEN)}"


def organisation(rng: Random) -> str:
    """Give the name of no company."""
    return f"{rng.choice(KINDS)} {rng.choice(TRADES)} {rng.choice(BRANDS)} {rng.choice(GIVEN)}"
