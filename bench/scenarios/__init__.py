"""The measurements, one module each; `bench.__main__` puts them in order."""
