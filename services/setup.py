"""First set-up: units, groups, demo people and the shipped procedures; or the first administrator of a real office."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from errors import Forbidden, WrongState
from services import definitions, passwords, people
from services.permissions import SYSTEM
from storage.database import upgrade, verb
from storage.rows import people as rows
from texts import Text

SHIPPED = Path(__file__).resolve().parent.parent / "bpmn" / "procedures"

UNITS = (
    ("office", "Văn phòng Bộ", "Ministry Office"),
    ("prevention", "Cục Phòng bệnh", "Department of Disease Prevention"),
    ("drug", "Cục Quản lý Dược", "Drug Administration"),
    ("device", "Cục Hạ tầng và Thiết bị y tế", "Infrastructure and Medical Device Administration"),
)

GROUPS = (
    ("one_door", "Bộ phận Một cửa", "One-door desk", True),
    ("cashier", "Thu phí", "Cashier", True),
    ("specialist_prevention", "Chuyên viên Cục Phòng bệnh", "Specialists, prevention", False),
    ("head_prevention", "Trưởng phòng Cục Phòng bệnh", "Division heads, prevention", False),
    ("inspection_prevention", "Đoàn thẩm định an toàn sinh học", "Biosafety inspection team", False),
    ("specialist_drug", "Chuyên viên Cục Quản lý Dược", "Specialists, drugs", False),
    ("head_drug", "Trưởng phòng Cục Quản lý Dược", "Division heads, drugs", False),
    ("specialist_device", "Chuyên viên Cục Hạ tầng và Thiết bị y tế", "Specialists, devices", False),
    ("head_device", "Trưởng phòng Cục Hạ tầng và Thiết bị y tế", "Division heads, devices", False),
    ("leader", "Lãnh đạo Bộ", "Ministry leaders", True),
    ("clerk", "Văn thư", "Records clerks", True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """One demo account; all share passwords.DEMO_PASSWORD."""

    username: str
    name: str
    what: Text
    roles: tuple[str, ...]
    groups: tuple[str, ...] = ()
    unit: str = ""


def _demo(username: str, vi: str, en: str, roles: str, groups: str = "", unit: str = "") -> DemoPerson:
    return DemoPerson(
        username=username,
        name=f"{vi} (demo)",
        what=Text(vi, en),
        roles=tuple(roles.split()),
        groups=tuple(groups.split()),
        unit=unit,
    )


DEMO_PEOPLE = (
    _demo("nguoinop", "Người nộp hồ sơ", "Applicant", "applicant"),
    _demo("nguoinop2", "Người nộp hồ sơ thứ hai", "Second applicant", "applicant"),
    _demo("motcua", "Cán bộ Một cửa", "One-door officer", "officer", "one_door cashier", "office"),
    _demo("chuyenvien", "Chuyên viên phòng bệnh", "Specialist, prevention", "officer",
          "specialist_prevention inspection_prevention", "prevention"),
    _demo("truongphong", "Trưởng phòng phòng bệnh", "Division head, prevention", "head",
          "head_prevention", "prevention"),
    _demo("chuyenvienduoc", "Chuyên viên dược", "Specialist, drugs", "officer", "specialist_drug", "drug"),
    _demo("truongphongduoc", "Trưởng phòng dược", "Division head, drugs", "head", "head_drug", "drug"),
    _demo("chuyenvientb", "Chuyên viên thiết bị", "Specialist, devices", "officer", "specialist_device", "device"),
    _demo("truongphongtb", "Trưởng phòng thiết bị", "Division head, devices", "head", "head_device", "device"),
    _demo("lanhdao", "Lãnh đạo Bộ", "Ministry leader", "officer leader", "leader", "office"),
    _demo("vanthu", "Văn thư", "Records clerk", "officer", "clerk", "office"),
    _demo("quanly", "Quản lý", "Manager", "manager", "", "office"),
    _demo("thietke", "Người thiết kế thủ tục", "Process designer", "designer", "", "office"),
    _demo("vanhanh", "Người vận hành", "Operator", "operator", "", "office"),
    _demo("quantri", "Quản trị viên", "Administrator", "admin", "", "office"),
)  # fmt: skip


def migrate() -> None:
    """Bring the database to the newest migration."""
    upgrade()


@verb
def basics(*, now: datetime) -> None:
    """Create the units and groups that the shipped procedures name; those that exist are left as they are."""
    for code, vi, en in UNITS:
        if rows.unit(code) is None:
            people.save_unit(SYSTEM, code=code, name_vi=vi, name_en=en, now=now)
    for code, vi, en, wide in GROUPS:
        if rows.group(code) is None:
            people.save_group(SYSTEM, code=code, name_vi=vi, name_en=en, is_agency_wide=wide, now=now)


@verb
def demo_people(*, production: bool, now: datetime) -> None:
    """Create the demo people; refused in production."""
    if production:
        raise Forbidden(
            Text("Không tạo tài khoản minh hoạ ở hệ thống thật.", "There are no demo accounts in production.")
        )
    basics(now=now)
    for person in DEMO_PEOPLE:
        if rows.load(person.username) is None:
            people.create(
                SYSTEM, username=person.username, name=person.name, email=f"{person.username}@demo.invalid",
                password=passwords.DEMO_PASSWORD, roles=person.roles, groups=person.groups, unit=person.unit,
                is_demo=True, now=now,
            )  # fmt: skip


def shipped_procedures(*, now: datetime) -> Iterator[tuple[str, definitions.Deployed]]:
    """Deploy those shipped bundles that are new, those that others call first; what was retired stays retired."""
    for folder in shipped_folders():
        files = bundle_files(folder)
        if not definitions.is_known(files):
            yield folder.name, definitions.deploy(SYSTEM, files, now=now, name=folder.name)


def shipped_folders() -> list[Path]:
    """Give the folders of the shipped bundles, reusable call activities (no legal parts) first."""
    folders = [folder for folder in SHIPPED.iterdir() if (folder / "process.bpmn").is_file()]
    return sorted(folders, key=lambda f: (b"motcua:procedure " in (f / "process.bpmn").read_bytes(), f.name))


def bundle_files(folder: Path) -> Mapping[str, bytes]:
    """Read the files of one bundle folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


@verb
def first_administrator(
    *, username: str, name: str, email: str, password: str, production: bool, now: datetime
) -> None:
    """Make the first administrator of an installation; refused where there is one already."""
    if rows.any_administrator():
        raise WrongState(Text("Đã có quản trị viên.", "There is an administrator already."))
    problem = passwords.password_problem(password, production=production)
    if problem:
        raise WrongState(problem.message)
    basics(now=now)
    people.create(SYSTEM, username=username, name=name, email=email, password=password, roles=["admin"], now=now)
