"""What there is one of for as long as the add-on is enabled."""


class Lasting:
    """Makes one thing when the add-on is enabled and closes it when it is disabled.

    A module that has one offers its `register` and `unregister` as its own.
    """

    def __init__(self, make):
        self._make = make
        self._made = None

    def __call__(self):
        """The thing; None while the add-on is not enabled."""
        return self._made

    def register(self):
        """Make it."""
        self._made = self._make()

    def unregister(self):
        """Close it, if it could be made."""
        made, self._made = self._made, None
        if made is not None:
            made.close()
