"""Pictures to work on, a tiny model on disk, and what a post-processor is handed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from tests.engine.gaussian import recipe

import sfumato.plugin as sf
from sfumato.ground.materials import SurfaceSpec, render, shade


@dataclass
class Desk:
    """`sf.Work` without an engine."""

    recipe: sf.Recipe = field(default_factory=recipe)
    seed: int = 7
    images: dict[str, sf.Image] = field(default_factory=dict)
    mask: sf.Image | None = None
    shares: list[float] = field(default_factory=list)

    def progress(self, share, description=""):
        self.shares.append(share)


@pytest.fixture
def desk():
    return Desk


def material(name, seed, size_px=128):
    spec = SurfaceSpec(material=name, colours=(), modifiers=frozenset())
    return shade(render(spec, size_px=size_px, seed=seed)) / np.float32(255)


@pytest.fixture(scope="session")
def truth():
    """The opacity of a disc a little off the middle, soft by a pixel."""
    rows, columns = np.mgrid[:128, :128]
    return np.clip(38.5 - np.hypot(rows - 70, columns - 58), 0, 1).astype(np.float32)


@pytest.fixture(scope="session")
def photo(truth):
    """A disc of brick on moss."""
    brick, moss = material("brick", 1), material("moss", 2)
    return sf.Image(pixels=brick * truth[:, :, None] + moss * (1 - truth[:, :, None]))


@pytest.fixture(scope="session")
def segmenter(tmp_path_factory):
    """A tiny random Segformer of four classes."""
    import transformers

    torch.manual_seed(2)
    names = dict(enumerate(["background", "cat", "dog", "tree"]))
    config = transformers.SegformerConfig(
        num_encoder_blocks=2, depths=[1, 1], sr_ratios=[2, 1], hidden_sizes=[8, 16], patch_sizes=[7, 3], strides=[4, 2],
        num_attention_heads=[1, 2], mlp_ratios=[2, 2], decoder_hidden_size=16, id2label=names,
        label2id={name: number for number, name in names.items()},
    )  # fmt: skip
    network = transformers.SegformerForSemanticSegmentation(config).eval()
    with torch.no_grad():
        network.decode_head.classifier.weight *= 30
    path = tmp_path_factory.mktemp("models") / "segmenter"
    network.save_pretrained(path)
    transformers.SegformerImageProcessorPil(size={"height": 64, "width": 64}).save_pretrained(path)
    return path


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
