"""A register of ours on loopback, that answers as the real one's description says."""
