import pytest
import torch
from transformers import CLIPTokenizer

from sfumato.engine.families.prompts import Chunk, PromptEncoder
from sfumato.testing.families import result
from sfumato.testing.tiny_models import tiny_text_encoder, tiny_tokenizer
from tests.engine.families import counted, pipeline

SEVENTY_FIVE = " ".join(["brick"] * 75)


class Counting(torch.nn.Module):
    """A text encoder that counts how often it runs."""

    def __init__(self, encoder: torch.nn.Module) -> None:
        super().__init__()
        self.encoder, self.config, self.device, self.runs = encoder, encoder.config, encoder.device, 0

    def forward(self, ids: torch.Tensor):
        self.runs += 1
        return self.encoder(ids)


@pytest.fixture(scope="module")
def pipe(tiny_sd):
    return pipeline(tiny_sd)


@pytest.fixture(scope="module")
def prompts(pipe):
    return PromptEncoder(pipe.tokenizer, pipe.text_encoder)


@pytest.fixture
def counting():
    torch.manual_seed(0)
    tokenizer = tiny_tokenizer()
    return Counting(tiny_text_encoder(tokenizer))


@pytest.mark.parametrize("text", ["", "red", "A red  brick wall, 12 stones!", SEVENTY_FIVE, "<|endoftext|> red"])
@torch.no_grad()
def test_plain_prompts_equal_diffusers_bit_by_bit(pipe, prompts, text):
    expected, _ = pipe.encode_prompt(text, "cpu", 1, False)
    assert torch.equal(result(prompts.encode(text)), expected)


@torch.no_grad()
def test_other_padding_equals_diffusers_too(tiny_sd):
    """SD 2.x pads with "!"."""
    pipe = pipeline(tiny_sd)
    pipe.tokenizer = CLIPTokenizer.from_pretrained(tiny_sd / "tokenizer", pad_token="!")
    expected, _ = pipe.encode_prompt("red brick", "cpu", 1, False)
    assert torch.equal(result(PromptEncoder(pipe.tokenizer, pipe.text_encoder).encode("red brick")), expected)


def test_a_long_prompt_is_encoded_in_chunks(prompts):
    embeddings = result(prompts.encode(SEVENTY_FIVE + " red wall"))
    assert embeddings.shape == (1, 154, 32)
    assert torch.equal(embeddings[:, :77], result(prompts.encode(SEVENTY_FIVE)))
    assert torch.equal(embeddings[:, 77:], result(prompts.encode("red wall")))


def test_encoding_pauses_between_chunks(prompts):
    assert counted(prompts.encode("moss BREAK stone BREAK wood"))[1] == 2
    assert counted(prompts.encode("moss BREAK stone BREAK wood"))[1] == 0
    assert counted(prompts.encode("moss on stone"))[1] == 0


def test_equal_chunks_are_encoded_once(counting):
    prompts = PromptEncoder(tiny_tokenizer(), counting)
    embeddings = result(prompts.encode(" ".join([SEVENTY_FIVE] * 40) + " red"))
    assert embeddings.shape == (1, 41 * 77, 32)
    assert counting.runs == 2


def test_a_prompt_that_was_left_half_way_is_begun_again(counting):
    prompts = PromptEncoder(tiny_tokenizer(), counting)
    left = prompts.encode("red BREAK blue")
    next(left)
    left.close()
    assert result(prompts.encode("red BREAK blue")).shape == (1, 154, 32)


def test_break_starts_a_chunk(prompts):
    parts = torch.cat([result(prompts.encode("red")), result(prompts.encode("brick wall"))], dim=1)
    assert torch.equal(result(prompts.encode("red BREAK brick wall")), parts)


def test_tokens_carry_the_weight_of_their_span(prompts, pipe):
    start, end = pipe.tokenizer.bos_token_id, pipe.tokenizer.eos_token_id
    red, wall = (pipe.tokenizer(word, add_special_tokens=False).input_ids[0] for word in ("red", "wall"))
    (chunk,) = prompts.chunks("(red:1.5) wall")
    assert chunk == Chunk(ids=(start, red, wall, *[end] * 74), weights=(1.0, 1.5, *[1.0] * 75))


def test_weights_scale_embeddings_and_keep_the_chunk_s_magnitude(prompts):
    plain, weighted = result(prompts.encode("red brick wall")), result(prompts.encode("red (brick:1.5) wall"))
    ratio = (weighted / plain)[0]  # (77, 32)
    assert ratio[2] / ratio[1] == pytest.approx(torch.full((32,), 1.5))
    assert ratio[3] / ratio[1] == pytest.approx(torch.ones(32))
    assert weighted.abs().mean() == pytest.approx(plain.abs().mean())


def test_each_chunk_keeps_its_own_magnitude(prompts):
    both = result(prompts.encode("(red:2) BREAK (wall:0.1)"))
    assert torch.equal(both[:, 77:], result(prompts.encode("(wall:0.1)")))


def test_a_prompt_is_encoded_once(counting):
    prompts = PromptEncoder(tiny_tokenizer(), counting)
    first = result(prompts.encode("red brick"))
    assert result(prompts.encode("red brick")) is first
    assert counting.runs == 1
    result(prompts.encode("red Brick"))
    assert counting.runs == 2


def test_the_shorter_prompt_is_filled_with_empty_chunks(prompts):
    long, short = prompts.match([result(prompts.encode("a BREAK b BREAK c")), result(prompts.encode("red"))])
    assert long.shape == short.shape == (1, 231, 32)
    empty = result(prompts.encode(""))
    assert torch.equal(short, torch.cat([result(prompts.encode("red")), empty, empty], dim=1))


def test_prompts_of_one_length_are_left_alone(prompts):
    red, blue = result(prompts.encode("red")), result(prompts.encode("blue"))
    assert prompts.match([red, blue]) == [red, blue]
