"""Which route of the API is for whom."""

from __future__ import annotations

from tests.support.document_routes import OF_CASE, OWN
from tests.support.login_routes import LOGINS, PERSON
from tests.support.payment_routes import MAY as OF_MONEY
from tests.support.payment_routes import OPEN

__all__ = ["APPLICANT", "BUREAU", "CLIENT", "PERSON", "PUBLIC", "REPORTER"]

PUBLIC = {
    "GET /api/v1/provisions",
    "GET /api/v1/provisions/<code>",
    "POST /api/v1/applications",
    "POST /api/v1/applications/<receipt>/access-code/request",
    "POST /api/v1/applications/<receipt>/access-code",
    "POST /api/v1/screenings",
    "GET /api/v1/calendar/<secret>.ics",
    "GET /api/v1/downloads/<secret>",
    "GET /api/v1/publicity",
    "GET /api/v1/privacy",
    "GET /docs",
    "GET /docs/assets/<name>",
    "GET /openapi.json",
    "GET /.well-known/security.txt",
    "GET /healthz",
    "GET /readyz",
}
PUBLIC |= LOGINS | OPEN | {"GET /api/v1/session/oidc"}
CLIENT = {"POST /api/v1/applications/batch"}
REPORTER = {"POST /api/v1/message-reports/<channel>"}
APPLICANT = OWN | {
    "GET /api/v1/applications/<receipt>",
    "GET /api/v1/applications/<receipt>/data",
    "POST /api/v1/applications/<receipt>/data/deletion",
    "POST /api/v1/applications/<receipt>/supplement",
    "POST /api/v1/applications/<receipt>/withdrawal",
    "POST /api/v1/applications/<receipt>/review",
    "POST /api/v1/applications/<receipt>/rating",
    "POST /api/v1/applications/<receipt>/contact",
    "POST /api/v1/applications/<receipt>/contact/code",
    "POST /api/v1/applications/<receipt>/contact/verification",
    "POST /api/v1/applications/<receipt>/payment-account",
    "POST /api/v1/applications/<receipt>/requests",
    "DELETE /api/v1/applications/<receipt>/requests/<number>",
}
BUREAU = OF_CASE | {
    "GET /api/v1/cases",
    "GET /api/v1/cases/<receipt>",
    "POST /api/v1/cases/<receipt>/findings",
    "POST /api/v1/cases/acknowledge",
    "POST /api/v1/cases/findings",
    "POST /api/v1/cases/assignments",
    "POST /api/v1/cases/exports",
    "POST /api/v1/cases/<receipt>/assignment",
    "GET /api/v1/colleagues",
    "POST /api/v1/cases/determinations",
    "POST /api/v1/cases/<receipt>/acknowledgement",
    "POST /api/v1/cases/<receipt>/supplement",
    "POST /api/v1/cases/<receipt>/supplement/closure",
    "POST /api/v1/cases/<receipt>/determination",
    "POST /api/v1/cases/<receipt>/determination/approval",
    "POST /api/v1/cases/<receipt>/identity",
    "POST /api/v1/cases/<receipt>/access-code",
    "POST /api/v1/cases/<receipt>/transfer",
    "POST /api/v1/cases/<receipt>/review",
    "POST /api/v1/cases/<receipt>/callback",
    "POST /api/v1/cases/<receipt>/phone-call",
    "GET /api/v1/cases/<receipt>/trail",
    "GET /api/v1/audit",
    "GET /api/v1/visits",
    "PUT /api/v1/visits/capacity",
    "GET /api/v1/visits/<visit>",
    "POST /api/v1/visits/<visit>/confirmation",
    "POST /api/v1/visits/<visit>/move",
    "POST /api/v1/visits/<visit>/outcome",
    "POST /api/v1/visits/<visit>/cancellation",
    "POST /api/v1/visits/<visit>/correction",
    "POST /api/v1/cases/<receipt>/requests",
    "GET /api/v1/requests",
    "GET /api/v1/requests/<number>",
    "POST /api/v1/requests/<number>/transfer",
    "POST /api/v1/requests/<number>/answer",
    "GET /api/v1/calendars",
    "POST /api/v1/calendars",
    "DELETE /api/v1/calendars/<number>",
    "GET /api/v1/calendars/own",
    "POST /api/v1/calendars/own",
    "DELETE /api/v1/calendars/own/<number>",
    "GET /api/v1/delegations",
    "POST /api/v1/delegations",
    "POST /api/v1/delegations/<delegation>/confirmation",
    "DELETE /api/v1/delegations/<delegation>",
    "GET /api/v1/exports/<number>",
    "POST /api/v1/exports",
    *(f"GET /api/v1/reports/{name}" for name in ("intake", "outcomes", "amounts", "times")),
    *(f"GET /api/v1/reports/{name}" for name in ("overdue", "visits", "satisfaction", "budgets")),
    "GET /api/v1/reports/senders",
    "GET /api/v1/inbox",
    "POST /api/v1/inbox/read",
    "GET /api/v1/webhooks",
    "POST /api/v1/webhooks",
    "PATCH /api/v1/webhooks/<number>",
    "DELETE /api/v1/webhooks/<number>",
    *(f"POST /api/v1/webhooks/<number>/{act}" for act in ("secret", "test", "replay")),
    "GET /api/v1/webhooks/<number>/attempts",
}
BUREAU |= set(OF_MONEY)
