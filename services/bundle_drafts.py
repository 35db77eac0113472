"""Drafts of bundles: designers work on files here until they deploy them; nothing of a draft counts before that.

A save names the version that its writer saw, so that nobody overwrites what another saved meanwhile. What a file held
before is kept for undo: each deliberate save, and one for some minutes of automatic ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

import orjson

from bpmn.archive import MAX_FILE, MAX_FILES, MAX_TOTAL
from errors import Detail, Duplicate, Invalid, NotFound, StaleVersion, TooLarge, WrongState
from findings import Finding
from services import definitions, ids, log
from services.permissions import Permission, Viewer, require
from storage.database import session, verb
from storage.queries import people
from storage.rows import bundle_drafts as rows
from storage.rows import definitions as definition_rows
from storage.tables import BundleDraft, BundleDraftEarlier, BundleDraftFile
from texts import Text

CHAIN = "bundle_drafts"
MOST_DRAFTS = 200
LONGEST_NAME = 200
LONGEST_FILE_NAME = 120
MOST_KEPT = 20
"""Earlier contents that are kept of one file."""
MOST_KEPT_BYTES = 10_000_000
MAX_SAMPLE = 100_000
ONE_SITTING = timedelta(minutes=5)
"""Automatic saves of one person within this time keep one earlier content, not each."""
AGAIN = timedelta(minutes=1)
"""Who asks for the same draft twice within this time gets one."""


@verb
def start(
    viewer: Viewer, *, now: datetime, name: str = "", deployment_id: str = "", in_force: bool = False
) -> BundleDraft:
    """Begin a draft: with no files, or with those of a deployment.

    `in_force`: each file of it as the version in force has it, where another deployment put a newer one in force.
    Raises NotFound, Invalid (the name), TooLarge where there are too many drafts.
    """
    require(viewer, Permission.DESIGN)
    base = definition_rows.deployment_by_id(deployment_id) if deployment_id else None
    if deployment_id and base is None:
        raise NotFound()
    named = _named(name or (base.name if base else ""))
    again = rows.untouched(viewer.username, base.id if base else None, named, now - AGAIN)
    if again is not None:
        return again
    if rows.count() >= MOST_DRAFTS:
        raise TooLarge(
            Text(
                f"Đã có {MOST_DRAFTS} bản soạn. Hãy bỏ bớt những bản không dùng nữa.",
                f"There are {MOST_DRAFTS} drafts already. Discard those that are no longer needed.",
            )
        )
    by = viewer.username
    draft = BundleDraft(
        id=ids.new(now), name=named, base_id=base.id if base else None,
        created_at=now, created_by=by, changed_at=now, changed_by=by,
    )  # fmt: skip
    session().add(draft)
    session().flush()
    files = _in_force(base.id) if base and in_force else definition_rows.files(base.id) if base else {}
    session().add_all(
        BundleDraftFile(draft_id=draft.id, name=n, data=d, version=1, saved_at=now, saved_by=by)
        for n, d in files.items()
    )
    _log(draft, "started", viewer, now, base=draft.base_id or "", files=sorted(files))
    return draft


@verb
def put(
    viewer: Viewer,
    draft_id: str,
    name: str,
    data: bytes,
    *,
    seen_version: int,
    now: datetime,
    is_auto: bool = False,
    sample: str | None = None,
) -> int:
    """Save a file and give its version; `seen_version` 0: it is new.

    `sample`: JSON object with which a form is tried (None: as it was). The same content again changes nothing, so that
    a save may be repeated. Raises StaleVersion (somebody else saved it since), Invalid, TooLarge, NotFound.
    """
    draft = _held(viewer, draft_id)
    _check_file_name(name)
    file = rows.file(draft.id, name)
    if file is not None and file.data == data:
        _set_sample(file, sample)
        return file.version
    _unchanged(file, seen_version, viewer)
    _bounded(draft.id, name, data)
    if file is None:
        file = BundleDraftFile(draft_id=draft.id, name=name, version=_last_version(draft.id, name))
        session().add(file)
    elif _keep(file, viewer, now, is_auto=is_auto):
        digest = hashlib.sha256(data).hexdigest()
        _log(draft, "file_saved", viewer, now, file=name, version=file.version + 1, sha256=digest)
    file.data, file.version, file.saved_at, file.saved_by = data, file.version + 1, now, viewer.username
    _set_sample(file, sample)
    _changed(draft, viewer, now)
    return file.version


@verb
def restore(viewer: Viewer, draft_id: str, name: str, version: int, *, seen_version: int, now: datetime) -> int:
    """Give a file what it held at an earlier version, also one that was removed (`seen_version` 0 then)."""
    draft = _held(viewer, draft_id)
    data = rows.content_of(draft.id, name, version)
    if data is None:
        raise NotFound()
    return put(viewer, draft_id, name, data, seen_version=seen_version, now=now)


@verb
def remove(viewer: Viewer, draft_id: str, name: str, *, seen_version: int, now: datetime) -> None:
    """Take a file out of the draft; what it held is kept. One that is gone already stays gone."""
    draft = _held(viewer, draft_id)
    file = rows.file(draft.id, name)
    if file is None:
        return
    _unchanged(file, seen_version, viewer)
    _keep(file, viewer, now, is_auto=False)
    session().delete(file)
    _changed(draft, viewer, now)
    _log(draft, "file_removed", viewer, now, file=name)


@verb
def rename_file(viewer: Viewer, draft_id: str, name: str, new: str, *, seen_version: int, now: datetime) -> None:
    """Give a file another name; diagrams that name it are not changed. Raises Duplicate, StaleVersion, Invalid."""
    draft = _held(viewer, draft_id)
    file = rows.file(draft.id, name)
    if file is None:
        raise NotFound()
    _unchanged(file, seen_version, viewer)
    _check_file_name(new)
    if new == name:
        return
    if rows.file(draft.id, new) is not None:
        raise Duplicate(Text(f"Đã có tệp tên {new}.", f"There is a file named {new} already."))
    _keep(file, viewer, now, is_auto=False)
    version = _last_version(draft.id, new) + 1
    session().add(
        BundleDraftFile(
            draft_id=draft.id, name=new, data=file.data, version=version,
            saved_at=now, saved_by=viewer.username, sample=file.sample,
        )
    )  # fmt: skip
    session().delete(file)
    _changed(draft, viewer, now)
    _log(draft, "file_renamed", viewer, now, file=name, to=new)


@verb
def rename(viewer: Viewer, draft_id: str, name: str, *, now: datetime) -> None:
    """Give the draft another name."""
    draft = _held(viewer, draft_id)
    draft.name = _named(name)
    _changed(draft, viewer, now)


def check(viewer: Viewer, draft_id: str) -> tuple[Finding, ...]:
    """Say what an upload of these files would be told; nothing is stored."""
    require(viewer, Permission.DESIGN)
    return definitions.check(viewer, rows.files(_existing(draft_id).id))


@verb
def deploy(viewer: Viewer, draft_id: str, *, seen: str, now: datetime) -> definitions.Deployed:
    """Store the files as new versions, not yet published; the draft stays, to be worked on or discarded.

    `seen`: the `fingerprint` of the files whose findings were looked at. Raises StaleVersion where they have changed
    since, InvalidBundle where something could not run faithfully.
    """
    draft = _held(viewer, draft_id)
    files = rows.files(draft.id)
    if seen != fingerprint(files):
        raise StaleVersion(
            Text(
                "Bản soạn đã thay đổi từ lúc bạn xem phát hiện. Hãy xem lại rồi triển khai.",
                "The draft has changed since you looked at its findings. Look again, then deploy.",
            )
        )
    if not files:
        raise WrongState(Text("Bản soạn chưa có tệp nào.", "The draft holds no files yet."))
    deployed = definitions.deploy(viewer, files, now=now, name=draft.name, publish=False)
    if draft.deployment_id != deployed.id:
        _log(draft, "deployed", viewer, now, deployment=deployed.id)
    draft.deployment_id, draft.deployed_at = deployed.id, now
    return deployed


@verb
def discard(viewer: Viewer, draft_id: str, *, now: datetime) -> None:
    """Delete a draft with all that was kept of it."""
    draft = _held(viewer, draft_id)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in rows.files(draft.id).items()}
    rows.drop(draft)
    _log(draft, "discarded", viewer, now, name=draft.name, files=digests)


def fingerprint(files: Mapping[str, bytes]) -> str:
    """Give a digest of names and contents."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(orjson.dumps([name, hashlib.sha256(files[name]).hexdigest()]))
    return digest.hexdigest()


def _existing(draft_id: str) -> BundleDraft:
    draft = rows.load(draft_id) if draft_id.isprintable() else None
    if draft is None:
        raise NotFound()
    return draft


def _held(viewer: Viewer, draft_id: str) -> BundleDraft:
    """Load a draft and keep others from it until the commit."""
    require(viewer, Permission.DESIGN)
    draft = rows.load(draft_id, lock=True) if draft_id.isprintable() else None
    if draft is None:
        raise NotFound()
    return draft


def _changed(draft: BundleDraft, viewer: Viewer, now: datetime) -> None:
    draft.changed_at, draft.changed_by = now, viewer.username
    session().flush()


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        message = Text("Đặt tên cho bản soạn.", "Give the draft a name.")
        raise Invalid(details=[Detail(field="name", code="required", message=message)])
    if len(name) > LONGEST_NAME or not name.isprintable():
        message = Text(f"Tên là một dòng, dài nhất {LONGEST_NAME} ký tự.", f"One line of {LONGEST_NAME} signs at most.")
        raise Invalid(details=[Detail(field="name", code="length", message=message)])
    return name


def _check_file_name(name: str) -> None:
    sound = name == name.strip() and name.isprintable() and 0 < len(name) <= LONGEST_FILE_NAME
    if not sound or name.startswith(".") or any(sign in name for sign in '/\\:*?"<>|') or "." not in name:
        message = Text(
            f'Tên tệp là một dòng đến {LONGEST_FILE_NAME} ký tự, có đuôi, không có / \\ : * ? " < > |, ví dụ don.form.',
            f'A file name is one line of {LONGEST_FILE_NAME} signs at most, with an ending, without / \\ : * ? " < > |,'
            " such as request.form.",
        )
        raise Invalid(details=[Detail(field="file", code="file_name", message=message)])


def _unchanged(file: BundleDraftFile | None, seen_version: int, viewer: Viewer) -> None:
    """Raise StaleVersion, naming who and when, unless the file is as its writer saw it."""
    if file is None and seen_version:
        raise StaleVersion(
            Text("Tệp này đã bị bỏ khỏi bản soạn từ lúc bạn mở.", "This file was removed from the draft meanwhile.")
        )
    if file is not None and file.version != seen_version:
        who = people.names_of([file.saved_by]).get(file.saved_by, file.saved_by)
        same = file.saved_by == viewer.username
        raise StaleVersion(
            Text(
                "Chính bạn đã lưu tệp này ở cửa sổ khác." if same else f"{who} đã lưu tệp này từ lúc bạn mở.",
                "You saved this file in another window." if same else f"{who} has saved this file since you opened it.",
            )
        )


def _bounded(draft_id: str, name: str, data: bytes) -> None:
    sizes = {**rows.sizes(draft_id), name: len(data)}
    if len(data) > MAX_FILE or len(sizes) > MAX_FILES or sum(sizes.values()) > MAX_TOTAL:
        raise TooLarge(
            Text(
                f"Một tệp đến {MAX_FILE // 10**6} MB, một bộ đến {MAX_FILES} tệp và {MAX_TOTAL // 10**6} MB.",
                f"A file has {MAX_FILE // 10**6} MB at most, a bundle {MAX_FILES} files and {MAX_TOTAL // 10**6} MB.",
            )
        )


def _last_version(draft_id: str, name: str) -> int:
    """Give the last version of a file that is not there (any more), 0 where it never was."""
    return max((kept.version for kept in rows.earlier(draft_id, name)), default=0)


def _keep(file: BundleDraftFile, viewer: Viewer, now: datetime, *, is_auto: bool) -> bool:
    """Keep what a file holds now, and no more than there is room for; say whether it was kept."""
    kept = rows.earlier(file.draft_id, file.name)
    by = viewer.username
    if is_auto and kept and kept[0].replaced_by == by and kept[0].replaced_at > now - ONE_SITTING:
        return False
    session().add(
        BundleDraftEarlier(
            draft_id=file.draft_id, name=file.name, version=file.version, data=file.data,
            saved_at=file.saved_at, saved_by=file.saved_by, replaced_at=now, replaced_by=by,
        )
    )  # fmt: skip
    session().flush()
    room = min(MOST_KEPT, max(1, MOST_KEPT_BYTES // max(1, len(file.data))))
    if len(kept) >= room:
        rows.forget(file.draft_id, file.name, kept[room - 1].version)
    return True


def _set_sample(file: BundleDraftFile, sample: str | None) -> None:
    if sample is None or sample == file.sample:
        return
    if len(sample.encode("utf-8", "replace")) > MAX_SAMPLE:
        message = Text("Dữ liệu mẫu quá lớn.", "The sample data is too large.")
        raise Invalid(details=[Detail(field="sample", code="length", message=message)])
    file.sample = sample.replace("\0", "").encode("utf-8", "replace").decode()


def _in_force(deployment_id: str) -> dict[str, bytes]:
    files = definition_rows.files(deployment_id)
    for row in definition_rows.of_deployment(deployment_id):
        now = definition_rows.published(row.kind, row.key)
        if now is not None and now.deployment_id != deployment_id:
            files[row.file_name] = definition_rows.file(now.deployment_id, now.file_name)
    return files


def _log(draft: BundleDraft, act: str, viewer: Viewer, now: datetime, **data: object) -> None:
    log.append_to(CHAIN, f"bundle_draft.{act}", actor=viewer.username, now=now, data={"draft": draft.id, **data})
