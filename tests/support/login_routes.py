"""Routes of logins and of one's own account."""

from __future__ import annotations

# Where a secret is tried without another one.
LOGINS = {
    "POST /api/v1/session",
    "POST /api/v1/session/setup",
    "GET /api/v1/session/oidc/callback",
}
PERSON = {
    "GET /api/v1/session",
    "DELETE /api/v1/session",
    "GET /api/v1/account/sessions",
    "DELETE /api/v1/account/sessions/<number>",
    "POST /api/v1/account/password",
    "POST /api/v1/account/second-factor",
    "POST /api/v1/account/second-factor/confirmation",
    "POST /api/v1/account/recovery-codes",
}
