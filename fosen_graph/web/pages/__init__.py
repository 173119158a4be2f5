"""What the store knows in, pages and documents about everything that has an IRI out."""
