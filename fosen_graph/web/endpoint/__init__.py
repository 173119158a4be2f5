"""HTTP requests to /sparql in, complete answers out: the SPARQL 1.1 Protocol past the framework, and its own pages."""
