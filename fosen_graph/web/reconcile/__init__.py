"""Reconciliation Service API, 0.2 and 1.0-draft: names from somebody's table in, what they may mean out."""
