"""Tables of applications: read as clerks and their programs write them, checked row by row, filed
so that nothing is lost. The command line and the desk call the same use cases."""
