"""The stand-in for Amazon's SSM agent: what its package holds, and the package."""
