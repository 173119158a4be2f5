"""Reviewed files in, a release out: line.py is the assembly line, the other rooms are its stations."""

from fosen_graph.release.line import Release, build, check_data, silent
from fosen_graph.release.publication import Progress

__all__ = ["Progress", "Release", "build", "check_data", "silent"]
