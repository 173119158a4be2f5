"""A finished release, served: pages for people, answers for programs. Nothing here can change anything."""
