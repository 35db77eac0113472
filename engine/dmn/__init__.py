"""Decision tables: what a DMN file says (reader -> model), and what it decides (tables). Used through engine.decisions.

May import bpmn.xml, expressions, errors, findings, texts. Must never guess: what is not evaluated as DMN 1.3 says is a
finding of severity error, and a decision that has one is not evaluated at all.
"""
