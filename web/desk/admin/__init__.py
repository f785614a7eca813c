"""Pages of the administrator, the auditor and the operator, below ``/desk/admin``."""
