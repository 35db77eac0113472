"""The scripts of the shell in a real browser: keys, menus, the diagram; and all of it without script.

The shell is served alone, by a thread of this process: no database is needed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from flask import Flask, Response, g, render_template_string
from werkzeug.serving import make_server

from dev.machine import chromium
from tests.lacking import missing
from web.assets import manifest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LIST = """{% extends "base_staff.html" %}{% from "macros/table.html" import table, tick %}
{% from "macros/buttons.html" import link_button %}{% from "macros/field.html" import field %}
{% block content %}<h1>Việc</h1>{{ link_button("Lấy việc kế tiếp", "#next", key="n") }}
{% call table(["", "Mã", "Ghi chú"], rows=true) %}{% for n in range(3) %}
<tr><td>{{ tick(n, n) }}</td><td><a href="#row-{{ n }}">{{ n }}</a></td><td></td></tr>{% endfor %}{% endcall %}
{{ field("note", "Ghi chú") }}{% endblock %}"""
DRAWING = """{% extends "base_staff.html" %}{% from "macros/diagram.html" import diagram %}
{% block content %}<h1>Sơ đồ</h1>{{ diagram("/drawing.bpmn", "Sơ đồ", ["check"], ["filed"]) }}{% endblock %}"""
XML = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="d" targetNamespace="t">
  <bpmn:process id="p" isExecutable="true"><bpmn:startEvent id="filed" name="Đã nộp"/>
    <bpmn:sequenceFlow id="f" sourceRef="filed" targetRef="check"/>
    <bpmn:userTask id="check" name="Kiểm tra hồ sơ"/></bpmn:process>
  <bpmndi:BPMNDiagram id="g"><bpmndi:BPMNPlane id="l" bpmnElement="p">
    <bpmndi:BPMNShape id="s1" bpmnElement="filed"><dc:Bounds x="100" y="102" width="36" height="36"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s2" bpmnElement="check"><dc:Bounds x="200" y="80" width="100" height="80"/></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="e" bpmnElement="f">
      <di:waypoint x="136" y="120"/><di:waypoint x="200" y="120"/></bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    path = chromium()
    if path is None:
        missing("Chromium is missing (apt install chromium).")
    if not manifest():
        missing("The browser's assets are not built (node web/frontend/build.mjs).")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def address(shell: Flask) -> Iterator[str]:
    shell.add_url_rule("/list", "list", lambda: render_template_string(LIST))
    shell.add_url_rule("/drawing.bpmn", "xml", lambda: Response(XML, mimetype="application/xml"))

    @shell.get("/drawing")
    def drawing() -> str:
        g.allows_inline_style = True
        return render_template_string(DRAWING, loads_viewer=True)

    server = make_server("127.0.0.1", 0, shell, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_page(browser: Browser, address: str):
    """Open a page; whatever its console complains about fails the test."""
    wrong: list[str] = []
    contexts = []

    def open_(path: str, *, width: int = 1366, script: bool = True) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 768}, java_script_enabled=script)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(address + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert wrong == []


def test_keys_walk_the_list_and_are_letters_in_a_field(open_page):
    page = open_page("/list?as=officer")
    page.wait_for_selector("html.js")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.eval_on_selector_all("tr.mc-here", "rows => rows.map(row => row.rowIndex)") == [2]
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#row-1"
    page.keyboard.press("x")
    assert page.is_checked("tbody tr:nth-child(2) input")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "mc-find"
    page.keyboard.type("njk?")
    assert page.input_value("#mc-find") == "njk?"
    page.focus("tbody a")
    page.keyboard.press("n")
    assert page.url.endswith("#next")


def test_single_letters_can_be_switched_off_and_stay_off(open_page):
    page = open_page("/list?as=officer")
    page.wait_for_selector("html.js")
    page.keyboard.press("?")
    assert "Lấy việc kế tiếp" in page.inner_text("#mc-keys")
    page.check("[data-keys-off]")
    page.keyboard.press("Escape")
    page.reload()
    page.wait_for_selector("html.js")
    page.keyboard.press("j")
    assert page.locator("tr.mc-here").count() == 0
    page.keyboard.press("?")
    assert page.is_checked("[data-keys-off]")


def test_the_diagram_is_marked_reachable_and_shows_its_makers(open_page):
    page = open_page("/drawing?as=designer")
    page.wait_for_selector("[data-ready=yes]")
    assert page.get_attribute("[data-element-id=check]", "class").split().count("mc-now") == 1
    assert page.inner_text(".mc-diagram-flag") == "đang ở đây"
    spoken = page.eval_on_selector_all(".djs-element[tabindex]", "all => all.map(it => it.ariaLabel)")
    assert spoken == ["Đã nộp. đã qua", "Kiểm tra hồ sơ. đang ở đây"]
    logo = page.locator(".bjs-powered-by").bounding_box()
    assert logo
    middle = [logo["x"] + logo["width"] / 2, logo["y"] + logo["height"] / 2]
    assert page.evaluate("([x, y]) => !!document.elementFromPoint(x, y).closest('.bjs-powered-by')", middle)


@pytest.mark.parametrize("width", [1366, 390, 320])
def test_the_frame_fits_every_width(open_page, width: int):
    page = open_page("/list?as=officer,head,designer,operator,admin", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_menus_open_without_script(open_page):
    page = open_page("/list?as=officer", width=390, script=False)
    page.click(".mc-menu summary")
    assert page.is_visible(".mc-menu nav a[href='/inbox']")
    assert page.is_visible(".mc-menu form[action='/sign-out'] button")
    assert page.is_hidden("[data-keys-help]")
