"""A stand-in for Rivya: the whole documented API, spoken by a program of its own. See README.md."""
