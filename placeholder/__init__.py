"""Placeholder images, described by their URL. An app of the project, and a service that runs alone."""
