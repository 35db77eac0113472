"""Tests of bpmn/: reading, normalising and checking diagrams. Need no database and no Flask."""
