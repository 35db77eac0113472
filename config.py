"""Settings: read once from MOTCUA_* variables and handed in; nothing else reads the environment."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

ORIGIN = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?")
KNOWN_SECRETS = frozenset({"", "dev", "secret", "changeme", "motcua"})


class BadSettings(ValueError):
    """A setting is missing or unsafe; the message says which and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this installation runs."""

    env: str = field(
        default="development",
        metadata={"help": "development, test or production; production refuses default secrets and demo passwords."},
    )
    data: Path = field(
        default=Path("data"), metadata={"help": "Folder of the SQLite file, the documents and the development secret."}
    )
    database_url: str = field(
        default="",
        metadata={"help": "SQLAlchemy address of PostgreSQL (postgresql+psycopg://…); empty: SQLite in MOTCUA_DATA."},
    )
    host: str = field(default="127.0.0.1", metadata={"help": "Address that `make run` listens on."})
    port: int = field(default=8000, metadata={"help": "Port that `make run` listens on."})
    threads: int = field(default=8, metadata={"help": "Threads for pages and short calls, in each process."})
    at_once: int = field(
        default=2,
        metadata={
            "help": "Requests that are computed at the same time in each process; the others wait a moment. Raise it "
            "where the database answers slowly."
        },
    )
    waiting: int = field(
        default=16,
        metadata={
            "help": "Programs that may wait for work at the same time (fetch-and-lock); so many threads are added."
        },
    )
    secret_key: str = field(
        default="",
        metadata={
            "help": "Signs cookies and forms; empty in development: made once and kept in MOTCUA_DATA. "
            "Required in production (32 characters or more)."
        },
    )
    public_url: str = field(
        default="",
        metadata={
            "help": "The address people reach us at, for links in e-mails and QR codes; empty: that of the request."
        },
    )
    secure_cookies: bool = field(
        default=False, metadata={"help": "Send cookies over HTTPS only; always on in production."}
    )
    agency: str = field(
        default="000.00.00.G18", metadata={"help": "Identifier of the agency; first part of every dossier code."}
    )
    most_reassignments: int = field(
        default=5,
        metadata={
            "help": "How often a task may go from one person's hands to another's; then it is only claimed, or given "
            "by an administrator. 0: without limit."
        },
    )
    jobs: str = field(
        default="embedded",
        metadata={
            "help": "embedded: timers, deadlines, mail run in this process; off: `flask jobs run` does it elsewhere; "
            "distributed: any number of `flask jobs work` do, on any machine (PostgreSQL only)."
        },
    )
    tick_seconds: float = field(default=1.0, metadata={"help": "How often due work is looked for."})
    upload_max_bytes: int = field(
        default=20 * 1024 * 1024, metadata={"help": "Largest single uploaded file, in bytes."}
    )
    upload_person_bytes: int = field(
        default=2 * 1024 * 1024 * 1024,
        metadata={"help": "Bytes of files that one person may have on the server without having sent them, all told."},
    )
    upload_hours: int = field(
        default=48, metadata={"help": "Hours after its last piece that an unfinished upload is kept for going on."}
    )
    contents_days: int = field(
        default=7,
        metadata={
            "help": "Days after which an uploaded content that no document names any more is deleted from the store; "
            "0: never. Only from a store that bears the mark of this database."
        },
    )
    blobs: str = field(
        default="folder",
        metadata={
            "help": "Where documents are kept: folder (documents in MOTCUA_DATA) or s3://bucket/prefix, with the "
            "ordinary AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        },
    )
    s3_endpoint: str = field(
        default="", metadata={"help": "Address of an S3 server that is not Amazon's: https://minio.example:9000."}
    )
    s3_region: str = field(default="", metadata={"help": "Region of the bucket; empty: that of the environment."})
    clamd: str = field(
        default="",
        metadata={
            "help": "ClamAV's daemon that scans each upload: host:port, or the path of its socket; empty: none does. "
            "While it does not answer, no file is accepted."
        },
    )
    request_max_bytes: int = field(default=64 * 1024 * 1024, metadata={"help": "Largest whole request, in bytes."})
    smtp_url: str = field(
        default="",
        metadata={
            "help": "smtp://user:password@host:port (smtps:// for TLS); empty: e-mails stay in the operator's outbox."
        },
    )
    mail_from: str = field(default="motcua@localhost", metadata={"help": "Sender of e-mails."})
    http_origins: str = field(
        default="",
        metadata={
            "help": "Origins that diagrams may call by the connector http, with commas (https://host, "
            "https://host:port); empty: none."
        },
    )
    frame_origins: str = field(
        default="",
        metadata={
            "help": "Origins whose pages forms may frame (iframe), with commas (https://host, https://host:port); "
            "empty: none, a link stands there instead."
        },
    )
    session_hours: int = field(default=12, metadata={"help": "Idle hours after which a signed-in session ends."})
    draft_days: int = field(
        default=90, metadata={"help": "Days that a draft is kept after it was saved last; then it is deleted."}
    )
    sign_in_limit: str = field(default="10 per minute", metadata={"help": "Tries to sign in from one address."})

    @property
    def is_production(self) -> bool:
        """Say whether this is a real installation."""
        return self.env == "production"

    @property
    def database(self) -> str:
        """Give the SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{(self.data / 'motcua.sqlite').resolve()}"

    @property
    def framed(self) -> frozenset[str]:
        """Give the origins whose pages forms may frame."""
        return frozenset(origin.strip() for origin in self.frame_origins.split(",") if origin.strip())

    @property
    def documents(self) -> Path:
        """Give the folder of uploaded and issued documents, outside the web root."""
        return self.data / "documents"


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read MOTCUA_* variables; raise BadSettings naming each that is wrong."""
    given = os.environ if environment is None else environment
    values: dict[str, object] = {}
    for item in fields(Settings):
        raw = given.get(f"MOTCUA_{item.name.upper()}")
        if raw is not None:
            values[item.name] = _convert(item.name, raw, item.default)
    return checked(Settings(**values))  # type: ignore[arg-type]  # each value has its field's type, see _convert


def checked(settings: Settings) -> Settings:
    """Refuse what is unsafe in production; give a development installation a secret of its own."""
    if settings.env not in ("development", "test", "production"):
        raise BadSettings("MOTCUA_ENV must be development, test or production.")
    if settings.jobs not in ("embedded", "distributed", "off"):
        raise BadSettings("MOTCUA_JOBS must be embedded, distributed or off.")
    if settings.jobs == "distributed" and not settings.database_url.startswith("postgresql"):
        raise BadSettings("MOTCUA_JOBS=distributed needs PostgreSQL: set MOTCUA_DATABASE_URL (postgresql+psycopg://…).")
    if wrong := sorted(origin for origin in settings.framed if not ORIGIN.fullmatch(origin)):
        raise BadSettings(f"MOTCUA_FRAME_ORIGINS: {wrong[0]!r} is not of the form https://host or https://host:port.")
    if settings.blobs != "folder" and not re.fullmatch(r"s3://[a-z0-9.-]{3,63}(/[A-Za-z0-9._/-]*)?", settings.blobs):
        raise BadSettings("MOTCUA_BLOBS must be folder or s3://bucket/prefix.")
    if settings.s3_endpoint and not re.fullmatch(r"https?://[^\s/?#]+/?", settings.s3_endpoint):
        raise BadSettings("MOTCUA_S3_ENDPOINT must look like https://minio.example:9000.")
    if not 0 < settings.upload_max_bytes < 1 << 31:
        raise BadSettings("MOTCUA_UPLOAD_MAX_BYTES must be more than 0 and less than 2 GiB (2147483648).")
    if settings.is_production:
        if settings.secret_key in KNOWN_SECRETS or len(settings.secret_key) < 32:
            raise BadSettings("Set MOTCUA_SECRET_KEY to a random text of 32 characters or more in production.")
        return _with(settings, secure_cookies=True)
    if not settings.secret_key:
        return _with(settings, secret_key=_kept_secret(settings.data))
    return settings


def _with(settings: Settings, **changes: object) -> Settings:
    values = {item.name: getattr(settings, item.name) for item in fields(Settings)}
    return Settings(**{**values, **changes})


def _convert(name: str, raw: str, default: object) -> object:
    try:
        if isinstance(default, bool):
            return raw.lower() in ("1", "true", "yes", "on")
        if isinstance(default, int | float | Path):
            return type(default)(raw) if not isinstance(default, Path) else Path(raw)
    except ValueError as error:
        raise BadSettings(f"MOTCUA_{name.upper()} must be a number, not {raw!r}.") from error
    return raw


def _kept_secret(data: Path) -> str:
    """Signed cookies must survive a restart of a development server, so its secret is kept beside its data."""
    path = data / "secret_key"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()
