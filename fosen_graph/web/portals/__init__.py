"""A release in, what portals and machines ask for out: catalogue, statistics, feeds, site map."""
