"""Whatever is done to the bytes of a file, the answer is findings or a refusal: never another exception."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from bpmn import reader
from bpmn.archive import open_zip
from bpmn.bundle import Bundle, read
from bpmn.definition import load
from errors import Refused
from findings import errors_among
from tests.bpmn.samples import FORM, TABLE, WILD
from tests.bpmn.test_archive import packed

ROUNDS = 20_000 if os.environ.get("MOTCUA_SOAK") == "1" else 150
SEEDS = tuple(WILD.values())
ROOTS = [etree.fromstring(seed) for seed in SEEDS]
NAMES = sorted({str(node.tag) for root in ROOTS for node in root.iter("*")})
ATTRIBUTES = sorted({str(name) for root in ROOTS for node in root.iter("*") for name in node.attrib})
USED = {value for root in ROOTS for node in root.iter("*") for value in node.attrib.values()}
VALUES = sorted(USED | {"", "${", "x" * 300, "-1"})
PATCHES = [b"", b"\x00", b"<", b"&#1;", b'"', b"]]>", b"\xf0\x9f"]
fuzzed = settings(max_examples=ROUNDS, deadline=None, suppress_health_check=list(HealthCheck))


@fuzzed
@given(st.sampled_from(SEEDS), st.data())
def test_bytes_cut_doubled_or_changed_never_raise(seed, data):
    xml = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(xml)))
        to = min(len(xml), at + data.draw(st.integers(0, 60)))
        xml[at:to] = data.draw(st.sampled_from([*PATCHES, bytes(xml[at:to]) * 2]))
    assert isinstance(read({"p.bpmn": bytes(xml)}), Bundle)


@fuzzed
@given(st.integers(0, len(SEEDS) - 1), st.data())
def test_elements_and_attributes_moved_about_never_raise(which, data):
    root = etree.fromstring(SEEDS[which])
    for _ in range(data.draw(st.integers(1, 8))):
        nodes = list(root.iter("*"))
        node = nodes[data.draw(st.integers(0, len(nodes) - 1))]
        other = nodes[data.draw(st.integers(0, len(nodes) - 1))]
        match data.draw(st.integers(0, 4)):
            case 0:
                node.set(data.draw(st.sampled_from(ATTRIBUTES)), data.draw(st.sampled_from(VALUES)))
            case 1 if node.attrib:
                del node.attrib[data.draw(st.sampled_from(sorted(map(str, node.attrib))))]
            case 2 if node is not root:
                node.tag = data.draw(st.sampled_from(NAMES))
            case 3 if node is not root and node not in list(other.iterancestors()) and node is not other:
                other.append(node)
            case _ if node is not root:
                node.getparent().remove(node)
    xml = etree.tostring(root)
    bundle = read({"p.bpmn": xml, "grade.dmn": TABLE, "application.form": FORM})
    if not errors_among(bundle.findings):  # what the checks let through, the engine compiles
        for file in bundle.processes:
            load(file.key, [file.xml], id="d", version=1)


@fuzzed
@given(st.binary(max_size=300), st.sampled_from(["p.bpmn", "t.dmn", "f.form", "z"]))
def test_random_bytes_never_raise(data, name):
    assert isinstance(read({name: data}), Bundle)


@fuzzed
@given(st.data())
def test_a_damaged_zip_is_opened_or_refused(data):
    archive = bytearray(packed(("p.bpmn", SEEDS[0]), ("a.form", FORM)))
    for _ in range(data.draw(st.integers(1, 6))):
        archive[data.draw(st.integers(0, len(archive) - 1))] = data.draw(st.integers(0, 255))
    try:
        files = open_zip("z.zip", bytes(archive))
    except Refused:
        return
    assert isinstance(read(files), Bundle)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_seeds_are_read(seed):
    assert reader.processes(reader.parse(seed))
