"""Routes of documents."""

from __future__ import annotations

# Whose application it is.
OWN = {
    "GET /api/v1/applications/<receipt>/documents",
    "POST /api/v1/applications/<receipt>/documents",
    "GET /api/v1/applications/<receipt>/documents/<document>",
    "PATCH /api/v1/applications/<receipt>/documents/<document>",
    "DELETE /api/v1/applications/<receipt>/documents/<document>",
    "GET /api/v1/applications/<receipt>/documents/<document>/content",
    "GET /api/v1/applications/<receipt>/documents/<document>/thumbnail",
}
# Of the case's bureaus.
OF_CASE = {
    "GET /api/v1/cases/<receipt>/documents",
    "GET /api/v1/cases/<receipt>/documents/<document>/content",
    "GET /api/v1/cases/<receipt>/documents/<document>/thumbnail",
}
