"""Forms and answers to them, as hypothesis draws them: every rule of form-js is reached, and reached often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

Schema = dict[str, Any]
Value = TypeVar("Value")
TODAY = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()

WORDS = ["", " ", "a", "ab", " ab ", "abc1", "x@y.vn", "a@b", "@", "+84912345678", "0084912345678", "0912345678", "12"]
WORDS += ["Ánh", "Nguyễn Văn A", "😀😀", "\u00a0x\u3000", "a/b", "A.B-1", "true", "null", "\ufb01", "A\u0301nh", "1\t2"]
WORDS += ["a" * 70 + "@b.vn"]
PATTERNS = ["^a", "b$", "\\d", "^\\d+$", "^[\\p{L}]+$", "(?<=a)b", "^.$", "^.{2,3}$", "a|x", "\\w{3}", "[^\\s]"]
PATTERNS += ["\\u00c1", "^\\S+\\s\\S+", "(a)b\\1|^x", "^[^@]+@", "^[a-z\\d]*$"]
NUMBERS = [0, 1, -1, 2, 3, 5, 7, 10, 18, 20, 0.1, 0.2, 0.3, 0.5, 1.5, 2.25, -0.5, 1.005, 99.99, 1000, 12345678.9, 1e-7]
LIMITS = [0, 1, 10, 0.1, 0.3, -1, "2", 18]
TIMES = ["00:00", "07:30", "12:00", "23:59"]
SUFFIXES = {"utc_offset": "+07:00", "utc_normalized": "Z", "no_timezone": ""}
OPTIONS: list[Any] = ["a", "b", "c d", 1, 2, 0, True, False, {"id": 1}, {"id": 2, "x": [1]}, [1, 2], "1"]
SOURCES = ["=o1", "=o2", '=["a", "b"]', '=[{label: "x", value: 1}]', "=none", "=((", "=o1[item != 1]"]
JUNK: list[Any] = [None, "", "x", 5, 1.5, True, False, [], ["a"], [1], {}, {"a": 1}, "2026-13-01", "12", "abc", "0x10"]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A form, what the process knows, and what a person answers."""

    schema: Schema
    variables: dict[str, Any]
    answers: dict[str, Any]


@dataclass(kw_only=True)
class _Maker:
    """Draws one pair; `known` are the names that expressions may use, each with literals worth comparing it to."""

    draw: Callable[[st.SearchStrategy[Any]], Any]
    known: list[tuple[str, list[str]]] = field(
        default_factory=lambda: [("v0", ["1", '"a"']), ("absent", ["null"]), ("g1.x", ["1"])]
    )
    count: int = 0
    lists: int = 0
    around: list[str] = field(default_factory=list)
    """The lists that what is drawn stands in: an expression over its own list never comes to rest."""

    def chance(self, of: int) -> bool:
        return bool(self.draw(st.integers(0, of - 1)) == of - 1)

    def one(self, values: list[Value]) -> Value:
        return self.draw(st.sampled_from(values))

    def name(self, sign: str) -> str:
        self.count += 1
        return f"{sign}{self.count}"

    # expressions

    def reference(self) -> tuple[str, list[str]]:
        return self.one(self.known[-6:] if self.chance(2) else self.known)

    def comparison(self) -> str:
        name, literals = self.reference()
        literal = self.one(literals)
        other = self.reference()[0]
        return self.one(
            [
                f"{name} = {literal}",
                f"{name} = {literal}",
                f"{name} != {literal}",
                f"{name} > {literal}",
                f"{name} >= {literal}",
                f"{name} < {literal}",
                f"{name} <= {literal}",
                f"{name} = null",
                f"{name} != null",
                f"{name} = {other}",
                name,
                f"not({name})",
                f"not({name} = {literal})",
                f"{name} in ({literal}, {self.one(literals)})",
                f"{name} in [{literal}..{self.one(literals)}]",
                f"list contains([{literal}], {name})",
                f"count({name}) > 1",
                f'contains({name}, "a")',
                f"string length({name}) > 2",
                f"is defined({name})",
                f"if {name} = {literal} then true else false",
                f"some x in {name} satisfies x = {literal}",
            ]
        )

    def condition(self) -> str:
        form = self.draw(st.integers(0, 11))
        if form < 7:
            return "=" + self.comparison()
        if form < 9:
            return f"={self.comparison()} {self.one(['and', 'or'])} {self.comparison()}"
        if form == 9:
            return f"=not({self.comparison()} {self.one(['and', 'or'])} {self.comparison()})"
        return self.one(["=((", "=", "true", "=true", "=false", "=null", '="x"', "=1", "=-", "=i[1] = 2"])

    def number_expression(self) -> str:
        name, _ = self.reference()
        fixed = ["=5", "=null", '="5"', '="x"', "=0.1 + 0.2", "=((", "=true"]
        return self.one([f"={name}", f"={name} + 1", f"=2 * {name}", *fixed])

    def value_expression(self) -> str:
        fields = [name for name, _ in self.known if name not in self.around]
        name, other = self.one(fields), self.one(fields)
        sums = [f"={name}", f"={name} + 1", f"={name} + {other}", f"={name} * 2", f"={name} - {other}"]
        lists = [
            f"=[{name}, {other}]",
            f"={{a: {name}}}",
            f"=count({name})",
            f"={name}[1]",
            f"=for x in {name} return x",
        ]
        return self.one(
            [*sums, *lists, f"=string({name})", f"={name} = {other}", f"=for x in {name} return x", "=((", "=1"]
        )

    # components

    def component(self, depth: int) -> Schema:
        kinds = ["textfield", "textfield", "number", "number", "datetime", "textarea", "checkbox", "radio", "select"]
        kinds += ["checklist", "taglist", "filepicker", "expression", "text"]
        if depth < 3:
            kinds += ["group", "dynamiclist"] * 2
        kind = self.one(kinds)
        made: Schema = {"type": kind, "id": self.name("id"), **getattr(self, f"_{kind}")(depth)}
        if self.chance(3):
            made["conditional"] = {"hide": self.condition()}
        return made

    def field(self, literals: list[str], defaults: list[Any]) -> Schema:
        key = self.name("k")
        key = f"{self.one(['g1', 'g2', 'h'])}.{key}" if self.chance(8) else key
        made: Schema = {"key": key, "label": key}
        if self.lists:
            self.known.append((self.one([f"this.{key}", key, f"parent.{key}"]), literals))
        else:
            self.known.append((key, literals))
        if self.chance(3):
            made["validate"] = {"required": True}
        if self.chance(8):
            made["disabled"] = True
        if self.chance(8):
            made["readonly"] = True if self.chance(2) else f"={self.comparison()}"
        if defaults and self.chance(4):
            made["defaultValue"] = self.one(defaults)
        return made

    def _textfield(self, _depth: int) -> Schema:
        made = self.field(['"a"', '"ab"', '""', "1"], WORDS)
        rules = made.setdefault("validate", {})
        for name, chance in (("minLength", 4), ("maxLength", 4)):
            if self.chance(chance):
                rules[name] = self.number_expression() if self.chance(4) else self.one([0, 1, 2, 3, 5, "2"])
        if self.chance(3):
            rules["pattern"] = self.one(PATTERNS)
            if self.chance(3):
                rules["patternErrorMessage"] = "told"
        if self.chance(4):
            rules["validationType"] = self.one(["email", "phone", "custom"])
        return made

    def _textarea(self, _depth: int) -> Schema:
        made = self._textfield(_depth)
        for name in ("pattern", "patternErrorMessage", "validationType"):
            made["validate"].pop(name, None)
        return made

    def _number(self, _depth: int) -> Schema:
        made = self.field(["1", "18", "0", "2.5"], NUMBERS)
        rules = made.setdefault("validate", {})
        for name in ("min", "max"):
            if self.chance(3):
                rules[name] = self.number_expression() if self.chance(3) else self.one(LIMITS)
        if self.chance(3):
            made["decimalDigits"] = self.one([0, 1, 2, 3])
        if self.chance(4):
            made["increment"] = self.one([1, 2, 0.1, "0.25", "3", 0.05])
        if self.chance(3):
            made["serializeToString"] = True
            if "defaultValue" in made:
                made["defaultValue"] = str(made["defaultValue"])
        return made

    def _datetime(self, _depth: int) -> Schema:
        made = self.field(['"2026-01-01"', '"07:30"', "null"], [])
        made["subtype"] = self.one(["date", "time", "datetime"])
        if made["subtype"] != "date":
            made["timeSerializingFormat"] = self.one(list(SUFFIXES))
        if made["subtype"] != "time" and self.chance(3):
            made["disallowPassedDates"] = True
        if self.chance(5):
            made["defaultValue"] = self.moment(made)
        return made

    def moment(self, schema: Schema) -> str:
        day = (TODAY + timedelta(days=self.one([-400, -2, 0, 2, 30, 400]))).isoformat()
        clock = self.one(TIMES) + SUFFIXES[schema.get("timeSerializingFormat", "no_timezone")]
        return {"date": day, "time": clock, "datetime": f"{day}T{clock}"}[schema["subtype"]]

    def _checkbox(self, _depth: int) -> Schema:
        return self.field(["true", "false"], [True, False])

    def choice(self) -> Schema:
        values = self.draw(st.lists(st.sampled_from(OPTIONS), min_size=1, max_size=4))
        made = self.field(['"a"', "1", "true"], [])
        source = self.draw(st.integers(0, 5))
        if source < 3:
            made["values"] = [self.option(value) for value in values]
        elif source == 3:
            made["valuesKey"] = self.one(["o1", "o2", "none"])
        else:
            made["valuesExpression"] = self.one(SOURCES)
        return made

    def option(self, value: Any) -> Any:
        if isinstance(value, str | int) and self.chance(4):
            return value
        return {"value": value, **({} if self.chance(6) else {"label": f"Mục {value}"})}

    def _radio(self, _depth: int) -> Schema:
        made = self.choice()
        if self.chance(4):
            made["defaultValue"] = self.one(OPTIONS)
        return made

    def _select(self, _depth: int) -> Schema:
        return self._radio(_depth)

    def _checklist(self, _depth: int) -> Schema:
        made = self.choice()
        if self.chance(4):
            made["defaultValue"] = self.draw(st.lists(st.sampled_from(OPTIONS), max_size=2))
        return made

    def _taglist(self, _depth: int) -> Schema:
        return self._checklist(_depth)

    def _filepicker(self, _depth: int) -> Schema:
        made = self.field(["null"], [])
        if self.chance(2):
            made["multiple"] = True if self.chance(2) else self.one(["=true", "=false", "=absent"])
        made.pop("readonly", None)
        return made

    def _expression(self, _depth: int) -> Schema:
        expression = self.value_expression()
        made = {**self.field(["1", "null", "true"], []), "expression": expression}
        made.pop("readonly", None)
        made.pop("disabled", None)
        if self.chance(3):
            made["computeOn"] = "presubmit"
        return made

    def _text(self, _depth: int) -> Schema:
        return {"text": "Chú ý"}

    def _group(self, depth: int) -> Schema:
        made: Schema = {"components": self.components(depth + 1)}
        if self.chance(2):
            made["path"] = self.one(["g1", "g2", "h", "h.i"])
        return made

    def _dynamiclist(self, depth: int) -> Schema:
        made: Schema = {"path": self.name("l")}
        if not self.lists:
            self.known.append((made["path"], ["null", "[]"]))
        repeats = not self.chance(10)
        made["isRepeating"] = repeats
        self.lists += repeats
        self.around.append(made["path"])
        if repeats:
            self.known.append(("this.x", ["1", '"a"']))
        made["components"] = self.components(depth + 1)
        self.around.pop()
        self.lists -= repeats
        if self.chance(2):
            made["defaultRepetitions"] = self.one([0, 1, 2, 3])
        made["allowAddRemove"] = not self.chance(4)
        return made

    def components(self, depth: int) -> list[Schema]:
        return [self.component(depth) for _ in range(self.draw(st.integers(1, 5 if depth == 0 else 3)))]

    # answers

    def level(self, components: list[Schema], give: Callable[[Schema], Any], rows: Callable[[Schema], int]) -> Any:
        """Draw a value for some of the fields of a level, at their paths."""
        made: dict[str, Any] = {}
        for component in components:
            if component["type"] == "text":
                continue
            if component["type"] == "dynamiclist" and component["isRepeating"]:
                if self.chance(3):
                    continue
                inner = [self.level(component["components"], give, rows) for _ in range(rows(component))]
                if give == self.before and self.chance(2):
                    inner = [{"x": self.one([1, "a"]), **row} for row in inner]
                _put(made, component["path"], inner)
            elif "components" in component:
                inside = self.level(component["components"], give, rows)
                _merge(made, component.get("path", ""), inside)
            elif not self.chance(4):
                value = give(component)
                if value is not _NONE:
                    _put(made, component["key"], value)
        return made

    def answer(self, component: Schema) -> Any:
        """Draw what the component of a field could send."""
        kind = component["type"]
        if component.get("disabled") or component.get("readonly") is True or kind == "expression":
            return _NONE
        match kind:
            case "textfield" | "textarea":
                return self.one([*WORDS, "a\nb"] if kind == "textarea" else WORDS)
            case "number":
                number = self.one([None, *NUMBERS])
                return str(number) if component.get("serializeToString") and number is not None else number
            case "datetime":
                return None if self.chance(5) else self.moment(component)
            case "checkbox":
                return self.chance(2)
            case "radio" | "select":
                return self.one([None, *self.offered(component)])
            case "filepicker":
                return self.one([[], ["q"]])
        return self.draw(st.lists(st.sampled_from(self.offered(component)), max_size=3, unique_by=repr))

    def offered(self, component: Schema) -> list[Any]:
        """Give the options, or other values now and then."""
        listed = component.get("values")
        if not listed or self.chance(6):
            return OPTIONS
        return [x["value"] if isinstance(x, dict) and "value" in x else x for x in listed]

    def before(self, component: Schema) -> Any:
        """Draw what the process may know under a field's name: mostly an answer, sometimes anything."""
        if component["type"] == "filepicker":
            return _NONE
        crashes = "valuesExpression" in component and component["type"] in ("checklist", "taglist")
        if self.chance(3) and not crashes:  # form-js fails where such a value is no list
            junk = self.one(JUNK)
            return "x" if junk == "0x10" and component.get("serializeToString") else junk  # another it fails at
        plain = {name: value for name, value in component.items() if name not in ("disabled", "readonly")}
        return self.answer(plain)


_NONE = object()


def _put(into: dict[str, Any], path: str, value: Any) -> None:
    *steps, last = path.split(".")
    for step in steps:
        into = into.setdefault(step, {})
    into[last] = value


def _merge(into: dict[str, Any], path: str, values: dict[str, Any]) -> None:
    for step in path.split(".") if path else ():
        into = into.setdefault(step, {})
    for key, value in values.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into, key, value)
        else:
            into[key] = value


@st.composite
def pairs(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Pair:
    """Draw a form of one to some twenty components with variables and answers."""
    maker = _Maker(draw=draw)
    components = maker.components(0)
    variables: dict[str, Any] = {"v0": maker.one([1, "a", None, [1, 2]])}
    if maker.chance(2):
        known = maker.level(components, maker.before, lambda _: maker.draw(st.integers(0, 3)))
        _merge(variables, "", known)
        if isinstance(variables.setdefault("g1", {}), dict):
            variables["g1"]["x"] = 1
    variables["o1"] = draw(st.lists(st.sampled_from([*OPTIONS, *JUNK]), max_size=4))
    variables["o2"] = [{"label": "Một", "value": 1}, {"label": "Hai", "value": "a"}, {"value": "b"}, {"label": "x"}]
    answers = maker.level(components, maker.answer, lambda x: _rows(maker, x))
    schema = {"type": "default", "id": "form", "components": components}
    return Pair(schema=schema, variables=variables, answers=answers)


def _rows(maker: _Maker, component: Schema) -> int:
    count: int = maker.draw(st.integers(0, 3))
    return count
