"""How Django writes what no template of ours writes, by language."""
