"""What a diagram says arrives in the model, whichever modeler wrote it."""

from __future__ import annotations

from decimal import Decimal

from bpmn import reader
from bpmn.model import Act, ActKind, Limit, LimitUnit, Need, Process
from bpmn.xml import tag
from tests.bpmn.samples import chain, diagram, flow
from texts import Text

PROCEDURE = """<extensionElements><motcua:procedure code="1.002425" nameVi="Cấp giấy" nameEn="Certificate"
  fieldCode="G18-YTDP" fieldNameVi="Y tế dự phòng" fieldNameEn="Preventive medicine" agencyCode="000.00.00.G18"
  agencyNameVi="Bộ Y tế" agencyNameEn="Ministry of Health" unit="vpb" authorityLevel="province"
  serviceLevel="full" sets="2" summaryVi="Tóm tắt" summaryEn="Summary" channels="online, counter"
  applicants="enterprise,citizen">
  <motcua:case id="new" nameVi="Mới" nameEn="New" form="application.form"/>
  <motcua:case id="again" nameVi="Lại" nameEn="Again"/>
  <motcua:component id="letter" nameVi="Đơn" nameEn="Letter" required="true" originals="1" copies="0"
    template="Mẫu 01"/>
  <motcua:component id="proof" nameVi="Bằng chứng" required="false" case="again"/>
  <motcua:limit amount="30" unit="working_days" startsOn="receipt_and_fee" policy="resume"/>
  <motcua:limit amount="20" unit="calendar_days" case="again"/>
  <motcua:fee id="appraisal" nameVi="Phí thẩm định" nameEn="Appraisal" kind="fee" amount="4000000"/>
  <motcua:fee id="duty" nameVi="Lệ phí" kind="charge" amount="150000" case="again"/>
  <motcua:condition textVi="Có phòng" textEn="Has a room"/>
  <motcua:result id="licence" nameVi="Giấy phép" nameEn="Licence"/>
  <motcua:legalBasis number="103/2016/NĐ-CP" titleVi="Nghị định" titleEn="Decree" issuerVi="Chính phủ"
    issuerEn="Government" date="2016-07-01"/>
  <motcua:publication decision="1234/QĐ-BYT" date="2025-01-02" effectiveFrom="2025-02-01"/>
  </motcua:procedure></extensionElements>"""


def only(body: str, **more: str) -> Process:
    (process,) = reader.processes(reader.parse(diagram(body, **more)))
    return process


def test_the_legal_parts_of_a_procedure_are_read():
    process = only(PROCEDURE + chain('<userTask id="u"/>'))
    procedure = process.procedure
    assert procedure is not None
    assert (procedure.code, procedure.name.en, procedure.field_code) == ("1.002425", "Certificate", "G18-YTDP")
    assert (procedure.authority_level, procedure.service_level, procedure.sets) == ("province", "full", 2)
    assert procedure.channels == ("online", "counter")
    assert procedure.applicants == ("enterprise", "citizen")
    assert [case.form for case in procedure.cases] == ["application.form", ""]
    assert [part.id for part in procedure.components_of("new")] == ["letter"]
    assert not procedure.components_of("again")[1].required
    assert procedure.limit_of("new") == Limit(amount=30, unit=LimitUnit.WORKING_DAYS, starts_on="receipt_and_fee")
    assert procedure.limit_of("again") == Limit(amount=20, unit=LimitUnit.CALENDAR_DAYS, case="again")
    assert [(fee.kind, fee.amount) for fee in procedure.fees_of("again")] == [
        ("fee", Decimal(4000000)),
        ("charge", Decimal(150000)),
    ]
    assert procedure.conditions == (Text("Có phòng", "Has a room"),)
    assert procedure.results[0].name.en == "Licence"
    assert procedure.legal_basis[0].issuer.vi == "Chính phủ"
    assert procedure.publication.effective_from == "2025-02-01"
    assert process.name_text == procedure.name


def test_a_process_without_legal_parts_is_no_procedure():
    process = only(chain('<userTask id="u"/>'))
    assert process.procedure is None
    assert process.name_text == Text("P", "P")


def test_a_task_in_our_own_words_is_read():
    element = only(
        chain(
            """<userTask id="u" name="Thẩm
              định" motcua:form="application.form" motcua:candidateGroups="a, b" motcua:candidateUsers="x"
              motcua:assignee="${applicant}" motcua:dueDate="P2D" motcua:followUpDate="P1D" motcua:priority="70"
              motcua:actVariable="decision" motcua:limit="8 working_hours" motcua:nationalStatus="4"
              motcua:publicNameVi="Xử lý"
              motcua:publicNameEn="Work" motcua:isPublic="false" motcua:pause="payment" motcua:document="result"
              motcua:fee="appraisal"><documentation>Đọc kỹ</documentation><extensionElements>
              <motcua:act id="grant" labelVi="Cấp" labelEn="Grant"/>
              <motcua:act id="refuse" labelVi="Từ chối" kind="refuse" reason="required" form="false"/>
              </extensionElements></userTask>"""
        )
    ).elements["u"]
    assert (element.name, element.documentation, element.form) == ("Thẩm định", "Đọc kỹ", "application.form")
    assert (element.candidate_groups, element.candidate_users, element.assignee) == (("a", "b"), ("x",), "${applicant}")
    assert (element.due, element.follow_up, element.priority, element.act_variable) == ("P2D", "P1D", 70, "decision")
    assert element.limit == Limit(amount=8, unit=LimitUnit.WORKING_HOURS)
    assert (element.national_status, element.public_name.en, element.is_public) == (4, "Work", False)
    assert (element.pause, element.document, element.fee) == ("payment", "result", "appraisal")
    assert element.acts == (
        Act(id="grant", label=Text("Cấp", "Grant")),
        Act(id="refuse", label=Text("Từ chối", ""), kind=ActKind.REFUSE, reason=Need.REQUIRED, needs_form=False),
    )
    assert element.line is not None
    assert element.process_key == "p"


def test_a_camunda_task_means_the_same():
    element = only(
        chain(
            """<userTask id="u" camunda:formKey="camunda-forms:deployment:forms/application.form"
            camunda:assignee="${x}"
            camunda:candidateGroups="a,${ok ? 'b,c' : 'd'}" camunda:candidateUsers="x" camunda:dueDate="P2D"
            camunda:followUpDate="${f(1,2)}" camunda:priority="80"/>"""
        )
    ).elements["u"]
    assert (element.form, element.assignee, element.priority) == ("application.form", "${x}", 80)
    assert element.candidate_groups == ("a", "${ok ? 'b,c' : 'd'}")
    assert (element.candidate_users, element.due, element.follow_up) == (("x",), "P2D", "${f(1,2)}")


def test_a_spiffarena_task_means_the_same():
    element = only(
        chain(
            """<userTask id="u"><extensionElements><spiffworkflow:formRef>application</spiffworkflow:formRef>
            <spiffworkflow:assignee>an</spiffworkflow:assignee><spiffworkflow:candidateGroups>a,b</spiffworkflow:candidateGroups>
            <spiffworkflow:dueDate>P2D</spiffworkflow:dueDate><spiffworkflow:priority>60</spiffworkflow:priority>
            </extensionElements></userTask>"""
        )
    ).elements["u"]
    assert (element.form, element.assignee, element.candidate_groups) == ("application", "an", ("a", "b"))
    assert (element.due, element.priority) == ("P2D", 60)


def test_our_own_words_win_over_foreign_ones():
    element = only(chain('<userTask id="u" camunda:assignee="a" motcua:assignee="b" camunda:priority="1"/>')).elements[
        "u"
    ]
    assert (element.assignee, element.priority) == ("b", 1)


def test_calls_and_decisions_are_named_once():
    process = only(
        chain(
            '<callActivity id="a" calledElement="reception"/>',
            '<callActivity id="b" calledElement="reception"/>',
            '<businessRuleTask id="c" motcua:decision="own"/>',
            '<businessRuleTask id="d" camunda:decisionRef="foreign"/>',
            '<businessRuleTask id="f"><extensionElements><spiffworkflow:calledDecisionId>spiff'
            "</spiffworkflow:calledDecisionId></extensionElements></businessRuleTask>",
        )
    )
    assert process.calls == ("reception",)
    assert process.decisions == ("own", "foreign", "spiff")


def test_a_step_lies_in_its_innermost_lane_also_inside_a_sub_process():
    process = only(
        """<laneSet id="ls"><lane id="l1" name="Cục"><flowNodeRef>u</flowNodeRef><flowNodeRef>sub</flowNodeRef>
        <childLaneSet id="cl"><lane id="l2" name="Phòng"><flowNodeRef>u</flowNodeRef></lane>
        </childLaneSet></lane></laneSet>"""
        + chain('<userTask id="u"/>', '<subProcess id="sub"><userTask id="inner"/></subProcess>', '<userTask id="v"/>')
    )
    lanes = {id_: process.elements[id_].lane for id_ in ("u", "sub", "inner", "v")}
    assert lanes == {"u": "Phòng", "sub": "Cục", "inner": "Cục", "v": ""}


def test_what_has_no_id_gets_the_same_one_at_each_reading():
    body = (
        '<startEvent id="s"/><userTask id="u"/><userTask/><boundaryEvent attachedToRef="u"/>'
        '<userTask id="_id_userTask_2"/><userTask/>'
    )
    first, second = only(body), only(body)
    assert list(first.elements) == list(second.elements)
    assert list(first.elements) == [
        "s",
        "u",
        "_id_userTask_1",
        "_id_boundaryEvent_1",
        "_id_userTask_2",
        "_id_userTask_3",
    ]


def test_a_pool_names_its_process_and_the_root_is_not_changed():
    around = '<collaboration id="c"><participant id="pp" name="Cơ quan" processRef="p"/></collaboration>'
    root = reader.parse(diagram(chain('<userTask id="u"/>').replace('id="u_e"', ""), process='id="p"', around=around))
    (process,) = reader.processes(root)
    assert process.name == "Cơ quan"
    assert process.is_executable
    assert [x.get("targetRef") for x in root.iter(tag("sequenceFlow")) if x.get("id") is None] == ["e"]


def test_the_start_form_is_that_of_the_start_event():
    assert (
        only('<startEvent id="s" camunda:formRef="application"/>' + '<userTask id="u"/>' + flow("s", "u")).start_form
        == "application"
    )
