"""How the network of `texture.maps` was trained: on renders of Ground's procedural materials, nothing else."""
