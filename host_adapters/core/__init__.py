"""What every adapter shares: frames, connection, jobs, geometry, forms. Standard library only, Python 3.8 syntax.

An adapter implements `host.Host`, makes a `studio.Studio` with it and a `session.Session`, binds its widgets to a
`workspace.Workspace`, calls `Studio.drain()` on its main thread whenever the session's `wake` was called, and redraws
what the observer names. Nothing but `wake` is ever called from another thread.
"""
