"""From an uploaded file to a checked definition: bytes in; model, definition and findings out.

May import expressions, errors, findings and texts; lxml for the XML. Only bpmn/spiff may import SpiffWorkflow.
Must never do I/O, ask what time it is, or know of the database, forms, the clock or HTTP.
Read model.py first, then reader.py (what a diagram says), checks/ (what is refused) and bundle.py (an upload).
"""
