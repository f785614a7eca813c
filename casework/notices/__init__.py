"""The notices as the use cases need them: the edition in force or used, and its guide."""
