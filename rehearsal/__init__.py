"""The stand-in cloud: the real Pulumi engine against real machines on this computer."""
