"""Write the trained networks as one diffusers folder in half precision, with what Sfumato wants to know about it."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler, UNet2DConditionModel
from torch.nn import functional as F
from transformers import CLIPTextModel

from sfumato.ground import weights_path
from sfumato.ground.folding import to_pixels
from sfumato.ground.latents import encode
from sfumato.ground.layout import FOLD, NOISE, UNET, VAE
from sfumato.ground.renders import Renders
from sfumato.ground.sampling import DEFAULT_GUIDANCE_SCALE, DEFAULT_STEPS

PREVIEW_PICTURES = 160
LICENCE = """The weights in this folder are dedicated to the public domain under CC0 1.0 Universal
(https://creativecommons.org/publicdomain/zero/1.0/). They were trained from nothing on pictures that the code
beside them renders; no other data took part.
"""
INDEX = {
    "_class_name": "StableDiffusionPipeline",
    "_diffusers_version": "0.42.1",
    "feature_extractor": [None, None],
    "image_encoder": [None, None],
    "requires_safety_checker": False,
    "safety_checker": [None, None],
    "scheduler": ["diffusers", "EulerDiscreteScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}


def export(work_dir: Path, folder: Path) -> None:
    """Replace `folder` by the present state of the work folder; the UNet's averaged weights are taken."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    unet = UNet2DConditionModel(**UNET)
    unet.load_state_dict(torch.load(work_dir / "unet.pt", weights_only=True)["average"])
    unet.half().save_pretrained(folder / "unet")
    vae = AutoencoderKL.from_pretrained(work_dir / "vae")
    facts = {
        "title": "Ground",
        "licence": "CC0-1.0",
        "native_size_px": 256,
        "default_steps": DEFAULT_STEPS,
        "default_guidance_scale": DEFAULT_GUIDANCE_SCALE,
        "default_sampler": "sfumato.dpmpp-2m",
        "default_schedule": "sfumato.karras",
        "control": "depth",
        "latent_rgb": preview_factors(vae, Renders(work_dir, "train")),
    }
    # Built anew, since a loaded one remembers the folder it came from.
    shipped = AutoencoderKL(**VAE, scaling_factor=vae.config["scaling_factor"])
    shipped.load_state_dict(vae.state_dict())
    shipped.half().save_pretrained(folder / "vae")
    CLIPTextModel.from_pretrained(work_dir / "text_encoder").half().save_pretrained(folder / "text_encoder")
    shutil.copytree(work_dir / "tokenizer", folder / "tokenizer")
    EulerDiscreteScheduler(**NOISE, timestep_spacing="trailing").save_pretrained(folder / "scheduler")
    (folder / "model_index.json").write_text(json.dumps(INDEX, indent=2) + "\n")
    (folder / "sfumato.json").write_text(json.dumps(facts, indent=2) + "\n")
    (folder / "LICENSE").write_text(LICENCE)


@torch.no_grad()
def preview_factors(vae: AutoencoderKL, renders: Renders) -> dict[str, list[object]]:
    """The least-squares map from scaled latents to RGB in -1..1, one pixel a latent: factors (C, 3), bias (3)."""
    chosen = np.random.default_rng(0).integers(len(renders), size=PREVIEW_PICTURES)
    images = torch.from_numpy(np.stack([renders.image(int(index)) for index in chosen]))
    latents = encode(vae, images).permute(0, 2, 3, 1).flatten(0, 2)
    colours = F.avg_pool2d(to_pixels(images), FOLD).permute(0, 2, 3, 1).flatten(0, 2)
    solution = torch.linalg.lstsq(torch.cat([latents, torch.ones(len(latents), 1)], 1), colours).solution
    rounded = [[round(value, 5) for value in row] for row in solution.tolist()]
    return {"factors": [*rounded[:-1]], "bias": [*rounded[-1]]}


def main() -> None:
    """Export the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work-dir", type=Path, required=True)
    parser.add_argument("--folder", type=Path, default=weights_path(), help="where to write; the package by default")
    arguments = parser.parse_args()
    export(arguments.work_dir, arguments.folder)


if __name__ == "__main__":
    main()
