"""Hostile and broken files: a clear refusal, never another exception, never a slow one."""

from __future__ import annotations

import time

import pytest

from bpmn import reader, xml
from bpmn.model import BPMN
from errors import Malformed, Refused, TooLarge
from tests.bpmn.samples import chain, diagram

LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]><definitions xmlns="{BPMN}">&a9;</definitions>'
FILE = f'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><definitions xmlns="{BPMN}">&f;</definitions>'
SOUND = diagram(chain('<userTask id="u"/>'))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", Malformed),
        (b"\x00\x01\x02", Malformed),
        (b"hello", Malformed),
        (b'{"json": true}', Malformed),
        (b"PK\x03\x04 a zip", Malformed),
        (SOUND[:-20], Malformed),
        (SOUND + SOUND, Malformed),
        (SOUND.replace(b"isExecutable", b"is Executable"), Malformed),
        (SOUND.replace(b"<userTask", b"<foo:userTask"), Malformed),
        (b"<html><body>no</body></html>", Malformed),
        (b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', Malformed),
        (b"<definitions/>", Malformed),
        (SOUND.decode().replace("UTF-8", "no-such-encoding").encode(), Malformed),
        (b"\xff\xfe" + SOUND, Malformed),
        (SOUND.replace(b'name="P"', b'name="\xff\xfe"'), Malformed),
        (SOUND.replace(b'name="P"', b'name="&#0;"'), Malformed),
        (SOUND.replace(b'name="P"', b'name="&nothing;"'), Malformed),
        (b"<!DOCTYPE definitions>" + SOUND.split(b"?>", 1)[1], Malformed),
        (BOMB.encode(), Malformed),
        (FILE.encode(), Malformed),
        (BOMB.replace('<?xml version="1.0"?>', "").encode("utf-16"), Malformed),
        (SOUND + b" " * xml.MAX_BYTES, TooLarge),
        (SOUND.replace(b"<userTask", b"<a>" * 5_000 + b"<userTask"), TooLarge),
        (SOUND.replace(b"<userTask", b"<a/>" * 60_000 + b"<userTask"), TooLarge),
    ],
)
def test_a_hostile_or_broken_file_is_refused_with_a_sentence(data, error):
    started = time.monotonic()
    with pytest.raises(error) as refused:
        reader.parse(data)
    assert refused.value.text.vi
    assert refused.value.text.en
    assert time.monotonic() - started < 2


def test_one_attribute_a_thousand_times_is_refused():
    with pytest.raises(Refused):
        reader.parse(SOUND.replace(b"<userTask", b"<userTask " + b'a="1" ' * 1000))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_other_encodings_are_read_where_the_file_names_them(encoding):
    name = "é" if encoding == "iso-8859-1" else "Gọi"
    text = SOUND.decode().replace("UTF-8", encoding).replace('name="P"', f'name="{name}"')
    (process,) = reader.processes(reader.parse(text.encode(encoding)))
    assert process.name == name


def test_comments_and_instructions_are_left_out():
    root = reader.parse(SOUND.replace(b"<userTask", b"<!-- a --><?php echo 1 ?><userTask"))
    assert all(isinstance(node.tag, str) for node in root.iter())
