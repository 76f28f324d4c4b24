"""Side-by-side measurements of the suite's services and of other ways to write them.

``python -m benchmarks`` runs them; ``README.md`` says how to read and how to extend them.
"""
