"""The command `slipway`: what an operator does with a running stack. It reaches hosts over SSH, stacks by commands."""
