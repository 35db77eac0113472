"""One's account: sign-in, registration, password, signed-in devices."""

from web.account.session import init_session, optional, signed_in

__all__ = ["init_session", "optional", "signed_in"]
