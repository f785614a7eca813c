"""Settings from the environment, and the data of each notice. Imports nothing of ours."""
