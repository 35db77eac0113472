"""The frame of the pages: landmarks, languages, areas by role, headers, assets."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask, flash, g, redirect, render_template_string

from web import assets
from web.security import content_policy

WEB = Path(__file__).parents[2] / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))

PUBLIC = """{% extends "base_public.html" %}{% set has_errors = true %}{% block title %}Tra cứu{% endblock %}
{% block content %}<h1>Tra cứu</h1>{% endblock %}{% block aside %}{{ aside_text }}{% endblock %}"""
STAFF = """{% extends "base_staff.html" %}{% block content %}<h1>Hộp việc</h1>{% endblock %}
{% block rail %}{{ rail_text }}{% endblock %}{% block aside %}{{ aside_text }}{% endblock %}"""


@pytest.fixture
def client(shell: Flask):
    @shell.get("/track")
    def track() -> str:
        return render_template_string(PUBLIC, aside_text="")

    @shell.get("/my/dossiers")
    def mine() -> str:
        return render_template_string(PUBLIC, aside_text="Giấy tờ")

    @shell.get("/inbox")
    def inbox() -> str:
        flash("Đã <b>chuyển</b>", "ok")
        return render_template_string(STAFF, rail_text="Việc")

    @shell.get("/board/late")
    def board() -> str:
        return render_template_string(STAFF, aside_text="Đồng hồ")

    @shell.get("/drawing")
    def drawing() -> str:
        g.allows_inline_style = True
        return render_template_string(STAFF, loads_viewer=True)

    @shell.get("/away")
    def away():
        return redirect("/track")

    return shell.test_client()


def test_a_public_page_has_landmarks_language_and_sample_notice(client):
    page = client.get("/track").text
    assert '<html lang="vi">' in page
    assert 'class="mc-public"' in page
    assert page.index('class="mc-skip" href="#main"') < page.index("<header")
    assert '<main id="main"' in page
    assert "Dữ liệu minh hoạ, không phải tư vấn pháp lý" in page
    assert "<title>Lỗi: Tra cứu – Một cửa</title>" in page
    assert '<a href="/track" aria-current="page">Tra cứu</a>' in page
    assert '<a class="btn btn-plain" href="/sign-in">' in page
    assert "<aside" not in page
    assert "{%" not in page


def test_an_aside_stands_beside_only_when_it_has_something(client):
    assert '<aside class="mc-stack"' in client.get("/my/dossiers").text


def test_the_staff_bar_shows_the_areas_of_the_roles(client):
    officer = client.get("/inbox?as=officer").text
    assert '<li><a href="/inbox" aria-current="page">Hộp việc</a></li>' in officer
    assert 'href="/board"' not in officer
    assert 'href="/designer"' not in officer
    everything = client.get("/board/late?as=admin").text
    for url in ("/inbox", "/dossiers", "/board", "/designer", "/operator", "/admin"):
        assert f'<a href="{url}"' in everything
    assert '<li><a href="/board" aria-current="page">Bảng theo dõi</a></li>' in everything


def test_an_applicant_has_no_staff_pages(client):
    assert "Trang cán bộ" not in client.get("/track?as=applicant").text
    assert "Trang cán bộ" in client.get("/track?as=officer").text


def test_the_layout_follows_the_blocks_that_are_filled(client):
    assert "mc-shell-rail" in client.get("/inbox?as=officer").text
    desk = client.get("/board/late?as=manager").text
    assert "mc-desk mc-desk-two" in desk
    assert '<aside class="mc-side"' in desk


def test_signing_out_is_a_post_with_a_token(client):
    page = client.get("/track?as=applicant").text
    form = re.search(r'<form action="/sign-out" method="post">(.*?)</form>', page, re.DOTALL)
    assert form
    assert 'name="csrf_token"' in form[1]


def test_a_flashed_line_is_shown_once_and_escaped(client):
    page = client.get("/inbox?as=officer").text
    assert "mc-notice mc-ok" in page
    assert "Đã &lt;b&gt;chuyển&lt;/b&gt;" in page


def test_the_language_is_asked_once_and_remembered(client):
    english = client.get("/track?lang=en&code=1")
    assert '<html lang="en">' in english.text
    assert 'href="/track?code=1&amp;lang=vi"' in english.text
    assert "Procedures" in english.text
    assert '<html lang="en">' in client.get("/track").text
    client.get("/away?lang=vi")
    assert '<html lang="vi">' in client.get("/track").text


def test_a_language_that_we_do_not_speak_is_vietnamese(client):
    answer = client.get("/track?lang=xx")
    assert '<html lang="vi">' in answer.text
    assert "lang=xx" not in answer.headers.get("Set-Cookie", "")


@pytest.mark.parametrize("path", ["/track", "/nowhere", "/assets/nothing.js", "/away"])
def test_every_answer_carries_the_safety_headers(client, path: str):
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"] == content_policy()
    assert "'unsafe-inline'" not in headers["Content-Security-Policy"]
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_only_a_page_that_draws_may_style_inline(client):
    answer = client.get("/drawing?as=officer")
    assert "style-src 'self' 'unsafe-inline'" in answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    assert "viewer" in answer.text
    assert "'unsafe-inline'" not in client.get("/track").headers["Content-Security-Policy"]


def test_a_signed_in_page_is_not_kept_by_the_browser(client):
    assert client.get("/inbox?as=officer").headers["Cache-Control"] == "no-store"
    assert client.get("/track").headers["Cache-Control"] == "no-cache"


def test_cookies_are_kept_from_scripts_and_other_sites(client):
    cookie = client.get("/inbox?as=officer").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_page_for_nobody_sets_no_cookie(client):
    assert "Set-Cookie" not in client.get("/track").headers


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB)))
def test_no_template_needs_inline_style_or_script(path: Path):
    source = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
    assert re.findall(r"\sstyle=|<style|\son\w+=\"|<script(?![^>]*\bsrc=)|javascript:", source) == []


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(assets, "DIST", tmp_path)
    (tmp_path / "site-1.css").write_text("a{}")
    (tmp_path / "site-1.css.gz").write_bytes(gzip.compress(b"a{}"))
    (tmp_path / "manifest.json").write_text('{"site.css": "site-1.css"}')
    return tmp_path


@pytest.mark.usefixtures("dist")
def test_an_asset_is_addressed_by_its_hashed_name_and_kept_for_a_year(client):
    assert '<link rel="stylesheet" href="/assets/site-1.css">' in client.get("/track").text
    answer = client.get("/assets/site-1.css")
    assert answer.text == "a{}"
    assert answer.mimetype == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "max-age=31536000" in answer.headers["Cache-Control"]


@pytest.mark.usefixtures("dist")
def test_an_asset_travels_small_to_browsers_that_can(client):
    answer = client.get("/assets/site-1.css", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.mimetype == "text/css"
    assert gzip.decompress(answer.data) == b"a{}"


def test_pages_answer_even_when_nothing_is_built(client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(assets, "DIST", tmp_path / "nothing")
    assert client.get("/track").status_code == 200


@pytest.mark.usefixtures("dist")
def test_nothing_outside_the_built_files_can_be_fetched(client):
    assert client.get("/assets/../__init__.py").status_code == 404
    assert client.get("/assets/%2e%2e/%2e%2e/config.py").status_code == 404
