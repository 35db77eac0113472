"""The world outside, each kind behind one small contract: mail servers, web services.

May import errors only. Never touches the database and never decides anything; services/outbox calls it with no
transaction open and hands it an idempotency key.
"""
