"""Production laid over a Django project's own settings, without editing the project."""
