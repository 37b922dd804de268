"""The bridge: frames over stdin and stdout for an adapter, gRPC to the daemon. docs/bridge_protocol.md is its contract.

Nothing heavy is imported before the adapter has its answer: gRPC, Pillow and numpy follow then.
"""
