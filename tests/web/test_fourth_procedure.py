"""A fourth procedure: added by the web upload only, filed in, worked to the end and cut again: no code, no restart."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from flask import Flask

from services import log
from services.statuses import Status
from storage.rows import dossiers as dossier_rows
from tests.engine.diagrams import call, end, process, start, user, xor
from tests.office import scenario
from tests.web import filing
from tests.web.officers import at_desk, posted, words
from tests.web.visitor import Visitor, pdf

KEY = "clean-water-point"
FILE = f"/procedures/{KEY}/file"
LEGAL = """<extensionElements><motcua:procedure code="MINH-HOA.04" nameVi="Xác nhận điểm cấp nước sạch"
  nameEn="Confirmation of a clean water point" fieldCode="G18-MH.NS" fieldNameVi="Môi trường y tế"
  fieldNameEn="Environmental health" agencyCode="000.00.00.G18" agencyNameVi="Bộ Y tế" agencyNameEn="Ministry of Health"
  unit="prevention" serviceLevel="full" channels="online" applicants="citizen" sets="1">
  <motcua:component id="sample" nameVi="Phiếu kết quả mẫu nước" nameEn="Result of the water sample" required="true"/>
  <motcua:limit amount="7" unit="working_days" startsOn="receipt" policy="resume"/>
  <motcua:result id="confirmation" nameVi="Giấy xác nhận" nameEn="Confirmation"/>
  <motcua:legalBasis number="TT-MH/2026" titleVi="Văn bản minh hoạ" titleEn="An illustrative text"/>
</motcua:procedure></extensionElements>"""
ACTS = """<extensionElements>
  <motcua:act id="confirm" labelVi="Đủ điều kiện, xác nhận" labelEn="Confirm" kind="advance" reason="none" form="true"/>
  <motcua:act id="again" labelVi="Xem lại" labelEn="Look again" kind="return" reason="optional" form="false"/>
</extensionElements>"""


def form(key: str, *fields: dict[str, Any]) -> bytes:
    return json.dumps({"type": "default", "id": key, "components": list(fields)}).encode()


def bundle() -> bytes:
    """Pack the procedure as a designer would: a diagram with its legal parts, two forms; what is shared is called."""
    diagram = process(
        KEY,
        LEGAL,
        start("filed", name="Nộp hồ sơ", motcua__form="water-filing.form", motcua__nationalStatus="1"),
        call("reception_call", "reception"),
        xor("is_received", default="goes_on"),
        end("refused"),
        user(
            "examine", ACTS, name="Xem kết quả mẫu nước", motcua__candidateGroups="specialist_prevention",
            motcua__form="water-examine.form", motcua__limit="3 working_days", motcua__nationalStatus="4",
            motcua__publicNameVi="Xem kết quả mẫu nước", motcua__publicNameEn="Examination of the sample",
        ),
        xor("is_fine", default="fine"),
        '<intermediateThrowEvent id="issued" name="Có kết quả" motcua:nationalStatus="9" motcua:document="result"/>',
        call("return_call", "return-result"),
        end("done"),
        '<sequenceFlow id="goes_on" sourceRef="is_received" targetRef="examine"/>',
        '<sequenceFlow id="fine" sourceRef="is_fine" targetRef="issued"/>',
        "filed -> reception_call -> is_received",
        'is_received -> refused if reception_act == "refuse"',
        "examine -> is_fine",
        'is_fine -> examine if act == "again"',
        "issued -> return_call -> done",
    )  # fmt: skip
    place = {"type": "textfield", "key": "place", "label": "Địa điểm", "validate": {"required": True, "maxLength": 200}}
    found = {"type": "number", "key": "coliform", "label": "Coliform", "validate": {"required": True, "min": 0}}
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("clean-water/process.bpmn", diagram)
        archive.writestr("clean-water/water-filing.form", form("water-filing", place))
        archive.writestr("clean-water/water-examine.form", form("water-examine", found))
    return packed.getvalue()


def filed(applicant: Visitor, place: str) -> str:
    """File a dossier on the public pages and give its code."""
    return filing.filed(applicant, KEY, {"place": place}, [("component.sample", pdf("mau-nuoc.pdf"))])


def work(desk: Visitor, code: str, answers: Mapping[str, Any], act: str) -> None:
    """Find the dossier's task in the inbox, fill its form in and press a button."""
    inbox = desk.get(f"/inbox?q={code}").text
    task = re.search(r'href="(/tasks/[^"?/]+)', inbox)
    assert task is not None, words(inbox)
    desk.get(task[1])
    hidden = [(name, value) for name, value in desk.hidden() if not name.startswith("answers.")]
    answer = desk.post(f"{task[1]}/submit", [*hidden, *posted(answers), ("act", act)])
    assert answer.status_code == 303, words(answer.text)


def finish(app: Flask, code: str) -> None:
    """Let the three desks do their steps."""
    given = scenario()["answers"]
    work(at_desk(app, "motcua"), code, given["complete"], "accept")
    specialist = at_desk(app, "chuyenvien")
    work(specialist, code, {"coliform": 3}, "again")
    work(specialist, code, {"coliform": 0}, "confirm")
    work(at_desk(app, "motcua"), code, given["online"], "returned")


def test_a_procedure_is_added_used_and_cut_through_pages_alone(demo_app: Flask, tries: None):
    designer, applicant = at_desk(demo_app, "thietke"), at_desk(demo_app, "nguoinop")
    assert applicant.get(FILE).status_code == 404

    designer.get("/designer/upload")
    uploaded = designer.post("/designer/upload", [("files", (BytesIO(bundle()), "clean-water.zip")), ("act", "upload")])
    assert uploaded.status_code == 303, words(uploaded.text)
    designer.get(uploaded.location)
    assert designer.post(f"{uploaded.location}/publish").status_code == 303

    assert "Xác nhận điểm cấp nước sạch" in applicant.get("/procedures?q=nuoc sach").text
    assert "Phiếu kết quả mẫu nước" in applicant.get(f"/procedures/{KEY}").text
    first, second = filed(applicant, "Xã Ỷ Lan"), filed(applicant, "Xã Thuý Quỳnh")

    finish(demo_app, first)
    assert "Đã trả kết quả" in words(applicant.get(f"/my/dossiers/{first}").text)

    page = designer.get(f"/designer?q={KEY}").text
    definition = re.search(r"/designer/definitions/[0-9a-z]{16}", page)
    assert definition is not None
    sure = words(designer.get(f"{definition[0]}/retire").text)
    assert "1 hồ sơ đang chạy vẫn được giải quyết đến cùng" in sure
    assert designer.post(f"{definition[0]}/retire").status_code == 303

    refused = applicant.get(FILE)
    assert refused.status_code == 409
    assert "đã bãi bỏ" in words(refused.text)
    assert "Xác nhận điểm cấp nước sạch" not in applicant.get("/procedures?q=nuoc sach").text
    finish(demo_app, second)

    with demo_app.app_context():
        for code in (first, second):
            dossier = dossier_rows.by_code(code)
            assert dossier is not None
            assert (dossier.status, dossier.clock_state) == (Status.RESULT_RETURNED, "early")
        assert log.verify().breaks == ()
