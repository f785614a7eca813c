"""Which role may call which route of the bureau side, and a body that each takes; bodies of what
applicants and people about their own accounts send."""

from __future__ import annotations

from tests.support import payment_routes
from tests.support.document_routes import OF_CASE

ALL = "officer supervisor system auditor admin"
EVERY = f"{ALL} intake"

# Route -> the roles that may. What the others get is 403, whatever they send.
MAY = {
    "POST /api/v1/applications/batch": "intake",
    "GET /api/v1/cases": "officer supervisor system auditor",
    "GET /api/v1/cases/<receipt>": "officer supervisor system auditor",
    "GET /api/v1/cases/<receipt>/trail": "supervisor auditor",
    **payment_routes.MAY,
    **dict.fromkeys(OF_CASE, "officer supervisor system auditor"),
    "GET /api/v1/audit": "auditor",
    "POST /api/v1/cases/acknowledge": "officer supervisor system",
    "POST /api/v1/cases/findings": "officer supervisor system",
    "POST /api/v1/cases/determinations": "officer supervisor",
    "POST /api/v1/cases/<receipt>/acknowledgement": "officer supervisor system",
    "POST /api/v1/cases/assignments": "officer supervisor",
    "POST /api/v1/cases/exports": "officer supervisor system auditor",
    "POST /api/v1/cases/<receipt>/assignment": "officer supervisor",
    "GET /api/v1/colleagues": "officer supervisor",
    "POST /api/v1/cases/<receipt>/findings": "officer supervisor system",
    "POST /api/v1/cases/<receipt>/supplement": "officer supervisor system",
    "POST /api/v1/cases/<receipt>/supplement/closure": "officer supervisor system",
    "POST /api/v1/cases/<receipt>/determination": "officer supervisor",
    "POST /api/v1/cases/<receipt>/determination/approval": "supervisor",
    "POST /api/v1/cases/<receipt>/identity": "officer supervisor",
    "POST /api/v1/cases/<receipt>/access-code": "officer supervisor",
    "POST /api/v1/cases/<receipt>/transfer": "officer supervisor system",
    "POST /api/v1/cases/<receipt>/review": "supervisor",
    "POST /api/v1/cases/<receipt>/callback": "officer supervisor",
    "POST /api/v1/cases/<receipt>/phone-call": "officer supervisor",
    "GET /api/v1/reports/intake": ALL,
    "GET /api/v1/reports/outcomes": ALL,
    "GET /api/v1/reports/amounts": ALL,
    "GET /api/v1/reports/times": ALL,
    "GET /api/v1/reports/overdue": ALL,
    "GET /api/v1/reports/visits": ALL,
    "GET /api/v1/reports/satisfaction": ALL,
    "GET /api/v1/reports/budgets": ALL,
    "GET /api/v1/reports/senders": EVERY,
    "POST /api/v1/exports": "officer supervisor system auditor",
    "GET /api/v1/exports/<number>": "officer supervisor system auditor",
    "GET /api/v1/inbox": "officer supervisor system auditor",
    "POST /api/v1/inbox/read": "officer supervisor system",
    "GET /api/v1/visits": "officer supervisor system auditor",
    "PUT /api/v1/visits/capacity": "supervisor",
    "GET /api/v1/visits/<visit>": "officer supervisor system auditor",
    "POST /api/v1/visits/<visit>/confirmation": "officer supervisor system",
    "POST /api/v1/visits/<visit>/move": "officer supervisor system",
    "POST /api/v1/visits/<visit>/outcome": "officer supervisor system",
    "POST /api/v1/visits/<visit>/cancellation": "officer supervisor system",
    "POST /api/v1/visits/<visit>/correction": "officer supervisor system",
    "POST /api/v1/cases/<receipt>/requests": "officer supervisor system",
    "GET /api/v1/requests": "officer supervisor system auditor",
    "GET /api/v1/requests/<number>": "officer supervisor system auditor",
    "POST /api/v1/requests/<number>/transfer": "officer supervisor system",
    "POST /api/v1/requests/<number>/answer": "officer supervisor system",
    "GET /api/v1/calendars": "supervisor admin",
    "POST /api/v1/calendars": "supervisor admin",
    "DELETE /api/v1/calendars/<number>": "supervisor admin",
    "GET /api/v1/calendars/own": "officer supervisor",
    "POST /api/v1/calendars/own": "officer supervisor",
    "DELETE /api/v1/calendars/own/<number>": "officer supervisor",
    "GET /api/v1/delegations": "officer supervisor auditor admin",
    "POST /api/v1/delegations": "officer supervisor admin",
    "POST /api/v1/delegations/<delegation>/confirmation": "officer supervisor admin",
    "DELETE /api/v1/delegations/<delegation>": "officer supervisor admin",
    "GET /api/v1/webhooks": "admin intake",
    "POST /api/v1/webhooks": "admin intake",
    "PATCH /api/v1/webhooks/<number>": "admin intake",
    "DELETE /api/v1/webhooks/<number>": "admin intake",
    "POST /api/v1/webhooks/<number>/secret": "admin intake",
    "POST /api/v1/webhooks/<number>/test": "admin intake",
    "POST /api/v1/webhooks/<number>/replay": "admin intake",
    "GET /api/v1/webhooks/<number>/attempts": "admin intake",
}

BODIES = {
    **payment_routes.BODIES,
    "findings": {"findings": [{"condition": "1.2", "result": True, "note": "属实"}]},
    "supplement": {"fields": ["/facts/dismissed"], "reason": "请补正", "due_on": "2099-12-31"},
    "closure": {"reason": "了结"},
    "determination": {"granted": True, "amount": "1.00", "reason": "属实"},
    "approval": {"approved": True, "reason": "同意"},
    "transfer": {"bureau": "finance", "reason": "不属本单位"},
    "access-code": {"handed": "in_person", "note": "已核对证照"},
    "identity": {"note": "已电话核实", "contact": True},
    "review": {"upheld": True, "reason": "维持"},
    "callback": {"note": "已回访"},
    "assignment": {},
    "phone-call": {"note": "已告知"},
    "requests": {"words": "希望对接银行"},
}

PASSWORD_OF_NOBODY = "not-the-password-of-anybody"
APPLICANT_BODIES = {
    "supplement": {"values": {"/facts/dismissed": 0}},
    "review": {"reason": "请复核"},
    "rating": {"grade": 5},
    "contact": {"name": "测试甲", "phone": "13800000000"},
    "contact/code": {"channel": "sms"},
    "contact/verification": {"code": "000000"},
    "payment-account": {"holder": "测试甲", "number": "62220000", "bank": "测试银行"},
    "requests": {"words": "希望对接银行"},
    "documents": {"paper": "营业执照", "name": "a.jpg", "size": 1},
}
PERSON_BODIES = {
    "account/password": {"current": PASSWORD_OF_NOBODY, "password": "four-unlikely-birds-42"},
    "account/recovery-codes": {"password": PASSWORD_OF_NOBODY},
}
