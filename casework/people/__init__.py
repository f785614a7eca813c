"""Who may do what: tokens, rights, delegations."""
