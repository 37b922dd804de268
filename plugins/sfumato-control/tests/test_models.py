"""The maps that need a model: of tiny random ones on disk, and what is said where there is none."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
import transformers

import sfumato.plugin as sf
from sfumato_control import skeleton
from sfumato_control.depth import Depth
from sfumato_control.pose import Pose
from sfumato_control.segmentation import Segmentation, voc_colours

from . import networks


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """Every tiny model, by name."""
    root = tmp_path_factory.mktemp("models")
    builders = {
        "dpt": networks.dpt,
        "depth-anything": networks.depth_anything,
        "metric": lambda path: networks.depth_anything(path, metric=True),
        "segformer": networks.segformer,
        "vitpose": networks.vitpose,
        "animals": lambda path: networks.vitpose(path, joints=20),
    }
    return {name: str(build(root / name)) for name, build in builders.items()}


def mapped(kind, image, work, **params):
    return kind(kind.Params(**params)).map(image, work)


@pytest.mark.parametrize("name", ["dpt", "depth-anything"])
def test_depth_is_what_the_model_predicts_from_black_to_white(shelf, name, bricks, sfumato_work):
    made = mapped(Depth, bricks, sfumato_work(), model=shelf[name])
    network = transformers.AutoModelForDepthEstimation.from_pretrained(shelf[name])
    processor = transformers.AutoImageProcessor.from_pretrained(shelf[name], backend="pil")
    given = processor(images=(bricks.pixels * 255).round().astype(np.uint8), return_tensors="pt")
    with torch.inference_mode():
        predicted = processor.post_process_depth_estimation(network(**given), [(64, 64)])[0]["predicted_depth"].numpy()

    assert (made.pixels.shape, made.bits) == ((64, 64, 1), 16)
    assert (made.pixels.min(), made.pixels.max()) == (0, 1)
    assert np.corrcoef(made.pixels.ravel(), predicted.ravel())[0, 1] > 0.999


def test_a_model_that_tells_metres_is_turned_around(shelf, bricks, sfumato_work):
    near = mapped(Depth, bricks, sfumato_work(), model=shelf["depth-anything"]).pixels
    far = mapped(Depth, bricks, sfumato_work(), model=shelf["depth-anything"], invert=True).pixels
    metres = mapped(Depth, bricks, sfumato_work(), model=shelf["metric"]).pixels
    metres_as_they_are = mapped(Depth, bricks, sfumato_work(), model=shelf["metric"], invert=True).pixels

    np.testing.assert_allclose(far, 1 - near, atol=1e-6)
    np.testing.assert_allclose(metres, 1 - metres_as_they_are, atol=1e-6)
    # The same weights: what is near for the one is far for the other.
    assert np.corrcoef(metres.ravel(), near.ravel())[0, 1] < -0.9


def test_segmentation_gives_each_class_its_colour(shelf, bricks, sfumato_work):
    wide = sf.Image(pixels=np.tile(bricks.pixels, (1, 2, 1)))
    colours = ["#ff0000", "#00ff00", "#0000ff", "#ffff00", "#00ffff"]
    plain = mapped(Segmentation, wide, sfumato_work(), model=shelf["segformer"]).pixels
    given = mapped(Segmentation, wide, sfumato_work(), model=shelf["segformer"], colours=" ".join(colours)).pixels
    table = np.array([list(bytes.fromhex(each[1:])) for each in colours]) / 255

    assert plain.shape == (64, 128, 3)
    classes = np.abs(plain[:, :, None] - voc_colours(5)).sum(axis=3).argmin(axis=2)
    assert len(np.unique(classes)) > 1
    np.testing.assert_allclose(given, table[classes], atol=1e-6)


def test_the_colours_of_voc():
    """From the development kit: background, aeroplane, bicycle, bird, ... , and tv monitor."""
    found = (voc_colours(21) * 255).round().astype(int).tolist()

    assert found[:5] == [[0, 0, 0], [128, 0, 0], [0, 128, 0], [128, 128, 0], [0, 0, 128]]
    assert found[20] == [0, 64, 128]


def test_too_few_colours(shelf, bricks, sfumato_work):
    with pytest.raises(ValueError, match="colours: got 1, expected one for each of the model's 5 classes"):
        mapped(Segmentation, bricks, sfumato_work(), model=shelf["segformer"], colours="#123456")


def test_a_pose_is_drawn_where_the_model_finds_it(shelf, bricks, sfumato_work):
    made = mapped(Pose, bricks, sfumato_work(), model=shelf["vitpose"], confidence=0.0).pixels

    assert made.shape == (64, 64, 3)
    assert 0 < (made.max(axis=2) > 0).mean() < 1
    assert mapped(Pose, bricks, sfumato_work(), model=shelf["vitpose"], confidence=1.0).pixels.max() == 0


def standing():
    """COCO's points of somebody who faces us."""
    left = {5: (40, 20), 7: (46, 32), 9: (48, 44), 11: (37, 46), 13: (38, 62), 15: (38, 78), 1: (34, 8), 3: (37, 10)}
    points = np.zeros((17, 2))
    points[0] = 32, 10
    for joint, (x, y) in left.items():
        points[joint], points[joint + 1] = (x, y), (64 - x, y)
    return points


def test_a_skeleton_has_the_colours_that_control_nets_know():
    picture = (skeleton.drawn([(standing(), np.ones(17))], 96, 64, 2, 0.5) * 255).round().astype(int)
    at = lambda x, y: picture[y, x].tolist()  # noqa: E731

    assert at(32, 10) == [255, 0, 0]  # the nose
    assert at(32, 20) == [255, 85, 0]  # the neck, between the shoulders
    assert at(24, 20) == [255, 170, 0]  # the right shoulder, on our left
    assert at(40, 20) == [85, 255, 0]  # the left one
    assert at(38, 78) == [85, 0, 255]  # the left ankle
    assert at(36, 20) == [153, 51, 0]  # a limb from neck to shoulder, at six tenths
    assert at(0, 0) == [0, 0, 0]


def test_a_joint_that_is_not_seen_takes_its_limbs_along():
    scores = np.ones(17)
    scores[9] = 0.1
    picture = skeleton.drawn([(standing(), scores)], 96, 64, 2, 0.5)

    assert picture[44, 48].max() == 0
    assert picture[38, 47].max() == 0
    assert picture[44, 16].max() > 0


def test_a_pose_model_of_other_joints(shelf, bricks, sfumato_work):
    with pytest.raises(ValueError, match="finds 20 points, expected the 17 of COCO"):
        mapped(Pose, bricks, sfumato_work(), model=shelf["animals"])


@pytest.mark.parametrize("kind", [Depth, Segmentation, Pose])
def test_without_a_model_it_is_said_what_to_give(kind, bricks, sfumato_work, tmp_path):
    with pytest.raises(ValueError, match=r"model: got nothing, expected the folder of a transformers model such as"):
        mapped(kind, bricks, sfumato_work())
    with pytest.raises(ValueError, match=r"model: no config.json in .*nowhere"):
        mapped(kind, bricks, sfumato_work(), model=str(tmp_path / "nowhere"))


def test_a_model_of_another_kind(shelf, bricks, sfumato_work):
    with pytest.raises(ValueError, match=r"model: .*segformer cannot be loaded"):
        mapped(Depth, bricks, sfumato_work(), model=shelf["segformer"])


def test_a_pickle_is_refused(shelf, bricks, sfumato_work, tmp_path):
    """The right model, but its weights are in a file that could run anything."""
    folder = networks.segformer(tmp_path / "pickled")
    weights = transformers.SegformerForSemanticSegmentation.from_pretrained(folder).state_dict()
    (folder / "model.safetensors").unlink()
    torch.save(weights, folder / "pytorch_model.bin")

    with pytest.raises(ValueError, match=r"model: .*pickled cannot be loaded"):
        mapped(Segmentation, bricks, sfumato_work(), model=str(folder))


def test_code_in_a_folder_is_not_run(bricks, sfumato_work, tmp_path):
    folder = networks.segformer(tmp_path / "scripted")
    config = json.loads((folder / "config.json").read_text())
    own = {"AutoConfig": "evil.Config", "AutoModelForSemanticSegmentation": "evil.Model"}
    (folder / "config.json").write_text(json.dumps(config | {"model_type": "own", "auto_map": own}))
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")

    with pytest.raises(ValueError, match=r"model: .*scripted cannot be loaded"):
        mapped(Segmentation, bricks, sfumato_work(), model=str(folder))
    assert not (tmp_path / "ran").exists()
