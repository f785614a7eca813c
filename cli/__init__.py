"""The command line: `wenqi …`."""
