"""The rules and forms of a notice made up for the tests: `tests/data/notices/shili-2021-3`."""
