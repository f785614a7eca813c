"""HTTP: thin routes that parse, call one use case and answer."""
