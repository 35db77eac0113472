"""Schemas: what programs send and what they are answered, one file per noun; OpenAPI is made from them.

May import marshmallow and api.schemas. What is sent is read by them; what is answered is written straight (answers.py)
and held to them by the tests.
"""
