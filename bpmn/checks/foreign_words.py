"""What of each foreign namespace is read, and what ignoring would change the run: the tables of foreign.py.

A name in neither table is kept and inert.
"""

from __future__ import annotations

from bpmn import xml

FAMILY = {
    "assignee", "candidateGroups", "candidateUsers", "class", "collection", "delegateExpression", "dueDate",
    "elementVariable", "executionListener", "expression", "failedJobRetryTimeCycle", "field", "formKey", "in",
    "initiator", "out", "priority", "resultVariable", "taskListener", "topic", "type",
}  # fmt: skip
"""What Camunda 7 and Flowable have in common."""
CAMUNDA = FAMILY | {
    "calledElementBinding", "calledElementVersion", "calledElementVersionTag", "constraint", "decisionRef",
    "decisionRefBinding", "decisionRefVersion", "decisionRefVersionTag", "errorCodeVariable", "errorMessageVariable",
    "escalationCodeVariable", "followUpDate", "formData", "formField", "formRef", "formRefBinding", "inputOutput",
    "mapDecisionResult", "taskPriority", "variableName", "versionTag",
}  # fmt: skip
FLOWABLE = FAMILY | {
    "elementIndexVariable", "errorVariableName", "formProperty", "inheritVariables", "resultVariableName",
    "sameDeployment",
}  # fmt: skip

READ: dict[str, set[str]] = {
    xml.CAMUNDA: CAMUNDA,
    xml.OPERATON: CAMUNDA,
    xml.FLOWABLE: FLOWABLE,
    xml.ACTIVITI: CAMUNDA | FLOWABLE,
    xml.ZEEBE: {
        "adHoc", "assignmentDefinition", "calledDecision", "calledElement", "conditionalFilter", "formDefinition",
        "ioMapping", "loopCharacteristics", "priorityDefinition", "script", "subscription", "taskDefinition",
        "taskSchedule", "userTask", "userTaskForm", "versionTag",
    },
    xml.SPIFFWORKFLOW: {
        "assignee", "calledDecisionId", "candidateGroups", "candidateUsers", "dueDate", "followUpDate", "formKey",
        "formRef", "instructionsForEndUser", "messagePayload", "messageVariable", "parameters", "postScript",
        "preScript", "priority", "scriptsOnInstances", "serviceTaskOperator",
    },
}  # fmt: skip
"""What is read: said nothing about."""

WORKER = "chủ đề cho chương trình bên ngoài (motcua:topic)|a topic for a worker outside (motcua:topic)"
TASK = "việc kịch bản trước hoặc sau việc này|a script task before or behind it"
MAPPINGS = "camunda:in và camunda:out|camunda:in and camunda:out"
TENANT = "xoá thuộc tính: ở đây không có người thuê (tenant)|no tenants: remove it"
RULES = "bảng quyết định DMN (motcua:decision)|a DMN decision (motcua:decision)"

CAMUNDA_CHANGES = {
    "connector": f"{WORKER.split('|')[0]} hoặc motcua:connector|{WORKER.split('|')[1]} or motcua:connector",
    "errorEventDefinition": "mã lỗi do chương trình bên ngoài báo|the error code that the worker reports",
    "resource": "kịch bản viết ngay trong việc|a script written in the task",
    "variableMappingClass": MAPPINGS,
    "variableMappingDelegateExpression": MAPPINGS,
    "caseRef": "calledElement (không có CMMN)|calledElement (there is no CMMN)",
    "calledElementTenantId": TENANT,
    "decisionRefTenantId": TENANT,
    "formHandlerClass": "tệp .form|a .form file",
    "variableEvents": "điều kiện trên biến|a condition on the variables",
}
FLOWABLE_CHANGES = {
    "businessCalendarName": "motcua:limit (ngày làm việc)|motcua:limit (working days)",
    "calledElementType": "calledElement là mã quy trình|calledElement with the process's key",
    "endDate": "R5/P1D/2026-02-01T00:00:00Z trong timeCycle|R5/P1D/2026-02-01T00:00:00Z in timeCycle",
    "eventType": "sự kiện thông điệp|a message event",
    "mapException": "mã lỗi do chương trình bên ngoài báo|the error code that the worker reports",
    "rules": RULES,
    "ruleVariablesInput": RULES,
    "skipExpression": "cổng rẽ quanh việc này|a gateway around the task",
    "storeResultVariableAsTransient": "resultVariable thường|an ordinary resultVariable",
    "taskCompleterVariableName": "lịch sử (ai đã làm)|the history (who did it)",
    "taskIdVariableName": "lịch sử|the history",
    "terminateAll": "kết thúc bằng lỗi (error) không ai bắt|an error end event that nothing catches",
    "triggerable": "việc nhận thông điệp sau việc này|a receive task behind it",
    "useLocalScopeForResultVariable": "biến thường|an ordinary variable",
    "variableAggregation": "loopDataOutputRef|loopDataOutputRef",
}

CHANGES_THE_RUN: dict[str, dict[str, str]] = {
    xml.CAMUNDA: CAMUNDA_CHANGES,
    xml.OPERATON: CAMUNDA_CHANGES,
    xml.FLOWABLE: FLOWABLE_CHANGES,
    xml.ACTIVITI: CAMUNDA_CHANGES | FLOWABLE_CHANGES,
    xml.ZEEBE: {
        "executionListeners": "việc dịch vụ trước hoặc sau bước này|a service task before or behind it",
        "taskListeners": "việc dịch vụ trước hoặc sau bước này|a service task before or behind it",
    },
    xml.SPIFFWORKFLOW: {
        "processVariableCorrelation": "correlationPropertyRetrievalExpression|a correlationPropertyRetrievalExpression",
        "variableName": "tên trường của biểu mẫu|the keys of the form's fields",
    },
}
"""What ignoring would change: the way out, as “tiếng Việt|English”."""

HARMLESS_VALUES = {
    "terminateAll": ("", "false"),
    "triggerable": ("", "false"),
    "useLocalScopeForResultVariable": ("", "false"),
    "storeResultVariableAsTransient": ("", "false"),
    "skipExpression": ("", "${false}"),
    "calledElementType": ("", "key"),
    "calledElementTenantId": ("",),
    "decisionRefTenantId": ("",),
    "variableEvents": ("", "create,update", "create, update", "create,update,delete", "create, update, delete"),
}
"""Attribute values that say what is done here anyway."""
