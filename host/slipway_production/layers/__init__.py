"""What production changes, one file a subject. Each has `layer(settings, environ, django) -> changed settings`."""
