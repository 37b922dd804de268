"""What every contribution has in common."""

from __future__ import annotations

from typing import Any, ClassVar

from sfumato.plugin._params import Params


class Contribution:
    """One thing that a plugin adds. Instances are made per job with validated parameters.

    Subclass a kind (Sampler, Schedule, Guider, Family), not this. `id` is `namespace.name`, in lower case with
    hyphens; the namespace belongs to the distribution.
    """

    kind: ClassVar[str]
    capability: ClassVar[str]
    id: ClassVar[str]
    label: ClassVar[str]
    #: One line for a tooltip; the class's docstring starts with the algorithm and its source.
    description: ClassVar[str] = ""

    #: A contribution without parameters leaves this alone.
    Params: ClassVar[type[Params]] = Params

    def __init__(self, params: Any = None) -> None:
        #: The validated parameters: an instance of this class's `Params`.
        self.params: Any = self.Params() if params is None else params
