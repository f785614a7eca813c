"""Conditions that several provisions share, written once, as the notice refers back."""
