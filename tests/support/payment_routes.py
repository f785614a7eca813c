"""Routes of what comes after a grant."""

from __future__ import annotations

# Open to everybody.
OPEN = {
    "POST /api/v1/publicity/<grant>/objections",
    "POST /api/v1/objections/confirmation",
    "GET /api/v1/objections/<secret>",
}
# Of the bureaus, with the roles that may.
MAY = {
    "GET /api/v1/payments": "officer supervisor auditor",
    "GET /api/v1/payments/batches": "officer supervisor auditor",
    "POST /api/v1/payments/batches": "officer supervisor",
    "GET /api/v1/payments/batches/<number>": "officer supervisor auditor",
    "GET /api/v1/payments/batches/<number>/file": "officer supervisor",
    "POST /api/v1/payments/batches/<number>/bank-answer": "officer supervisor",
    "POST /api/v1/payments/<receipt>/account-confirmation": "officer supervisor",
    "POST /api/v1/payments/<receipt>/retry": "officer supervisor",
    "POST /api/v1/payments/<receipt>/waiver": "officer supervisor",
    "POST /api/v1/payments/<receipt>/paid-otherwise": "supervisor",
    "POST /api/v1/payments/<receipt>/reclaim": "supervisor",
    "GET /api/v1/objections": "officer supervisor auditor",
    "POST /api/v1/objections/<number>/decision": "supervisor",
}
BODIES = {
    "bank-answer": {"lines": [{"number": "FK1-0001", "amount": "1.00", "on": "2020-06-01"}]},
    "account-confirmation": {"account": 1, "note": "户名是经营者本人"},
    "retry": {"reason": "银行系统故障"},
    "waiver": {"on": "2020-06-01", "found": "landlord"},
    "paid-otherwise": {"on": "2020-06-01", "note": "凭证1号"},
    "reclaim": {"amount": "1.00", "on": "2020-06-01", "reason": "mistake", "note": "多付"},
    "decision": {"sustained": False, "words": "经核对"},
}
