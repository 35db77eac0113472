"""The shipped procedures as data: their diagrams, drawings, forms, tables and courses."""
