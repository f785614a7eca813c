"""One module per resource; each holds a flask-smorest blueprint called ``blueprint``."""
