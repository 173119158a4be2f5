"""A review in; the same questions as in the terminal on a page of this machine, and their answers, out."""
