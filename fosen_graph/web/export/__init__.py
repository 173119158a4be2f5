"""A release in; the whole site as files out, which any host of files can serve, or a reader can open from a disk."""
