"""The `flowable:` namespace, and `activiti:`, from which it comes."""

from __future__ import annotations

from bpmn import xml
from bpmn.extensions import activiti, generated
from bpmn.extensions.camunda import expression_of, mappings, retries
from bpmn.extensions.parts import Call, Parts, flag, listed, whole
from bpmn.extensions.platform import Platform, platform_of
from bpmn.extensions.words import Words, first_of, joined, template

SPACES = (xml.FLOWABLE, xml.ACTIVITI)


def read(node: xml.Node, space: str) -> Parts:
    """Read what Flowable or Activiti says of a flow node in one of its namespaces."""
    words = Words(space, node)
    work = activiti.work_of(node, space)
    fields = activiti.fields(words) if work.java else ()
    definition = Words(space, first_of(node, "errorEventDefinition"))
    return Parts(
        form=words.get("formKey") or generated.key_of(node),
        candidate_groups=listed(words.get("candidateGroups")),
        candidate_users=listed(words.get("candidateUsers")),
        assignee=template(words.get("assignee")),
        due=template(words.get("dueDate")),
        priority=whole(words.get("priority")),
        priority_text=expression_of(words.get("priority")),
        initiator=words.get("initiator"),
        result_variable=words.get("resultVariable") or words.get("resultVariableName") or None,
        topic=work.topic,
        expression=work.expression,
        retries=retries(words),
        inputs=fields or None,
        call=call(node, words),
        each=activiti.each(node, space),
        payload=activiti.signalled(node, space),
        script=activiti.task_script(node, node.get("scriptFormat")),
        pre_script=joined(activiti.before(words)),
        post_script=joined(activiti.behind(words)),
        code_variable=definition.get("errorVariableName"),
    )


def call(node: xml.Node, words: Words) -> Call | None:
    """Read how a call activity finds its process; nothing goes in or out but what it says."""
    if xml.local(node) != "callActivity":
        return None
    ins, outs = words.all("in"), words.all("out")
    inherits, same = flag(words.get("inheritVariables")), flag(words.get("sameDeployment"))
    is_flowable = platform_of(node) is Platform.FLOWABLE
    if not (ins or outs or is_flowable) and inherits is None and same is None:
        return None
    return Call(
        binding="deployment" if same else "latest" if is_flowable else "",
        inputs=mappings(ins),
        outputs=mappings(outs),
        all_in=bool(inherits),
        all_out=False,
    )
