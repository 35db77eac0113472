"""Tests of the REST interface: as a program, over HTTP, on both databases."""
