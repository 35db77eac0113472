"""From a form schema (form-js JSON, schemaVersion 1 to 19) to checked answers and to what a page shows of them.

`schema.read` gives a frozen tree; `validate` says what is wrong and what is stored; `views` says what a page shows;
`submission` reads an HTML post. May import expressions, errors, findings, texts. Must never import Flask or SQLAlchemy,
ask what time it is (`now` is an argument), read a file, or trust anything a client sent.
"""
