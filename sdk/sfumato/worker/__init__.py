"""The process that owns a device: the engine and the plugins behind a pipe to the front (docs/worker_protocol.md)."""
