"""What scripts make of numbers in a field is what the server reads: the same texts through both, in one process."""

from __future__ import annotations

import json
import subprocess

from dev.machine import ROOT
from dev.setup import node
from forms import numbers, values

TEXTS = (
    "", "0", "12", "-3", "+4,5", "1,5", "1.5", "1.500", "1,500", "0.500", "1.500.000", "1,500,000", "1.500,5",
    "1,500.5", "1 500", "1 500,25", "1\u00a0500", "1.50.000",
    "12a", "1..2", ",5", "5,", "1.500.000.5", "\u22127", "1e3", "0,1250",
)  # fmt: skip
STEPS = {
    ("0.2", "0.1", 1): "0.3",
    ("1,5", "0.5", 1): "2",
    ("0,3", "0.5", 1): "0.5",
    ("0,3", "0.5", -1): "0",
    ("-0,3", "0.5", -1): "-0.5",
    ("", "0.1", 1): "0.1",
    ("", "5", -1): "-5",
    ("12345678901234567890.1", "0.1", 1): "12345678901234567890.2",
    ("nhiều", "1", 1): "",
}
MASKS = {
    ("001304012345", "3 3 3 3"): "001 304 012 345",
    ("0912345678", "4 3 3|3 4 4"): "0912 345 678",
    ("02438251234", "4 3 3|3 4 4"): "024 3825 1234",
    ("+84912345678", "4 3 3|3 4 4"): "+84912345678",
    ("0100233488001", "10-3|3 3 3 3"): "0100233488-001",
    ("12a", "3 3"): "12a",
}
GROUPED = {"1234,5": "1.234,5", "1234567": "1.234.567", "999": "999", "-12500": "-12.500", "x": "x", "1.5": "1,5"}
PROGRAM = """
globalThis.window = { addEventListener() {} };
globalThis.document = { documentElement: { lang: 'vi' }, addEventListener() {} };
const [texts, steps, masks, groups] = JSON.parse(process.argv[1]);
const { read, grouped, written } = await import('./web/frontend/site/widgets/numbers.js');
const { stepped } = await import('./web/frontend/site/widgets/steps.js');
const { apart } = await import('./web/frontend/site/widgets/masks.js');
const { folded, matching } = await import('./web/frontend/site/widgets/finder.js');
const found = ['Hà Nội', 'Hải Phòng', 'Đà Nẵng', 'Thành phố Hà Nội'].map((label) => ({ label, folded: folded(label) }));
console.log(JSON.stringify({
  reads: texts.map((text) => [read(text, false), read(text, true)]),
  steps: steps.map(([text, by, way]) => stepped(text, by, way)),
  masks: masks.map(([text, mask]) => apart(text, mask)),
  groups: groups.map((text) => grouped(text, false)),
  written: ['0.125', '1.125', '1234.125', '2'].map(written),
  found: ['ha noi', 'NANG da', 'đà', 'x'].map((typed) => matching(found, typed).map((it) => it.label)),
}));
"""


def test_fields_with_a_script_read_step_and_show_numbers_as_the_server_does() -> None:
    binary, _, _ = node()
    asked = json.dumps([TEXTS, list(STEPS), list(MASKS), list(GROUPED)])
    done = subprocess.run(
        [*binary, "--input-type=module", "-e", PROGRAM, asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    said = json.loads(done.stdout)
    for text, (plain, whole) in zip(TEXTS, said["reads"], strict=True):
        for given, is_whole in ((plain, False), (whole, True)):
            ours = numbers.read(text, whole=is_whole, exact=True)
            expected = None if ours is None or isinstance(ours, values.Unreadable) else values.exact(ours)
            assert (values.exact(given) if given else None) == expected, (text, is_whole)
    assert said["steps"] == list(STEPS.values())
    assert said["masks"] == list(MASKS.values())
    assert said["groups"] == list(GROUPED.values())
    assert said["written"] == ["0,125", "1,1250", "1234,125", "2"]
    assert said["found"] == [["Hà Nội", "Thành phố Hà Nội"], ["Đà Nẵng"], ["Đà Nẵng"], []]
