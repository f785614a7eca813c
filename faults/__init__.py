"""The fault harness: clients that keep their own record, a driver that breaks things, a judgement.

`make faults` runs it at full length; `tests/faults` runs it short and proves that it catches bugs.
Nothing of the product knows of it.
"""
