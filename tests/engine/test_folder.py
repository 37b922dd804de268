import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

import sfumato.plugin as sf
from sfumato.engine.families.noise_levels import STABLE_DIFFUSION, model_sigmas
from sfumato.engine.families.stable_diffusion import StableDiffusion
from sfumato.errors import NotFound, WeightsRefused
from sfumato.testing.families import load, result

UNET = "unet/diffusion_pytorch_model.safetensors"
VAE = "vae/diffusion_pytorch_model.safetensors"


@pytest.fixture
def copy(tiny_sd, tmp_path):
    return shutil.copytree(tiny_sd, tmp_path / "copy")


@pytest.fixture(scope="module")
def original(tiny_sd):
    return load(tiny_sd)


def change(path: Path, **values):
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def same_denoised(first, second, **tolerance):
    x = torch.randn(first.latent_shape(32, 32), generator=torch.Generator().manual_seed(0))
    calls = [sf.NetworkCall(x=x, sigma=1.0, prompt=result(family.encode_prompt("red"))) for family in (first, second)]
    torch.testing.assert_close(first.evaluate(calls[:1]), second.evaluate(calls[1:]), **tolerance)


def test_half_precision_files_are_found_and_brought_to_the_wanted_precision(copy, original):
    half = {name: tensor.half() for name, tensor in load_file(copy / UNET).items()}
    save_file(half, copy / "unet" / "diffusion_pytorch_model.fp16.safetensors")
    (copy / UNET).unlink()
    family = load(copy)
    assert family.memory() == original.memory()
    same_denoised(family, original, atol=0.01, rtol=0.01)


def test_the_unet_alone_takes_the_wanted_precision(copy, original):
    card = StableDiffusion.describe(copy)
    family = StableDiffusion.load(copy, card, device="cpu", dtype="bfloat16")
    whole, halved = original.memory(), family.memory()
    assert halved == whole | {"unet": whole["unet"] // 2}
    same_denoised(family, original, atol=0.1, rtol=0.1)


def test_full_precision_is_preferred(copy, original):
    save_file({}, copy / "unet" / "diffusion_pytorch_model.fp16.safetensors")
    same_denoised(load(copy), original, atol=1e-5, rtol=1e-5)


def test_shards_are_joined(copy, original):
    tensors = load_file(copy / UNET)
    names = sorted(tensors)
    shards = {"a.safetensors": names[::2], "b.safetensors": names[1::2]}
    for file, held in shards.items():
        save_file({name: tensors[name] for name in held}, copy / "unet" / file)
    weight_map = {name: file for file, held in shards.items() for name in held}
    (copy / "unet" / "diffusion_pytorch_model.safetensors.index.json").write_text(
        json.dumps({"weight_map": weight_map})
    )
    (copy / UNET).unlink()
    same_denoised(load(copy), original, atol=1e-5, rtol=1e-5)


def test_a_shard_outside_the_folder_is_not_read(copy):
    (copy / UNET).rename(copy.parent / "stolen.safetensors")
    index = copy / "unet" / "diffusion_pytorch_model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"a": "../../stolen.safetensors"}}))
    with pytest.raises(NotFound, match=r"unet/stolen\.safetensors"):
        StableDiffusion.describe(copy)


def test_the_vae_s_old_names_are_understood(copy, original):
    """Those of diffusers before 0.17, which the published Stable Diffusion 1.5 still has."""
    old = {".to_q.": ".query.", ".to_k.": ".key.", ".to_v.": ".value.", ".to_out.0.": ".proj_attn."}
    tensors = load_file(copy / VAE)
    for new, former in old.items():
        tensors = {name.replace(new, former): tensor for name, tensor in tensors.items()}
    assert any("proj_attn" in name for name in tensors)
    save_file(tensors, copy / VAE)
    latents = torch.randn(1, 4, 8, 8)
    expected = result(original.decode_latents(latents, ""))
    torch.testing.assert_close(result(load(copy).decode_latents(latents, "")), expected, atol=1e-5, rtol=1e-5)


def test_wrapped_text_encoders_are_understood(copy, original):
    """Published ones have a prefix and a buffer that today's class has not."""
    path = copy / "text_encoder" / "model.safetensors"
    tensors = {f"text_model.{name.removeprefix('text_model.')}": t for name, t in load_file(path).items()}
    save_file(tensors | {"text_model.embeddings.position_ids": torch.arange(77)[None]}, path)
    torch.testing.assert_close(result(load(copy).encode_prompt("red")), result(original.encode_prompt("red")))


def test_a_pickle_is_refused_by_name(copy):
    (copy / UNET).unlink()
    torch.save({"a": torch.zeros(1)}, copy / "unet" / "diffusion_pytorch_model.bin")
    with pytest.raises(WeightsRefused, match=r"diffusion_pytorch_model\.bin is a zip archive with a pickle"):
        StableDiffusion.describe(copy)


def test_a_pickle_under_the_right_name_is_refused(copy):
    torch.save({"a": torch.zeros(1)}, copy / VAE)
    with pytest.raises(WeightsRefused, match=r"vae/diffusion_pytorch_model\.safetensors is a zip archive"):
        StableDiffusion.describe(copy)


def test_missing_weights_are_named(copy):
    (copy / VAE).unlink()
    with pytest.raises(WeightsRefused, match=r"no diffusion_pytorch_model\.safetensors in .*vae"):
        StableDiffusion.describe(copy)


def test_a_missing_vocabulary_is_named(copy):
    shutil.rmtree(copy / "tokenizer")
    with pytest.raises(NotFound, match=r"tokenizer; copy the model's tokenizer folder"):
        load(copy)


@pytest.mark.parametrize(
    ("part", "values", "named"),
    [
        ("unet", {"in_channels": 7}, "takes 7 channels, expected 4, or 9 to inpaint"),
        ("unet", {"cross_attention_dim": 768}, "attends to 768 numbers a token, and the text encoder gives 32"),
        ("unet", {"class_embed_type": "timestep"}, "class labels"),
        ("unet", {"sample_size": "large"}, "not that of a Stable Diffusion model"),
        ("vae", {"block_out_channels": None}, "not that of a Stable Diffusion model"),
    ],
)
def test_a_configuration_for_something_else_is_refused(copy, part, values, named):
    change(copy / part / "config.json", **values)
    with pytest.raises(WeightsRefused, match=named):
        StableDiffusion.describe(copy)


def test_weights_that_do_not_fit_are_refused(copy):
    change(copy / "unet" / "config.json", block_out_channels=[32, 96])
    with pytest.raises(WeightsRefused, match=r"the unet of .* does not fit its configuration"):
        load(copy)


def test_a_damaged_configuration_is_refused(copy):
    (copy / "vae" / "config.json").write_bytes(b'{"latent')
    with pytest.raises(WeightsRefused, match=r"vae/config\.json cannot be read as JSON"):
        StableDiffusion.describe(copy)


def test_other_classes_and_other_folders_are_nobody_s(copy, tmp_path):
    assert StableDiffusion.describe(tmp_path) is None
    (copy / "text_encoder_2").mkdir()
    assert StableDiffusion.describe(copy) is None
    (copy / "text_encoder_2").rmdir()
    change(copy / "unet" / "config.json", _class_name="SomebodysUNet")
    assert StableDiffusion.describe(copy) is None


def test_what_the_index_names_is_never_built(copy):
    (copy / "model_index.json").write_text(json.dumps({"_class_name": "os.system", "unet": ["subprocess", "Popen"]}))
    assert StableDiffusion.describe(copy) is not None


def test_an_unknown_prediction_type_is_refused(copy):
    change(copy / "scheduler" / "scheduler_config.json", prediction_type="magic")
    with pytest.raises(WeightsRefused, match="prediction type 'magic', expected one of epsilon"):
        StableDiffusion.describe(copy)


def test_an_unknown_schedule_of_training_is_refused_when_the_model_is_loaded(copy):
    change(copy / "scheduler" / "scheduler_config.json", beta_schedule="magic")
    with pytest.raises(WeightsRefused, match="'beta_schedule': 'magic'"):
        load(copy)


def test_describing_a_model_imports_no_networks(copy):
    """A worker that only reports what there is must not take seconds for diffusers."""
    code = f"""
import sys
from pathlib import Path
from sfumato.engine.families.stable_diffusion import StableDiffusion
assert StableDiffusion.describe(Path({str(copy)!r}))
print(*sorted({{"diffusers", "transformers", "accelerate"}} & sys.modules.keys()))
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []


def test_a_model_that_does_not_say_was_trained_like_stable_diffusion(copy, original):
    shutil.rmtree(copy / "scheduler")
    assert load(copy).sigmas == original.sigmas
    assert original.sigmas.sigma_max == pytest.approx(14.6146, abs=1e-4)


def test_a_schedule_that_ends_in_pure_noise_stays_finite():
    zero_snr = model_sigmas({**STABLE_DIFFUSION, "rescale_betas_zero_snr": True}, "sd2")
    assert zero_snr.sigma_max == pytest.approx(4096, rel=1e-3)


def test_another_vae_gets_previews_of_its_own(copy, original):
    change(copy / "vae" / "config.json", scaling_factor=0.5)
    family = load(copy)
    latents = torch.randn(1, 4, 8, 8)
    assert family.preview(latents).shape == (8, 8, 3)
    assert not torch.equal(family.preview(latents), original.preview(latents))
