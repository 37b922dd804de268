"""A guider with a branch of its own: the network is asked once more, with attention that looks at nothing else."""

from typing import ClassVar

import sfumato.plugin as sf


def look_at_nothing_else(attend, query, key, value):
    """Every token keeps its own value, as if attention were the identity."""
    return value


class SelfGuidance(sf.Guider):
    """Perturbed attention: Ahn et al. 2024 (arXiv 2403.17377), eq. 14, in the middle of the network."""

    id, label = "example-guider.self-guidance", "Self-guidance"
    description = "Away from what the network would make without structure. Needs no negative prompt."
    neutral: ClassVar = {"scale": 0.0}

    class Params(sf.Params):
        scale: float = sf.Field(3.0, ge=0, le=20, display=(0, 6), step=0.25, help="How strongly; 0 is not at all.")

    def branches(self, sigma, step, steps):
        plain = sf.Branch(name="plain")
        middle = [name for name, kind in self.layers.items() if kind == "self-attention" and "mid" in name]
        if self.params.scale == 0 or not middle:
            return [plain]
        return [plain, sf.Branch(name="perturbed", wraps=dict.fromkeys(middle, look_at_nothing_else))]

    def combine(self, denoised, x, sigma, state):
        plain = denoised["plain"]
        return plain if len(denoised) == 1 else plain + (plain - denoised["perturbed"]) * self.params.scale


@sf.hookimpl
def sfumato_register_guiders(register):
    register(SelfGuidance)
