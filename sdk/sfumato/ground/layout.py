"""The shape of Ground, in one place: what each network is built from."""

from __future__ import annotations

from typing import Any

FOLD = 4
"""Pixels are folded by this into channels before the VAE. With a single level inside, that is the whole reduction.

Folding by 8 was tried first: an edge then looks different at each of 64 places in its block, and after 26,000
pictures the network denoised hardly better than a Wiener filter.
"""

LATENT_CHANNELS = 8
CONTEXT_TOKENS = 32
CONTEXT_WIDTH = 192

VAE: dict[str, Any] = {
    "in_channels": 3 * FOLD**2,
    "out_channels": 3 * FOLD**2,
    "down_block_types": ("DownEncoderBlock2D",),
    "up_block_types": ("UpDecoderBlock2D",),
    "block_out_channels": (64,),
    "layers_per_block": 1,
    "latent_channels": LATENT_CHANNELS,
    "norm_num_groups": LATENT_CHANNELS,
    "mid_block_add_attention": False,
    "sample_size": 256,
}

TEXT_ENCODER: dict[str, Any] = {
    "hidden_size": CONTEXT_WIDTH,
    "intermediate_size": 3 * CONTEXT_WIDTH,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "max_position_embeddings": CONTEXT_TOKENS,
    "projection_dim": CONTEXT_WIDTH,
}
"""Further entries (vocabulary size, special tokens) come from the tokenizer."""

UNET: dict[str, Any] = {
    "sample_size": 256 // FOLD,
    "in_channels": LATENT_CHANNELS,
    "out_channels": LATENT_CHANNELS,
    "down_block_types": ("DownBlock2D",) * 3,
    "mid_block_type": "UNetMidBlock2D",
    "up_block_types": ("UpBlock2D",) * 3,
    "block_out_channels": (64, 128, 256),
    "layers_per_block": 1,
    "cross_attention_dim": CONTEXT_WIDTH,
    "norm_num_groups": 16,
    "time_embedding_dim": 512,
    "addition_embed_type": "text",
    "addition_embed_type_num_heads": 4,
    "resnet_time_scale_shift": "scale_shift",
}
"""Convolutions only: a texture is stationary, and what holds for a small window then holds at any size.

`addition_embed_type` pools the prompt into the time embedding: far faster to learn than cross-attention.
"""

NOISE: dict[str, Any] = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.02,
    "beta_schedule": "scaled_linear",
    "prediction_type": "v_prediction",
}
"""Ends noisier than Stable Diffusion (sigma 64, not 15), lest the mean colour of a picture shine through its noise."""
