"""The parts of the stack, one ComponentResource a file."""
