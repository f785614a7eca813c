"""Which page of the desk is for whom."""

from __future__ import annotations

# The last part of an address -> the roles that may ask for the page, and do what it offers.
ACTS = {
    "access-code": "officer supervisor",
    "assignment": "officer supervisor",
    "callback": "officer supervisor",
    "identity": "officer supervisor",
    "phone-call": "officer supervisor",
    "review": "supervisor",
    "supplement-closure": "officer supervisor",
    "transfer": "officer supervisor",
}
# Route -> the roles that may. What the others get is a page that says who may.
MAY = {
    "GET /desk/": "officer supervisor auditor",
    "GET /desk/cases": "officer supervisor auditor",
    "GET /desk/visits": "officer supervisor auditor",
    "POST /desk/visits/capacity": "supervisor",
    "GET /desk/visits/<day>/route": "officer supervisor auditor",
    "GET /desk/visits/<number>": "officer supervisor auditor",
    "GET /desk/visits/<number>/<code>": "officer supervisor",
    "POST /desk/visits/<number>/<code>": "officer supervisor",
    "GET /desk/requests": "officer supervisor auditor",
    "GET /desk/requests/<number>": "officer supervisor auditor",
    "GET /desk/requests/<number>/<code>": "officer supervisor",
    "POST /desk/requests/<number>/<code>": "officer supervisor",
    "GET /desk/calendars": "officer supervisor",
    "POST /desk/calendars": "supervisor admin",
    "POST /desk/calendars/<number>/end": "supervisor admin",
    "POST /desk/calendars/own": "officer supervisor",
    "POST /desk/calendars/own/<number>/end": "officer supervisor",
    "GET /desk/reports": "officer supervisor auditor admin",
    "GET /desk/reports/<name>.csv": "officer supervisor auditor admin",
    "GET /desk/reports/week": "officer supervisor auditor admin",
    "POST /desk/cases/export": "officer supervisor auditor",
    "POST /desk/cases/acknowledge": "officer supervisor",
    "POST /desk/cases/assign": "officer supervisor",
    "POST /desk/cases/determine": "officer supervisor",
    "GET /desk/approvals": "supervisor",
    "GET /desk/cases/<receipt>": "officer supervisor auditor",
    "GET /desk/cases/<receipt>/documents/<document>": "officer supervisor auditor",
    "GET /desk/cases/<receipt>/trail": "supervisor auditor",
    "POST /desk/cases/<receipt>": "officer supervisor auditor",
    "POST /desk/cases/<receipt>/acknowledgement": "officer supervisor",
    "POST /desk/cases/<receipt>/approval": "supervisor",
    "POST /desk/cases/<receipt>/approval/draft": "supervisor",
    "POST /desk/cases/<receipt>/determination": "officer supervisor",
    "POST /desk/cases/<receipt>/draft": "officer supervisor",
    "POST /desk/cases/<receipt>/findings": "officer supervisor",
    "POST /desk/cases/<receipt>/supplement": "officer supervisor",
    **{
        f"{method} /desk/cases/<receipt>/{act}": roles
        for act, roles in ACTS.items()
        for method in ("GET", "POST")
    },
    "GET /desk/admin/trail": "auditor",
    "GET /desk/admin/operations": "admin",
    "POST /desk/admin/operations/retry": "admin",
    "GET /desk/import": "officer supervisor",
    "POST /desk/import": "officer supervisor",
    "GET /desk/import/template": "officer supervisor",
    "GET /desk/import/<number>": "officer supervisor",
    "POST /desk/import/<number>/file": "officer supervisor",
    "POST /desk/import/<number>/discard": "officer supervisor",
    "GET /desk/import/<number>/slips": "officer supervisor",
    "GET /desk/import/<number>/receipts": "officer supervisor",
    "GET /desk/import/<number>/rejects": "officer supervisor",
}
# For whoever has logged in.
OWN = {
    "GET /desk/account",
    "POST /desk/account/sessions/<number>/end",
    "POST /desk/account/password",
    "POST /desk/cases/kept",
    "POST /desk/cases/kept/<number>/forget",
    "POST /desk/cases/columns",
    "POST /desk/account/recovery-codes",
    "GET /desk/account/second-factor",
    "POST /desk/account/second-factor",
    "POST /desk/account/second-factor/confirmation",
    "POST /desk/account/standing-in",
    "GET /desk/<path:rest>",
}
OPEN = {
    "GET /desk",
    "GET /desk/login",
    "POST /desk/login",
    "GET /desk/login/oidc",
    "GET /desk/login/oidc/callback",
    "GET /desk/setup",
    "POST /desk/setup",
    "POST /desk/logout",
}
