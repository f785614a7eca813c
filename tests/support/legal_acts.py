"""Which acts are legal in which states: told a second time, independently of the state table."""

LEGAL = {
    "assess": "received awaiting_supplement awaiting_determination decided referred supplemented"
    " awaiting_approval determined under_review",
    "acknowledge": "awaiting_supplement awaiting_determination decided referred supplemented"
    " awaiting_approval under_review",
    "record_finding": "awaiting_supplement awaiting_determination decided referred supplemented",
    "request_supplement": "awaiting_supplement awaiting_determination decided referred",
    "close_supplement": "awaiting_supplement",
    "answer_supplement": "awaiting_supplement",
    "propose_determination": "awaiting_determination decided referred",
    "determine": "awaiting_supplement awaiting_determination decided referred",
    "approve_determination": "awaiting_approval",
    "reject_determination": "awaiting_approval",
    "transfer": "awaiting_supplement awaiting_determination decided referred",
    "withdraw": "received awaiting_supplement awaiting_determination decided referred supplemented"
    " awaiting_approval under_review",
    "request_review": "decided referred determined duplicate",
    "uphold": "under_review",
    "reopen": "under_review",
    "verify_contact": "received awaiting_supplement awaiting_determination decided referred"
    " supplemented awaiting_approval determined under_review duplicate",
    "correct_contact": "received awaiting_supplement awaiting_determination decided referred"
    " supplemented awaiting_approval determined under_review duplicate",
    "check_identity": "awaiting_supplement awaiting_determination decided referred supplemented"
    " awaiting_approval determined under_review",
    "issue_code": "awaiting_supplement awaiting_determination decided referred supplemented"
    " awaiting_approval determined under_review duplicate",
    "assign": "awaiting_supplement awaiting_determination decided referred supplemented"
    " awaiting_approval determined under_review",
    "close_duplicate": "awaiting_supplement awaiting_determination",
    "rate": "decided referred determined",
}
