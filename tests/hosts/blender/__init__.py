"""The add-on in two real Blenders: the `bpy` module 5.0, and Debian's 4.3 headless and with its window."""
