"""Norway's register of units in, over HTTP or as files; a dated local copy that answers fast, out."""
