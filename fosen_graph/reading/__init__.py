"""Reviewed files in, named graphs with the place of every statement out; begin with graph.py."""
