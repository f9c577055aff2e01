"""How fast the program is: what `python benchmarks/run.py` measures, a module a kind."""
