"""Names of organisations and a register in; proposals with their reasons out. People decide."""
