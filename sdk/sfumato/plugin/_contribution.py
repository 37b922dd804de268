"""What every contribution has in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from sfumato.catalogue import Needs
from sfumato.parameters import Value
from sfumato.plugin._params import Params


class Contribution:
    """One thing that a plugin adds. Instances are made per job with validated parameters.

    Subclass a kind (Sampler, Schedule, Guider, Conditioner, ...), not this. What raises NotImplementedError in a kind
    has to be defined: the registry refuses a class that leaves it out, in words, before any job. `id` is
    `namespace.name`, in lower case with hyphens; the namespace belongs to the distribution.
    """

    kind: ClassVar[str]
    capability: ClassVar[str]
    id: ClassVar[str]
    label: ClassVar[str]
    #: One line for a tooltip; the class's docstring starts with the algorithm and its source.
    description: ClassVar[str] = ""
    #: What it needs beside its parameters; a request that lacks it is refused at the border.
    needs: ClassVar[Needs] = Needs()
    #: The parameters at which it changes nothing, such as `{"strength": 0.0}`; None where there are none. Each kind
    #: says what nothing is: the conformance checks hold samplers, guiders and conditioners to it.
    neutral: ClassVar[Mapping[str, Value] | None] = None

    #: A contribution without parameters leaves this alone.
    Params: ClassVar[type[Params]] = Params

    def __init__(self, params: Any = None) -> None:
        #: The validated parameters: an instance of this class's `Params`.
        self.params: Any = self.Params() if params is None else params
