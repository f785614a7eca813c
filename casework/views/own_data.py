"""What an application says of its people, for its applicant; what is told of it to everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from casework.docket import desk
from casework.documents import handing_in, rows
from casework.errors import ApplicationNotFound
from casework.followup import requests
from casework.personal import own_words
from casework.views import declared, documents, dossier
from config.settings import Settings
from schemas.kit.answers import build
from schemas.privacy import KindKept, OwnData, PrivacyNotice, SentMessage, WrittenText
from schemas.requests import OwnRequest
from store.db import Database
from vocabulary.cases import State
from vocabulary.event_data import REASON
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.personal_data import DataKind

TITLE: Final = "个人信息处理说明"
RIGHTS: Final = [
    "凭受理编号和查询码，随时可以查看、复制本申请的全部数据",
    "随时可以更正联系人、电话和邮箱",
    "可以请求删除个人信息，由牵头单位在公布的期限内答复；不同意的说明理由，同意的写明删除日期",
    "对答复不服的，可以向该单位或其上级反映，也可以依法投诉、起诉",
    "保存期满后个人信息自动清除，只保留不指向个人的数字",
]


def notice(settings: Settings) -> PrivacyNotice:
    """What kinds of personal data are held, what for, on what ground, for how long."""
    return PrivacyNotice(
        title=TITLE,
        kinds=[
            KindKept(
                code=kind.value,
                kind=kind.label,
                what=kind.what,
                purpose=kind.purpose,
                ground=kind.ground,
                days=settings.practice.kept(kind),
                since=kind.since,
            )
            for kind in DataKind
        ],
        rights=RIGHTS,
    )


def answers(
    db: Database, settings: Settings, receipt: str, access_code: str
) -> Mapping[str, Mapping[str, Any]]:
    """The two parts of an application as they stand, for its applicant to go on with.

    Raises ApplicationNotFound (unknown receipt and wrong code alike).
    """
    with db.transaction() as conn:
        case = desk.open_own(conn, settings, receipt, access_code)
    return {"enterprise": case.enterprise, "facts": case.facts}


def copy(db: Database, settings: Settings, receipt: str, access_code: str) -> OwnData:
    """Everything that is held of one application; that it was read is an event.

    Raises ApplicationNotFound (unknown receipt and wrong code alike).
    """
    with db.transaction() as conn:
        case = desk.open_own(conn, settings, receipt, access_code)
        found = dossier.read(conn, settings, case.receipt)
        if found is None:
            raise ApplicationNotFound
        row = found.row
        desk.note(conn, case, EventType.ACCESS_COPY_MADE, Actor.APPLICANT)
        handed = rows.of_owner(conn, handing_in.of_case(case))
        written = own_words.read(conn, case.id)
        sent = own_words.sent(conn, case.id)
        purged_at = conn.exec_driver_sql(
            "SELECT purged_at FROM application WHERE id = %(id)s", {"id": case.id}
        ).scalar_one()
    names, forms = found.bureau_name, found.edition.forms
    return OwnData(
        receipt=case.receipt,
        received_at=row["received_at"],
        state_text=State(row["state"]).label,
        purged_at=purged_at,
        enterprise=row["enterprise"],
        facts=row["facts"],
        declared=declared.everything(row, forms.forms.get(row["provision"]), forms.words),
        texts=[
            *(
                WrittenText(
                    at=event["at"],
                    what=EventType(event["type"]).sentence({**event["data"], REASON: ""}, names),
                    text=event["data"][REASON],
                )
                for event in row["events"]
                if event["data"].get(REASON)
            ),
            *(build(WrittenText, each) for each in written),
        ],
        requests=[requests.shown(OwnRequest, each, names) for each in row["requests"]],
        documents=[documents.shown(each) for each in handed],
        messages=[build(SentMessage, each) for each in sent],
    )
