"""Tests in Debian's Chromium, through Playwright, against the real server. One kind of database is enough here."""
