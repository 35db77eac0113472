"""Tests: mirror the folders. May import anything; fakes live in fakes.py, and nothing of the product imports tests."""
