"""Migrations before a release: what each of them means for the release that still serves, and applying them."""
