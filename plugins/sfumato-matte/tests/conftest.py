"""A picture to work on, and a tiny model on disk."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import sfumato.plugin as sf


@pytest.fixture(scope="session")
def truth():
    """The opacity of a disc a little off the middle, soft by a pixel."""
    rows, columns = np.mgrid[:128, :128]
    return np.clip(38.5 - np.hypot(rows - 70, columns - 58), 0, 1).astype(np.float32)


@pytest.fixture(scope="session")
def photo(truth, sfumato_material):
    """A disc of brick on moss."""
    brick, moss = (sfumato_material(name, seed, 128).pixels for name, seed in (("brick", 1), ("moss", 2)))
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
def _one_thread(sfumato_one_thread):
    """As all tests of this plugin run."""
