"""The adapter in the real GIMP 3."""
