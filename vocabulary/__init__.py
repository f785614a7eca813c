"""Every closed word of the domain, once, with its Chinese label."""
