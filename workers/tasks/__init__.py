"""One thin task module per stage: ids in, one use case called, failures reported."""
