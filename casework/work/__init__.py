"""One work item under lock: the stages."""
