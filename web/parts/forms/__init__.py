"""Forms, drawn from the marshmallow schemas: what is asked stands there once.

`shapes` says what a form is made of, `of_schema` makes it from the schemas, `typed` turns what
people type into an application, `drawing` into what a template shows. What people have typed is a
flat mapping, JSON pointer -> text, as their fields are named on the page: whatever stands in it,
readable or not, is shown again as it was typed.
"""
