"""`wenqi import`: applications from a table or NDJSON, through the same casework as HTTP."""
