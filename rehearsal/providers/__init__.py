"""Stand-ins for the four Pulumi providers the program uses."""
