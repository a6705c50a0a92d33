"""Metrics and logs of the host to CloudWatch, with the rights of its instance profile."""
