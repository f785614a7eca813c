"""Reading a file that a stranger sent: in a process of its own, which has no secrets and little
memory. Nothing in here imports more of ours than the vocabulary."""
