"""What is worth waking somebody for, as plain data: `components/watch.py` makes resources of it."""
