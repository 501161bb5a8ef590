"""Placeholder images: an address is a picture. An app of the project, and a service of its own."""
