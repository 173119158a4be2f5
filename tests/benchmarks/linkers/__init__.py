"""Other tools that match names; each reads names and mentions from two files, and prints its answers."""
