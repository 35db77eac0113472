"""What applicants are told by e-mail: accepted, refused, a supplement is needed, the result is ready."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from services import outbox
from services.runs import Run
from storage.rows import people
from storage.tables import Dossier
from texts import Text

WORDS: Mapping[str, tuple[Text, Text]] = {
    "acceptance_slip": (
        Text("đã được tiếp nhận", "was accepted"),
        Text(
            "Giấy tiếp nhận và hẹn trả kết quả kèm trong hồ sơ của bạn.",
            "The acceptance and appointment slip is in your dossier.",
        ),
    ),
    "refusal_slip": (
        Text("không được tiếp nhận", "was not accepted"),
        Text(
            "Lý do và căn cứ nêu trong phiếu từ chối ở hồ sơ của bạn.",
            "The refusal slip in your dossier gives the reason and its legal basis.",
        ),
    ),
    "supplement_request": (
        Text("cần bổ sung giấy tờ", "needs a supplement"),
        Text(
            "Đồng hồ tạm dừng đến khi bạn bổ sung. Mở hồ sơ để xem cần bổ sung gì.",
            "The clock stands still until you answer. Open your dossier to see what is needed.",
        ),
    ),
    "refusal_decision": (
        Text("có văn bản trả lời không cấp", "was answered with a refusal"),
        Text(
            "Lý do, căn cứ và quyền khiếu nại nêu trong văn bản ở hồ sơ của bạn.",
            "The decision in your dossier gives the reason, its basis and your right of complaint.",
        ),
    ),
    "result": (
        Text("đã có kết quả", "has its result"),
        Text("Tải kết quả trong hồ sơ của bạn.", "Download the result from your dossier."),
    ),
    "extension_notice": (
        Text("được gia hạn thời gian giải quyết", "takes longer: its limit was extended"),
        Text(
            "Lý do và ngày hẹn mới nêu trong thông báo ở hồ sơ của bạn.",
            "The notice in your dossier gives the ground and the new appointment.",
        ),
    ),
    "apology_slip": (
        Text("bị chậm: cơ quan xin lỗi và hẹn lại ngày trả", "is late: the agency apologises and gives a new date"),
        Text(
            "Lý do và ngày hẹn mới nêu trong phiếu xin lỗi ở hồ sơ của bạn.",
            "The apology in your dossier gives the reason and the new appointment.",
        ),
    ),
    "stopped": (
        Text("đã dừng xử lý", "was stopped"),
        Text("Lý do nêu trong hồ sơ của bạn.", "The reason is in your dossier."),
    ),
}
"""By kind of paper (and `stopped`): what happened, and what to do."""


def tell(run: Run, dossier: Dossier, what: str, number: str) -> None:
    """Write an e-mail to the applicant into the present transaction; applicants without an address get none."""
    person = people.load(dossier.applicant)
    if person is None or not person.email or what not in WORDS:
        return
    fact, act = WORDS[what]
    vi_number, en_number = (f" Số: {number}.", f" Number: {number}.") if number else ("", "")
    vi = f"Hồ sơ {dossier.code} ({run.loaded.name.vi}) {fact.vi}.{vi_number}\n{act.vi}"
    en = f"Dossier {dossier.code} ({run.loaded.name.en}) {fact.en}.{en_number}\n{act.en}"
    payload = {
        "to": person.email,
        "subject": f"Hồ sơ {dossier.code} {fact.vi}",
        "body": f"{vi}\n\n{en}\n",
        "dossier": dossier.code,
    }
    outbox.add("email", payload, key=f"email:{what}:{uuid4().hex}", now=run.now, instance_id=run.instance.id)
