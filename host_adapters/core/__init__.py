"""What every adapter shares: frames, connection, jobs, geometry, forms. Standard library only, Python 3.8 syntax."""
