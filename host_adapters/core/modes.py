"""What an artist can ask for, and what each of it means in terms of a recipe."""

from typing import Dict, NamedTuple


class Mode(NamedTuple):
    """One way to work.

    `start` says what is under the brush: noise, the canvas, the `neighbours` of the selection drawn into it, the
    canvas with its transparent part (`margins`) to be filled, or a `layer` that is only processed. `strength` is where
    the slider begins; `fixed_strength` means there is none. With `selection` it needs one; `may_select` limits it to
    one where there is one.
    """

    id: str
    label: str
    help: str
    start: str
    strength: float = 1.0
    fixed_strength: bool = True
    selection: bool = False
    may_select: bool = False
    prompt: bool = True


MODES: Dict[str, Mode] = {
    mode.id: mode
    for mode in (
        Mode("generate", "Generate", "A new picture of the canvas' size, from the prompt alone.", "noise"),
        Mode(
            "refine",
            "Refine",
            "The canvas, or what is selected, drawn again. Strength says how much may change.",
            "canvas",
            strength=0.5,
            fixed_strength=False,
            may_select=True,
        ),
        Mode("fill", "Fill", "Something new where you have selected.", "canvas", selection=True),
        Mode(
            "expand",
            "Expand",
            "What surrounds the selection goes on inside it.",
            "neighbours",
            strength=0.9,
            fixed_strength=False,
            selection=True,
        ),
        Mode(
            "remove",
            "Remove",
            "What is selected goes away, and its surroundings close over it. No prompt needed.",
            "neighbours",
            strength=0.75,
            fixed_strength=False,
            selection=True,
            prompt=False,
        ),
        Mode(
            "replace",
            "Replace",
            "What is selected becomes what the prompt says, keeping its pose and light as strength allows.",
            "canvas",
            strength=0.85,
            fixed_strength=False,
            selection=True,
        ),
        Mode("outpaint", "Outpaint", "The transparent part of the canvas is painted.", "margins"),
        Mode(
            "live",
            "Live",
            "Each stroke refreshes the result while you paint.",
            "canvas",
            strength=0.6,
            fixed_strength=False,
            may_select=True,
        ),
        Mode(
            "process",
            "Process",
            "The active layer goes through the processors: enlarged, cut out, turned into a material.",
            "layer",
            strength=0.0,
            prompt=False,
        ),
    )
}
