"""What the rules say about an application, written down."""
