import pytest
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel

import sfumato.plugin as sf
from sfumato.engine.architectures import recognise
from sfumato.engine.families.folder import DiffusersFolder
from sfumato.engine.families.networks import load_text_encoder, load_unet, load_vae
from sfumato.engine.families.single_file import SingleFile
from sfumato.engine.families.stable_diffusion import StableDiffusion
from sfumato.engine.weights import Header, TensorInfo
from sfumato.errors import NotFound, WeightsRefused
from sfumato.testing.families import load, result
from tests.engine.ldm import ldm_tensors, tiny_pair

CLUE = "model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias"


@pytest.fixture(scope="module", params=["sd1", "sd2", "inpaint"])
def pair(request, tmp_path_factory):
    """A folder and a file of one model."""
    channels = 9 if request.param == "inpaint" else 4
    return tiny_pair(tmp_path_factory.mktemp(request.param), sd2=request.param == "sd2", in_channels=channels)


@pytest.fixture(scope="module")
def sd1_file(tmp_path_factory):
    return tiny_pair(tmp_path_factory.mktemp("sd1"), sd2=False)[1]


def test_a_file_gives_the_same_weights_as_the_folder_bit_by_bit(pair):
    folder, file = DiffusersFolder.open(pair[0]), SingleFile.open(pair[1])
    for network in (lambda c: load_unet(c, torch.float32, "cpu"), lambda c: load_vae(c, "cpu"), _text_encoder):
        expected, actual = network(folder).state_dict(), network(file).state_dict()
        assert expected.keys() == actual.keys()
        assert all(torch.equal(expected[name], actual[name]) for name in expected)


def _text_encoder(checkpoint):
    return load_text_encoder(checkpoint, "cpu")


def test_a_file_gives_the_same_pictures_as_the_folder(pair):
    """Within rounding: weights that lie at other addresses are summed in another order."""
    from_folder, from_file = map(load, pair)
    prompt = result(from_file.encode_prompt("red (brick:1.2) wall"))
    torch.testing.assert_close(result(from_folder.encode_prompt("red (brick:1.2) wall")), prompt)
    x = torch.randn(from_file.latent_shape(32, 32))
    channels = torch.randn(1, 5, *x.shape[-2:]) if from_file.card.takes_inpaint_channels else None
    call = sf.NetworkCall(x=x, sigma=2.0, prompt=prompt, channels=channels)
    torch.testing.assert_close(from_folder.evaluate([call]), from_file.evaluate([call]), atol=2e-5, rtol=1e-5)
    pixels = result(from_file.decode_latents(x, ""))
    torch.testing.assert_close(result(from_folder.decode_latents(x, "")), pixels, atol=2e-5, rtol=1e-5)


def test_a_file_is_described_like_the_folder(pair):
    folder, file = map(StableDiffusion.describe, pair)
    assert file.takes_inpaint_channels == folder.takes_inpaint_channels
    assert (file.latent_channels, file.prediction_type) == (folder.latent_channels, folder.prediction_type)
    assert file.id == "file"


def _published(*, sd2: bool, in_channels: int = 4) -> Header:
    """The names and shapes of Stable Diffusion 1.5 or 2.1, without weights."""
    widths, blocks = (128, 256, 512, 512), 4
    text = {"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24, "num_attention_heads": 16}
    heads = {"attention_head_dim": (5, 10, 20, 20), "use_linear_projection": True}
    with torch.device("meta"):
        unet = UNet2DConditionModel(
            in_channels=in_channels, cross_attention_dim=1024 if sd2 else 768, **(heads if sd2 else {})
        )
        vae = AutoencoderKL(
            block_out_channels=widths,
            layers_per_block=2,
            down_block_types=("DownEncoderBlock2D",) * blocks,
            up_block_types=("UpDecoderBlock2D",) * blocks,
        )
        config = CLIPTextConfig(**text) if sd2 else CLIPTextConfig(hidden_size=768, intermediate_size=3072)
        tensors = ldm_tensors(unet, vae, CLIPTextModel(config), sd2=sd2)
    return Header(tensors={name: TensorInfo(dtype="F32", shape=tuple(t.shape)) for name, t in tensors.items()})


@pytest.mark.parametrize(("sd2", "in_channels"), [(False, 4), (True, 4), (False, 9)])
def test_the_published_models_are_recognised_by_shapes_alone(sd2, in_channels, tmp_path):
    found = recognise(tmp_path, _published(sd2=sd2, in_channels=in_channels))
    assert found.name == ("sd2" if sd2 else "sd1")
    assert found.unet == {
        "in_channels": in_channels,
        "out_channels": 4,
        "block_out_channels": [320, 640, 1280, 1280],
        "layers_per_block": 2,
        "down_block_types": ["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"],
        "up_block_types": ["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3,
        "cross_attention_dim": 1024 if sd2 else 768,
        "attention_head_dim": [5, 10, 20, 20] if sd2 else 8,
        "use_linear_projection": sd2,
    }
    assert found.vae["block_out_channels"] == [128, 256, 512, 512]
    assert (found.vae["layers_per_block"], found.vae["latent_channels"]) == (2, 4)
    assert found.text_encoder["num_hidden_layers"] == (23 if sd2 else 12)
    assert found.text_encoder["num_attention_heads"] == (16 if sd2 else 12)
    assert found.text_encoder["hidden_act"] == ("gelu" if sd2 else "quick_gelu")


def _sd2_with(path, clue, metadata=None):
    """An SD 2.x file whose telling bias is `clue`."""
    _, file = tiny_pair(path, sd2=True)
    save_file(load_file(file) | {CLUE: clue}, file, metadata)
    return SingleFile.open(file).parts


def test_v_prediction_of_sd2_is_told_by_a_bias(tmp_path):
    spread = torch.linspace(-1, 1, 320)
    assert _sd2_with(tmp_path, spread * 0.1).scheduler["prediction_type"] == "epsilon"
    parts = _sd2_with(tmp_path, spread * 0.3)
    assert parts.scheduler["prediction_type"] == "v_prediction"
    assert parts.unet["sample_size"] == 96


@pytest.mark.parametrize(("said", "meant"), [("v", "v_prediction"), ("epsilon", "epsilon")])
def test_metadata_outweighs_the_bias(tmp_path, said, meant):
    clue = torch.linspace(-1, 1, 320) * (0.3 if said == "epsilon" else 0.01)
    assert _sd2_with(tmp_path, clue, {"modelspec.prediction_type": said}).scheduler["prediction_type"] == meant


def test_title_and_licence_come_from_metadata(sd1_file, tmp_path):
    file = tmp_path / "named.safetensors"
    save_file(load_file(sd1_file), file, {"modelspec.title": "My Model", "modelspec.license": "MIT"})
    card = StableDiffusion.describe(file)
    assert (card.title, card.licence) == ("My Model", "MIT")


def test_a_file_without_a_unet_is_nobody_s(tmp_path):
    file = tmp_path / "lora.safetensors"
    save_file({"lora_unet_down.weight": torch.zeros(1)}, file)
    assert StableDiffusion.describe(file) is None


@pytest.mark.parametrize(
    ("dropped", "named"), [("first_stage_model.", "no VAE"), ("cond_stage_model.", "no text encoder")]
)
def test_an_incomplete_file_is_refused(sd1_file, tmp_path, dropped, named):
    file = tmp_path / "part.safetensors"
    save_file({name: t for name, t in load_file(sd1_file).items() if not name.startswith(dropped)}, file)
    with pytest.raises(WeightsRefused, match=named):
        StableDiffusion.describe(file)


def test_a_missing_tensor_is_named(sd1_file, tmp_path):
    file = tmp_path / "holed.safetensors"
    tensors = load_file(sd1_file)
    del tensors["model.diffusion_model.out.0.weight"]
    save_file(tensors, file)
    (tmp_path / "tokenizer").symlink_to(sd1_file.parent / "tokenizer")
    with pytest.raises(WeightsRefused, match=r"1 missing.*conv_norm_out\.weight"):
        load(file)


def test_another_architecture_is_named(tmp_path):
    file = tmp_path / "xl.safetensors"
    save_file({"conditioner.embedders.1.model.ln_final.weight": torch.zeros(1)}, file)
    with pytest.raises(WeightsRefused, match="Stable Diffusion XL, expected Stable Diffusion 1"):
        StableDiffusion.describe(file)


def test_without_vocabulary_the_error_says_where_to_put_it(sd1_file, tmp_path, monkeypatch):
    monkeypatch.setattr("sfumato.engine.families.single_file.VOCABULARY", str(tmp_path / "nowhere"))
    file = tmp_path / "alone.safetensors"
    file.symlink_to(sd1_file)
    with pytest.raises(NotFound, match="put a folder `tokenizer`"):
        load(file)
