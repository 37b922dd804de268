"""Tiny random networks on disk, in the layouts that transformers and diffusers load."""

from __future__ import annotations

import torch
import transformers
from diffusers import ControlNetModel


def save(path, network, processor):
    network.eval().save_pretrained(path)
    processor.save_pretrained(path)
    return path


def dpt(path):
    """A DPT with four layers."""
    torch.manual_seed(0)
    config = transformers.DPTConfig(
        hidden_size=32, num_hidden_layers=4, num_attention_heads=2, intermediate_size=32, image_size=64, patch_size=16,
        backbone_out_indices=[0, 1, 2, 3], neck_hidden_sizes=[8, 8, 8, 8], fusion_hidden_size=8, is_hybrid=False,
    )  # fmt: skip
    processor = transformers.DPTImageProcessorPil(size={"height": 64, "width": 64})
    network = transformers.DPTForDepthEstimation(config)
    _seen_by_relu(network.head.head[-2])
    return save(path, network, processor)


def depth_anything(path, *, metric=False):
    """A Depth Anything on a tiny DINOv2."""
    torch.manual_seed(1)
    backbone = transformers.Dinov2Config(
        hidden_size=32, num_hidden_layers=4, num_attention_heads=2, mlp_ratio=1, image_size=56, patch_size=14,
        out_features=["stage1", "stage2", "stage3", "stage4"], reshape_hidden_states=False, apply_layernorm=True,
    )  # fmt: skip
    config = transformers.DepthAnythingConfig(
        backbone_config=backbone, reassemble_hidden_size=32, patch_size=14, neck_hidden_sizes=[8, 8, 8, 8],
        fusion_hidden_size=8, head_hidden_size=8, depth_estimation_type="metric" if metric else "relative",
    )  # fmt: skip
    processor = transformers.DPTImageProcessorPil(size={"height": 56, "width": 56}, ensure_multiple_of=14)
    network = transformers.DepthAnythingForDepthEstimation(config)
    _seen_by_relu(network.head.conv3)
    return save(path, network, processor)


def _seen_by_relu(layer):
    """Predictions around 1 instead of around 0, of which a ReLU would hide half."""
    with torch.no_grad():
        layer.weight *= 100
        layer.bias.fill_(1)


def segformer(path, classes=5):
    """A Segformer of two stages."""
    torch.manual_seed(2)
    config = transformers.SegformerConfig(
        num_encoder_blocks=2, depths=[1, 1], sr_ratios=[2, 1], hidden_sizes=[8, 16], patch_sizes=[7, 3], strides=[4, 2],
        num_attention_heads=[1, 2], mlp_ratios=[2, 2], decoder_hidden_size=16, num_labels=classes,
    )  # fmt: skip
    network = transformers.SegformerForSemanticSegmentation(config)
    with torch.no_grad():
        network.decode_head.classifier.weight *= 30
    return save(path, network, transformers.SegformerImageProcessorPil(size={"height": 64, "width": 64}))


def vitpose(path, joints=17):
    """A ViTPose whose heat maps have a peak somewhere."""
    torch.manual_seed(3)
    backbone = transformers.VitPoseBackboneConfig(
        image_size=[64, 48], patch_size=[16, 16], hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=32, out_indices=[2],
    )  # fmt: skip
    config = transformers.VitPoseConfig(backbone_config=backbone, num_labels=joints, use_simple_decoder=True)
    config.num_labels = joints
    network = transformers.VitPoseForPoseEstimation(config)
    return save(path, network, transformers.VitPoseImageProcessorPil(size={"height": 64, "width": 48}))


def control_net(path, unet, *, seed=0, **config):
    """A ControlNet of the same blocks as a UNet, whose zero convolutions are not zero."""
    torch.manual_seed(seed)
    taken = (
        "in_channels", "down_block_types", "mid_block_type", "block_out_channels", "layers_per_block",
        "norm_num_groups", "cross_attention_dim", "attention_head_dim", "addition_embed_type",
        "addition_embed_type_num_heads", "resnet_time_scale_shift",
    )  # fmt: skip
    like = {name: unet[name] for name in taken}
    network = ControlNetModel(**like | {"conditioning_embedding_out_channels": (8, 8, 8, 8)} | config)
    with torch.no_grad():
        zeroed = [*network.controlnet_down_blocks, network.controlnet_mid_block]
        for layer in (*zeroed, network.controlnet_cond_embedding.conv_out):
            layer.weight.normal_(0, 0.1)
            layer.bias.normal_(0, 0.1)
    network.eval().save_pretrained(path)
    return path
