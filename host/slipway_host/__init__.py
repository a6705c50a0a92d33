"""slipway-host: puts releases of a Django project into service on the server it runs on. Standard library only."""
