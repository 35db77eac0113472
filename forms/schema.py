"""From form-js JSON to the form tree, and what is to be said about a schema at upload."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from errors import Detail, Invalid
from findings import Finding, Severity
from forms import checks, model, reading
from forms.components import BUILDERS, KEYLESS
from forms.model import Component, Container, Field, Form, Kind, Names
from texts import Text

NEWEST_VERSION = 19
MAX_COMPONENTS = 1000
MAX_DEPTH = 20
_NAME = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*")


def read(schema: Mapping[str, Any]) -> Form:
    """Read a form-js schema into a form tree.

    Raises errors.Invalid, one detail for each point, where `check` finds an error; warnings do not stop it.
    """
    reader = _Reader()
    form = reader.form(schema)
    wrong = [x for x in reader.findings if x.severity is Severity.ERROR]
    if wrong:
        raise Invalid(details=[Detail(code=x.rule, message=x.message, element_id=x.element_id) for x in wrong])
    return form


def check(schema: Mapping[str, Any], file: str = "") -> tuple[Finding, ...]:
    """Say what is wrong with a schema, what is ignored and what probably is not meant; never raises."""
    reader = _Reader(file=file)
    reader.form(schema)
    return tuple(reader.findings)


@dataclass(slots=True)
class _Level:
    """The names taken so far at one level of the answers."""

    inner: dict[str, _Level] | None = None
    is_list: bool = False

    def frozen(self) -> Names:
        inner = None if self.inner is None else {key: level.frozen() for key, level in self.inner.items()}
        return Names(inner, self.is_list)


@dataclass(slots=True, kw_only=True)
class _Reader:
    file: str = ""
    findings: list[Finding] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    """Ids as the schema has them."""
    ids: set[str] = field(default_factory=set)
    """Ids as the pages have them."""
    count: int = 0
    is_dynamic: bool = False

    def form(self, schema: object) -> Form:
        if not isinstance(schema, dict):
            self.say(
                "form-not-an-object",
                Severity.ERROR,
                {},
                "Biểu mẫu phải là một đối tượng JSON của form-js",
                "A form must be a JSON object as form-js writes it",
            )
            return Form(id="", components=())
        if schema.get("type", "default") != "default":
            self.say(
                "form-root-type",
                Severity.ERROR,
                schema,
                "Gốc của biểu mẫu phải có type là “default”",
                "The root of a form must have the type “default”",
            )
        if reading.whole(schema.get("schemaVersion"), 1, least=0, most=10_000) > NEWEST_VERSION:
            self.say(
                "form-schema-version",
                Severity.WARNING,
                schema,
                f"schemaVersion mới hơn {NEWEST_VERSION}: phần mới có thể bị bỏ qua; hãy xem thử biểu mẫu",
                f"schemaVersion is newer than {NEWEST_VERSION}: what is new may be ignored; look at a preview",
            )
        if not isinstance(schema.get("components"), list):
            self.say(
                "form-components",
                Severity.ERROR,
                schema,
                "Biểu mẫu cần danh sách components",
                "A form needs a list of components",
            )
        root = _Level(inner={})
        components = self.components(schema.get("components"), root, 0)
        return Form(
            id=reading.text(schema.get("id")),
            components=components,
            names=root.frozen(),
            is_dynamic=self.is_dynamic,
        )

    def components(self, schemas: object, level: _Level, depth: int) -> tuple[Component, ...]:
        if depth > MAX_DEPTH:
            self.say(
                "form-depth",
                Severity.ERROR,
                {},
                f"Các nhóm lồng nhau quá {MAX_DEPTH} cấp; hãy bớt cấp",
                f"Groups are nested deeper than {MAX_DEPTH}; flatten them",
            )
            return ()
        read = (self.component(schema, level, depth) for schema in reading.items(schemas))
        return tuple(component for component in read if component is not None)

    def component(self, schema: object, level: _Level, depth: int) -> Component | None:
        self.count += 1
        if self.count > MAX_COMPONENTS:
            if self.count == MAX_COMPONENTS + 1:
                self.say(
                    "form-size",
                    Severity.ERROR,
                    {},
                    f"Biểu mẫu có quá {MAX_COMPONENTS} thành phần; hãy chia nhỏ",
                    f"A form has more than {MAX_COMPONENTS} components; split it",
                )
            return None
        if not isinstance(schema, dict):
            self.say(
                "form-component",
                Severity.ERROR,
                {},
                "Mỗi thành phần của biểu mẫu phải là một đối tượng JSON",
                "Each component of a form must be a JSON object",
            )
            return None
        kind = self.kind(schema)
        if kind is None or not self.named(schema, kind):
            return None
        component = self.build(schema, kind, level, depth)
        for finding in checks.check_component(component, schema):
            self.say(finding.rule, finding.severity, schema, finding.message.vi, finding.message.en)
        self.is_dynamic |= uses_feel(component)
        return component

    def kind(self, schema: Mapping[str, Any]) -> Kind | None:
        name = reading.text(schema.get("type"))
        if name in BUILDERS:
            return Kind(name)
        self.say(
            "form-type",
            Severity.ERROR,
            schema,
            f"Không có loại thành phần “{name[:40]}”; hãy dùng loại của form-js 1.23",
            f"There is no component type “{name[:40]}”; use a type of form-js 1.23",
        )
        return None

    def named(self, schema: Mapping[str, Any], kind: Kind) -> bool:
        """Say whether the component has the key or path that its answers need."""
        name = schema.get("path" if kind in (Kind.GROUP, Kind.DYNAMICLIST) else "key")
        if kind in KEYLESS or (kind is Kind.GROUP and name in (None, "")):
            return True
        if isinstance(name, str) and len(name) <= 200 and _NAME.fullmatch(name):
            return True
        self.say(
            "form-key",
            Severity.ERROR,
            schema,
            "Đặt key (nhóm lặp: path) chỉ gồm chữ cái không dấu, chữ số, dấu gạch dưới, cách nhau bằng dấu chấm",
            "Give it a key (a dynamic list: a path) of letters, digits and underscores, parted by dots",
        )
        return False

    def build(self, schema: Mapping[str, Any], kind: Kind, level: _Level, depth: int) -> Component:
        id_ = self.unique(self.told_apart(schema))
        if kind in (Kind.GROUP, Kind.DYNAMICLIST):
            path = reading.path(schema.get("path"))
            repeats = kind is Kind.DYNAMICLIST and reading.flag(schema.get("isRepeating"), True)
            inner = self.claim(level, path, schema, is_list=repeats)
            make: Callable[..., Container] = BUILDERS[kind]  # type: ignore[assignment]
            return make(schema, id=id_, components=self.components(schema.get("components"), inner, depth + 1))
        component = BUILDERS[kind](schema, id=id_)
        if isinstance(component, Field):
            self.claim(level, component.path, schema, is_leaf=True)
        return component

    def told_apart(self, schema: Mapping[str, Any]) -> str:
        """Give the id of a component; form-js refuses the whole schema where two have the same."""
        id_ = reading.text(schema.get("id"))[:100]
        if id_ in self.given:
            self.say(
                "form-id-taken",
                Severity.WARNING,
                schema,
                f"Hai thành phần có cùng id “{id_}”: trình soạn biểu mẫu không mở được; hãy đổi một id",
                f"Two components have the id “{id_}”: the form editor cannot open this; change one of them",
            )
        if id_:
            self.given.add(id_)
        return id_

    def unique(self, id_: str) -> str:
        """Give an id that no other component has, fit for HTML."""
        id_ = re.sub(r"\W", "_", id_)
        number = len(self.ids)
        while not id_ or id_ in self.ids:
            id_ = f"Field_{(number := number + 1)}"
        self.ids.add(id_)
        return id_

    def claim(
        self,
        level: _Level,
        path: tuple[str, ...],
        schema: Mapping[str, Any],
        *,
        is_leaf: bool = False,
        is_list: bool = False,
    ) -> _Level:
        """Take a path for one component, as form-js does: a leaf and a list alone, groups together."""
        for number, name in enumerate(path, 1):
            inner = level.inner if level.inner is not None else {}
            known, last = inner.get(name), number == len(path)
            if known is not None and (known.inner is None or known.is_list or (last and (is_leaf or is_list))):
                self.say(
                    "form-key-taken",
                    Severity.ERROR,
                    schema,
                    f"“{'.'.join(path)}” đã được thành phần khác dùng; hãy đặt key hoặc path khác",
                    f"“{'.'.join(path)}” is used by another component; choose another key or path",
                )
                return _Level(inner={})
            if known is None:
                known = inner[name] = _Level(None if last and is_leaf else {}, is_list=last and is_list)
            level = known
        return level

    def say(self, rule: str, severity: Severity, schema: Mapping[str, Any], vi: str, en: str) -> None:
        name = reading.text(schema.get("label")) or reading.text(schema.get("key")) or reading.text(schema.get("type"))
        self.findings.append(
            Finding(
                rule=rule,
                severity=severity,
                message=Text(vi, en),
                file=self.file,
                element_id=reading.text(schema.get("id"))[:100],
                element_name=name[:100],
            )
        )


def uses_feel(component: Component) -> bool:
    """Say whether something of the component is an expression or a template."""
    if any(text.startswith("=") or "{{" in text for _, both in checks.texts(component) for text in (both.vi, both.en)):
        return True
    return any(isinstance(getattr(component, part, None), model.Feel) for part in checks.FEEL_PARTS)
