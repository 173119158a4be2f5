"""Publish a region's action plan as checked, linked open data."""

__version__ = "0.1.0"
