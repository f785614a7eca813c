"""Pages: what people see of the use cases in a browser, drawn on the server."""
