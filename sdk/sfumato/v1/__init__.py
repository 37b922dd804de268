"""Generated from protos/sfumato/v1 by `make protos`."""
