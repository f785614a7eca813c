"""How messages leave the house: one module per channel behind one interface (`base.Channel`)."""
