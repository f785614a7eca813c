"""Event types: everything that can happen, how it reads, and whom it concerns.

The applicant reads the sentences of a case too, so officers are not named. No full stop at the end.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Self

from vocabulary import duplicates
from vocabulary.audiences import Audience, Party, Reach, to
from vocabulary.event_data import Data, Names, Parts

_NOBODY: Final = Audience()
_READING: Final = Audience(reach=Reach.READING)
_HOUSE: Final = Audience(reach=Reach.HOUSE)
_TO_HEADS: Final = Audience(frozenset({Party.HEAD}), reach=Reach.HOUSE)
_TO_BUREAUS: Final = Audience(frozenset({Party.BUREAU, Party.HEAD}), reach=Reach.HOUSE)
_TO_BUREAU: Final = Audience(frozenset({Party.BUREAU}), reach=Reach.HOUSE)
_ARRANGED: Final = to(heading="走访安排")
_APPLICANT, _BUREAU, _HEAD = Party.APPLICANT, Party.BUREAU, Party.HEAD
_CODE: Final = to(_APPLICANT, heading="验证码")
_NEWS: Final = to(_BUREAU, _APPLICANT)
_DUPLICATE: Final = to(_APPLICANT, heading="重复申报")


class EventType(StrEnum):
    """Everything that is on record as having happened: its type, its sentence, its audience.

    A sentence names its parts: those of `vocabulary.event_data`. `new_lead`: how
    derivations name it, where another bureau leads from then on.
    """

    template: str
    audience: Audience
    new_lead: str

    # (The defaults are for mypy alone, which takes a look-up by value for a call of this.)
    def __new__(
        cls, value: str, template: str = "", audience: Audience = _NOBODY, new_lead: str = ""
    ) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.template, member.audience, member.new_lead = template, audience, new_lead
        return member

    APPLICATION_RECEIVED = "application.received", "申请已受理", to(heading="申请受理")
    APPLICATION_ASSESSED = (
        "application.assessed",
        "已{again}核对：{outcome}{much}，由{bureau}负责",
        to(_BUREAU, Party.COPIED, _APPLICANT, heading="核对结果"),
    )
    APPLICATION_STUCK = "application.stuck", "系统处理遇到问题，已转人工，{bureau}办理", to(_BUREAU)
    APPLICATION_WITHDRAWN = "application.withdrawn", "申报单位已撤回申请", to(_BUREAU)
    APPLICATION_PURGED = "application.purged", "所填个人信息已按保存期限清除", _NOBODY
    APPLICATION_RATED = "application.rated", "申报单位已评价：{grade}", to(_BUREAU)
    CONTACT_CODE_ASKED = "contact.code_asked", "申报单位已索取验证码", _CODE
    CONTACT_VERIFIED = (
        "contact.verified",
        "申报单位已核实联系方式（{how}），此后的消息发到这里",
        _NEWS,
    )
    CONTACT_CORRECTED = (
        "contact.corrected",
        "申报单位已更正联系方式，新的联系方式待核实；如不是本单位更正，请告知联系单位",
        _NEWS,
    )
    IDENTITY_CHECKED = "identity.checked", "{bureau}已核对申报单位身份", to(_APPLICANT)
    CODE_ASKED = (
        "code.asked",
        "有人凭受理编号索取换领查询码的验证码，只发到已核实的联系方式；如不是本单位索取，请不要告诉他人",
        _CODE,
    )
    CODE_ISSUED = (
        "code.issued",
        "{bureau}已签发第{code_serial}个查询码（{handed}），此前的查询码作废；如不是本单位要求，请告知联系单位",
        _NEWS,
    )
    CODE_SENT = (
        "code.sent",
        "第{code_serial}个查询码发往已核实的联系方式",
        to(_APPLICANT, heading="查询码"),
    )
    CODE_RENEWED = (
        "code.renewed",
        "申报单位已凭验证码换领第{code_serial}个查询码，此前的查询码作废；如不是本单位换领，请告知联系单位",
        _NEWS,
    )
    CALLBACK_OPENED = "callback.opened", "{bureau}应于{due_on}前回访（本地做法）", _NOBODY
    CALLBACK_DONE = "callback.done", "{bureau}已回访", to(_APPLICANT)
    CASE_ACKNOWLEDGED = "case.acknowledged", "{bureau}已签收", _NOBODY
    CASE_ASSIGNED = "case.assigned", "{bureau}已指派经办人", _NOBODY
    CASE_UNASSIGNED = "case.unassigned", "{bureau}已取消指派，待重新指派经办人", _NOBODY
    CASE_TRANSFERRED = (
        "case.transferred",
        "已由{bureau}转办至{to}：{reason}",
        to(_BUREAU, _APPLICANT),
        "转办",
    )
    CASE_CLOSED_AS_DUPLICATE = "case.closed_as_duplicate", duplicates.CLOSED, _DUPLICATE
    DUPLICATE_CLOSED = "case.duplicate_closed", duplicates.GOES_ON, _NOBODY

    FINDING_RECORDED = "finding.recorded", "{bureau}已记录{count}项认定意见", _NOBODY
    EVIDENCE_RECORDED = (
        "evidence.recorded",
        "{bureau}的业务系统已提交{count}项核查情况，待经办人确认",
        _NOBODY,
    )
    SUPPLEMENT_REQUESTED = (
        "supplement.requested",
        "{bureau}要求补正{fields}项，期限{due_on}",
        to(_APPLICANT),
    )
    SUPPLEMENT_ANSWERED = "supplement.answered", "申报单位已补正{fields}项", to(_BUREAU)
    DOCUMENT_ADDED = "document.added", "申报单位已提交第{document}号材料{paper}", _NOBODY
    DOCUMENT_QUARANTINED = (
        "document.quarantined",
        "第{document}号材料{paper}有风险，已隔离，任何人都不能打开；请换一份重新提交",
        to(_APPLICANT, _BUREAU, heading="材料"),
    )
    DOCUMENT_LOST = (
        "document.lost",
        "第{document}号材料{paper}保存出错，请重新提交；责任在本系统",
        to(_APPLICANT, _BUREAU, heading="材料"),
    )
    SUPPLEMENT_CLOSED = "supplement.closed", "{bureau}不再要求补正：{reason}", to(_APPLICANT)
    DETERMINATION_PROPOSED = (
        "determination.proposed",
        "{bureau}已提出认定意见，待第二人复签",
        to(_BUREAU),
    )
    DETERMINATION_REJECTED = "determination.rejected", "{bureau}复签未通过，重新办理", _NOBODY
    DETERMINATION_MADE = "determination.made", "{bureau}已认定：{ruling}", _NEWS
    # Of what was stored before only a person could grant.
    DETERMINATION_REQUIRED = (
        "determination.required",
        "准予须由责任单位认定；本件由{bureau}认定，认定前不算准予",
        _NOBODY,
    )
    DETERMINATION_ROOM = (
        "determination.room",
        (
            "上限内有了余额：已认定{amount}，按规则现可认定至{room}；"
            "认定不会自动变更，申报单位可以申请复核"
        ),
        to(_BUREAU, _APPLICANT),
    )
    DETERMINATION_SET_ASIDE = (
        "determination.set_aside",
        "同一笔租金已按另一份申请免收，原认定{amount}不再有效；现按规则计算为{room}，由{bureau}重新认定",
        to(_BUREAU, Party.COPIED, _APPLICANT),
    )
    OVERLAP_FOUND = (
        "overlap.found",
        "另有申请与本申请{meets}；谁先提出不影响结果，由承办单位核对",
        to(_BUREAU, Party.COPIED),
    )
    OVERLAP_SETTLED = (
        "overlap.settled",
        "另有{count}份申请涉及同一笔款项，已按本申请的认定重新核对",
        to(_BUREAU, Party.COPIED),
    )
    REVIEW_REQUESTED = "review.requested", "申报单位已申请复核", to(_BUREAU, Party.COPIED)
    REVIEW_DECIDED = "review.decided", "{bureau}已复核：{upheld}", to(_APPLICANT)

    ACCOUNT_GIVEN = (
        "payment.account_given",
        "申报单位已填报收款账户；如不是本单位填报，请告知联系单位",
        to(_APPLICANT, heading="收款账户"),
    )
    ACCOUNT_CONFIRMED = (
        "payment.account_confirmed",
        "{bureau}已确认收款账户：{reason}；如不是本单位的账户，请告知联系单位",
        to(_APPLICANT, heading="收款账户"),
    )
    PAYMENT_EXPORTED = "payment.exported", "{bureau}已将{amount}送银行付款（{line}）", _NOBODY
    PAYMENT_MADE = (
        "payment.made",
        "{amount}已付款（{paid_on}，{line}）",
        to(_APPLICANT, heading="付款"),
    )
    PAYMENT_CLAIMED = "payment.claimed", "{bureau}称已另行付款（{paid_on}），待另一人确认", _NOBODY
    PAYMENT_RETURNED = (
        "payment.returned",
        "银行退回{amount}（{line}）：{returned}；请更正收款账户",
        to(_APPLICANT, heading="收款账户"),
    )
    PAYMENT_RETRIED = "payment.retried", "{bureau}决定按原账户再次付款：{reason}", _NOBODY
    PAYMENT_RECLAIMED = (
        "payment.reclaimed",
        "{bureau}追回{amount}（{reclaimed_on}，{reclaimed}）：{reason}",
        to(_APPLICANT, heading="追回"),
    )
    WAIVER_TOLD = (
        "waiver.told",
        "请{bureau}告知房东单位减免{amount}；公示至{publicised_until}",
        to(_BUREAU, heading="落实减免"),
    )
    WAIVER_NOT_DONE = (
        "waiver.not_done",
        "走访核实（{visited_on}），房东单位尚未减免{amount}，请{bureau}督促落实",
        to(_BUREAU, heading="落实减免"),
    )
    WAIVER_DONE = (
        "waiver.done",
        "房东单位已减免{amount}（{waived_on}，{found}）",
        to(_APPLICANT, heading="落实减免"),
    )
    OBJECTION_CODE_ASKED = (
        "objection.code_asked",
        "有人对公示提出异议，验证码发往所填的联系方式",
        Audience(frozenset({_APPLICANT}), _CODE.heading, Reach.HOUSE),
    )
    OBJECTION_MADE = (
        "objection.made",
        "公示收到异议，由{bureau}于{due_on}前答复，答复前暂停兑现",
        to(_BUREAU, heading="异议"),
    )
    OBJECTION_LATE = (
        "objection.repeated",  # as it was called while a person's second stopped nothing either
        "公示收到异议，由{bureau}于{due_on}前答复；兑现不暂停",
        to(_BUREAU, heading="异议"),
    )
    OBJECTION_ANSWERED = (
        "objection.answered",
        "{bureau}已答复异议：{sustained}",
        to(_APPLICANT, heading="异议"),
    )

    APPLICANT_UNREACHED = (
        "applicant.unreached",
        "未能以短信或邮件告知申报单位，请{bureau}电话告知",
        to(_BUREAU, heading="电话告知"),
    )
    APPLICANT_CALLED = "applicant.called", "{bureau}已电话告知申报单位", _NOBODY

    VISIT_SCHEDULED = "visit.scheduled", "拟于{day}走访：{bureau}，排期后确定", _ARRANGED
    VISIT_MERGED = "visit.merged", "并入已安排的走访：{bureau}，{day}", _NOBODY
    VISIT_PLANNED = "visit.planned", "走访已排期：{bureau}，{day}", _NOBODY
    VISIT_CONFIRMED = "visit.confirmed", "{bureau}已确认走访：{day}{hour}", _NEWS
    VISIT_MOVED = "visit.moved", "{bureau}将走访由{moved_from}改到{day}{hour}：{reason}", _NEWS
    VISIT_ASSIGNED = "visit.assigned", "{bureau}已指派走访人员", _NOBODY
    VISIT_UNASSIGNED = "visit.unassigned", "{bureau}已取消走访人员的指派", _NOBODY
    VISIT_HANDED_OVER = (
        "visit.handed_over",
        "走访改由{bureau}承担，日期暂定为{planned_on}，排期后确定",
        to(_APPLICANT, heading=_ARRANGED.heading),
    )
    VISIT_REMINDED = (
        "visit.reminded",
        "走访提醒：{bureau}将于{planned_on}走访",
        to(_BUREAU, _APPLICANT, heading="走访提醒"),
    )
    VISIT_ATTEMPTED = (
        "visit.attempted",
        "{bureau}{visited_on}上门未遇，改在{planned_on}前走访",
        _NEWS,
    )
    VISIT_DONE = "visit.done", "{bureau}{visited_on}走访：{result}", _NEWS
    VISIT_CORRECTED = (
        "visit.corrected",
        "{bureau}更正走访日期：由{corrected_from}改为{visited_on}，{reason}",
        _NEWS,
    )
    VISIT_CANCELLED = "visit.cancelled", "走访已取消：{why}", _NEWS

    PROMISE_DUE_SOON = (
        "promise.due_soon",
        "{who}{promise}的期限为{due_on}，即将到期",
        to(_BUREAU, _APPLICANT, heading="期限提醒"),
    )
    PROMISE_OVERDUE = (
        "promise.overdue",
        "{who}{promise}的期限为{due_on}，已逾期",
        to(_BUREAU, heading="逾期提醒"),
    )
    PROMISE_ESCALATED = (
        "promise.escalated",
        "{bureau}{promise}的期限为{due_on}，逾期未办，已报单位负责人督办",
        to(_HEAD, heading="督办"),
    )
    REQUEST_OPENED = (
        "request.opened",
        "已登记诉求{request}号，由{bureau}于{due_on}前答复",
        to(_BUREAU, heading="诉求"),
    )
    REQUEST_ROUTED = "request.routed", "诉求{request}号由{bureau}转给{to}：{reason}", to(_BUREAU)
    REQUEST_ANSWERED = (
        "request.answered",
        "{bureau}已答复诉求{request}号",
        to(_APPLICANT, heading="诉求答复"),
    )
    REQUEST_REDATED = (
        "request.redated",
        "按公布的放假安排，诉求{request}号改由{bureau}于{due_on}前答复",
        to(_BUREAU, _APPLICANT, heading="诉求"),
    )
    REQUEST_WITHDRAWN = "request.withdrawn", "申报单位已撤回诉求{request}号", to(_BUREAU)

    DIGEST_MADE = "digest.made", "已发每日提要", _TO_BUREAUS
    PRACTICE_PROPOSED = (
        "practice.proposed",
        "管理员提出自{valid_from}起将本地做法{parameter}改为{value}，待另一位管理员同意",
        _TO_HEADS,
    )
    PRACTICE_CONFIRMED = (
        "practice.confirmed",
        "两位管理员已定：自{valid_from}起本地做法{parameter}改为{value}",
        _TO_HEADS,
    )
    PRACTICE_ENDED = (
        "practice.ended",
        "自{valid_from}起将本地做法{parameter}改为{value}的变更不再办理",
        _TO_HEADS,
    )
    ADDRESS_CHANGED = (
        "address.changed",
        "管理员更改了{bureau}收通知的地址，此后不再发到原来的地址",
        _TO_BUREAUS,
    )
    ADDRESS_TESTED = "address.tested", "测试消息：{bureau}能在这里收到通知，不用办理", _TO_BUREAUS
    MESSAGES_CHOSEN = "messages.chosen", "{bureau}负责人更改了收消息的方式：{chosen}", _TO_BUREAUS
    EXPORT_READY = "export.ready", "导出文件已生成", _HOUSE
    EXPORT_EXPIRED = "export.expired", "导出文件已到期清除", _HOUSE
    DELEGATION_MADE = "delegation.made", "已设定代办", _HOUSE
    DELEGATION_CONFIRMED = "delegation.confirmed", "已确认代办", _HOUSE
    DELEGATION_ENDED = "delegation.ended", "已提前结束代办", _HOUSE
    DELEGATION_WAITS = "delegation.waits", "{bureau}有代办安排待本人或另一人确认", _TO_BUREAU
    ACCOUNT_ADDED = "account.added", "已开设账号", _HOUSE
    ACCOUNT_CHANGED = "account.changed", "已变更账号的角色、单位或登录方式", _HOUSE
    ACCOUNT_DISABLED = "account.disabled", "已停用账号", _HOUSE
    ACCOUNT_RESET = "account.reset", "已重置账号", _HOUSE
    ACCOUNT_WAITS = "account.waits", "{bureau}的一个账号待另一名管理员确认", _TO_BUREAU
    ACCOUNT_RELEASED = "account.released", "已确认账号，可以使用", _HOUSE
    PASSWORD_SET = "account.password_set", "已设置密码", _HOUSE
    SECOND_FACTOR_SET = "account.second_factor_set", "已设置动态验证码", _HOUSE
    RECOVERY_CODES_MADE = "account.recovery_codes_made", "已生成恢复码", _HOUSE
    SESSION_BEGUN = "session.begun", "已登录", _HOUSE
    SESSION_ENDED = "session.ended", "已退出登录", _HOUSE
    LOGIN_REFUSED = "login.refused", "登录未成功", _HOUSE
    TOKEN_CREATED = "token.created", "已签发令牌", _HOUSE
    TOKEN_ROTATED = "token.rotated", "已更换令牌", _HOUSE
    TOKEN_REVOKED = "token.revoked", "已吊销令牌", _HOUSE
    TOKEN_SHUT = "token.shut", "已停用申报渠道", _HOUSE
    TOKEN_OPENED = "token.opened", "已恢复申报渠道", _HOUSE
    CAPACITY_SET = "visits.capacity_set", "已将每天走访的家数定为{count}", _HOUSE
    FEED_SHARED = "calendar.shared", "已开设日历订阅", _HOUSE
    FEED_REVOKED = "calendar.revoked", "已撤销日历订阅", _HOUSE
    WEBHOOK_ADDED = "webhook.added", "已登记推送地址", _HOUSE
    WEBHOOK_ROTATED = "webhook.rotated", "已更换推送密钥", _HOUSE
    WEBHOOK_DISABLED = "webhook.disabled", "已停用推送地址", _HOUSE
    WEBHOOK_ENABLED = "webhook.enabled", "已启用推送地址", _HOUSE
    WEBHOOK_REPLAYED = "webhook.replayed", "已重新推送", _HOUSE
    WEBHOOK_CHANGED = "webhook.changed", "已变更推送地址或所推送的事件", _HOUSE
    WEBHOOK_REMOVED = "webhook.removed", "已删除推送地址", _HOUSE
    WEBHOOK_TESTED = "webhook.tested", "已发测试事件", _HOUSE

    ACCESS_COPY_MADE = "access.copy_made", "申报单位查看了本单位的全部数据", _READING
    ACCESS_CASE_READ = "access.case_read", "查看了案件", _READING
    ACCESS_OVERLAPS_READ = "access.overlaps_read", "查看了与之重叠的案件", _READING
    ACCESS_MESSAGE_READ = "access.message_read", "预览了通知", _READING
    ACCESS_CASES_LISTED = "access.cases_listed", "查看了案件列表", _READING
    ACCESS_INBOX_LISTED = "access.inbox_listed", "查看了收件箱", _READING
    ACCESS_DOCUMENT_READ = "access.document_read", "查看了第{document}号材料", _READING
    ACCESS_DOCUMENTS_LISTED = "access.documents_listed", "查看了材料清单", _READING
    ACCESS_TRAIL_READ = "access.trail_read", "查看了案件的办理记录", _READING
    ACCESS_VISIT_READ = "access.visit_read", "查看了走访", _READING
    ACCESS_VISITS_LISTED = "access.visits_listed", "查看了走访列表", _READING
    ACCESS_CALENDAR_READ = "access.calendar_read", "读取了走访日历", _READING
    ACCESS_REQUEST_READ = "access.request_read", "查看了诉求", _READING
    ACCESS_REQUESTS_LISTED = "access.requests_listed", "查看了诉求列表", _READING
    ACCESS_EXPORT_REQUESTED = "access.export_requested", "申请导出数据", _READING
    ACCESS_EXPORT_DOWNLOADED = "access.export_downloaded", "下载了导出文件", _READING
    ACCESS_IMPORTED = "access.imported", "由窗口经办人成批导入（含以前已受理的）", _READING
    ACCESS_RECEIPTS_READ = "access.receipts_read", "查看了成批导入的回执和查询码", _READING
    ACCESS_EXPORTED = "access.exported", "将案件列入导出文件", _READING
    ACCESS_PAYMENTS_LISTED = "access.payments_listed", "查看了兑现清单", _READING
    ACCESS_PAYMENT_FILE_READ = "access.payment_file_read", "下载了付款文件", _READING
    ACCESS_OBJECTIONS_LISTED = "access.objections_listed", "查看了异议清单", _READING
    ACCESS_AUDIT_READ = "access.audit_read", "查看了审计记录", _READING
    ACCESS_FAILED = "access.failed", "查询码、令牌、链接或验证码有误", _READING
    ACCESS_ALERT = "access.alert", "短时间内多次凭证有误，已告警", _READING

    def sentence(self, data: Data, names: Names) -> str:
        """What happened, in Chinese, and by which access code if one that was issued anew."""
        said = self.template.format_map(Parts(data, names))
        with_code = "code_serial" in data and "{code_serial}" not in self.template
        return f"{said}（凭第{data['code_serial']}个查询码）" if with_code else said

    @property
    def is_on_timeline(self) -> bool:
        """Whether the case's timeline shows it, and webhook endpoints of the bureaus get it.

        The latter is done by the database's trigger `publish_events`; a test holds the two equal.
        """
        return self.audience.reach is Reach.CASE
