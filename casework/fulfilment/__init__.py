"""Fulfilment (兑现): a grant is paid by a bureau, or waived by a landlord, or not, and why not.

Every act locks the application first, so what it finds there holds until it has committed.
"""
