"""Load and kills on a real server over HTTP: applicants use the pages, officers' programs the REST API."""
