"""What people see of a case: dossier, progress, lists, inbox, status."""
