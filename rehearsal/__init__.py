"""The stand-in cloud: the real Pulumi engine against real machines on this computer."""

import os

# gRPC's fork handlers do nothing for us (every fork here runs another program) and print a line for each.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
