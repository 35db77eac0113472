"""What the schema of each component type may say: the properties of form-js 1.23, and what is made of them here.

The reference page is made from this, and what a schema says besides is named at upload.
"""

from __future__ import annotations

from collections.abc import Mapping

from forms.model import Kind

EVERYWHERE = frozenset({"type", "id", "conditional", "layout", "appearance", "properties", "security", "url"})
"""The schema of form-js allows these on every type, whether they do anything there or not."""
_ANSWERED = frozenset({"key", "label", "description", "readonly", "disabled", "defaultValue", "validate"})
_CHOICE = _ANSWERED | {"values", "valuesKey", "valuesExpression"}
_GROUP = frozenset({"label", "components", "path", "showOutline", "verticalAlignment"})
KNOWN: dict[Kind, frozenset[str]] = {
    Kind.TEXTFIELD: _ANSWERED,
    Kind.TEXTAREA: _ANSWERED,
    Kind.NUMBER: _ANSWERED | {"increment", "decimalDigits", "serializeToString"},
    Kind.DATETIME: _ANSWERED
    | {
        "subtype",
        "dateLabel",
        "timeLabel",
        "use24h",
        "timeSerializingFormat",
        "timeInterval",
        "disallowPassedDates",
    },
    Kind.CHECKBOX: _ANSWERED,
    Kind.RADIO: _CHOICE,
    Kind.SELECT: _CHOICE | {"searchable"},
    Kind.CHECKLIST: _CHOICE,
    Kind.TAGLIST: _CHOICE,
    Kind.FILEPICKER: _ANSWERED | {"accept", "multiple"},
    Kind.EXPRESSION: _ANSWERED | {"expression", "computeOn"},
    Kind.TEXT: frozenset({"label", "text", "strict"}),
    Kind.HTML: frozenset({"label", "content", "strict"}),
    Kind.IMAGE: frozenset({"label", "source", "alt"}),
    Kind.TABLE: frozenset({"label", "columns", "columnsExpression", "rowCount", "dataSource"}),
    Kind.IFRAME: frozenset({"label", "height"}),
    Kind.DOCUMENT_PREVIEW: frozenset({"label", "title", "dataSource", "maxHeight"}),
    Kind.BUTTON: frozenset({"label", "action"}),
    Kind.SEPARATOR: frozenset({"label"}),
    Kind.SPACER: frozenset({"label", "height"}),
    Kind.GROUP: _GROUP,
    Kind.DYNAMICLIST: _GROUP
    | {"isRepeating", "allowAddRemove", "defaultRepetitions", "disableCollapse", "nonCollapsedItems"},
}
_TEXT = frozenset({"required", "minLength", "maxLength"})
RULES: dict[Kind, frozenset[str]] = {
    Kind.TEXTFIELD: _TEXT | {"validationType", "pattern", "patternErrorMessage"},
    Kind.TEXTAREA: _TEXT,
    Kind.NUMBER: frozenset({"required", "min", "max"}),
}
"""What may stand in `validate`; of every other type: `required`."""
ONLY_REQUIRED = frozenset({"required"})
OURS = frozenset(
    {
        "validator",
        "autocomplete",
        "inputmode",
        "maxRows",
        "page",
        "prefixAdornerEn",
        "suffixAdornerEn",
        "thousands",
    }
)
"""The free `properties` that mean something here, besides the English of a text (`labelEn` for `label`)."""


def unknown(kind: Kind, schema: Mapping[str, object], validate: Mapping[str, object]) -> list[str]:
    """Name what a component's schema says that no form-js knows for its type, so that nothing is made of it."""
    known = KNOWN[kind] | EVERYWHERE
    rules = RULES.get(kind, ONLY_REQUIRED)
    english = {name for name in schema if name.endswith("En") and name[:-2] in known}
    return [
        *(name for name in schema if name not in known and name not in english),
        *(f"validate.{name}" for name in validate if name not in rules),
    ]
