"""The model families that come with the engine: how each architecture encodes, evaluates and decodes."""
