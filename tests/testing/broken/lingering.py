"""A plugin that computes while it is imported."""

import time

until = time.process_time() + 0.6
while time.process_time() < until:
    pass
