"""An application comes in."""
