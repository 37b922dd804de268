"""control.pose: how people stand."""

from __future__ import annotations

import os.path
from typing import TYPE_CHECKING, Any

import pydantic

import sfumato.plugin as sf

if TYPE_CHECKING:
    from sfumato_control.local_model import LocalModel
    from sfumato_control.planes import Plane


class PoseParams(sf.Params):
    """The models, and what counts."""

    model: str = sf.Field("", kind="model", label="Pose model",
        help="Folder of a ViTPose model for transformers, such as vitpose-base-simple.")  # fmt: skip
    detector: str = sf.Field("", label="Person detector",
        help="Folder of an object detection model for transformers, such as rtdetr_r50vd_coco_o365. Left out,"
        " one person fills the picture.")  # fmt: skip
    confidence: float = sf.Field(0.3, ge=0, le=1, step=0.05, label="Confidence",
        help="How sure the models must be of a person or a joint.")  # fmt: skip
    line_px: int = sf.Field(4, ge=1, le=64, display=(1, 16), step=1, unit="px", label="Line width",
        help="Width of a limb; 4 at 512 pixels is what control nets have seen.")  # fmt: skip

    @pydantic.field_validator("detector")
    @classmethod
    def _is_a_folder(cls, folder: str) -> str:
        if folder.strip() and not os.path.isfile(os.path.join(os.path.expanduser(folder), "config.json")):
            raise ValueError(f"no config.json in {folder}, expected the folder of an object detection model")
        return folder


class Pose(sf.Preprocessor):
    """ViTPose (Xu et al. 2022), drawn as OpenPose draws: 18 joints, a colour for each limb, on black."""

    id, label = "control.pose", "Pose"
    description = "Skeletons of the people in the picture, by a model of yours."
    Params = PoseParams

    def map(self, image: sf.Image, work: sf.Work) -> sf.Image:
        """The skeletons (H, W, 3). Raises ValueError without a model."""
        from sfumato_control.local_model import load
        from sfumato_control.planes import map_of, rgb_of
        from sfumato_control.skeleton import drawn

        rgb = rgb_of(image)
        model = load("model", self.params.model, "VitPoseForPoseEstimation", "vitpose-base-simple")
        boxes = self._people(rgb)
        work.progress(0.4, f"{len(boxes)} people")
        people = self._joints(model, rgb, boxes)
        work.progress(0.9)
        skeletons = drawn(people, image.height_px, image.width_px, self.params.line_px, self.params.confidence)
        return map_of(skeletons, name="pose")

    def _people(self, rgb: Plane) -> list[list[float]]:
        """Boxes (left, top, width, height) in pixels."""
        from sfumato_control.local_model import load

        height_px, width_px = rgb.shape[:2]
        if not self.params.detector.strip():
            return [[0.0, 0.0, float(width_px), float(height_px)]]
        detector = load("detector", self.params.detector, "AutoModelForObjectDetection", "rtdetr_r50vd_coco_o365")
        found = detector.processor.post_process_object_detection(
            detector.run(rgb), threshold=self.params.confidence, target_sizes=[(height_px, width_px)]
        )[0]
        names = detector.network.config.id2label
        rows = zip(found["boxes"].tolist(), found["labels"].tolist(), strict=True)
        people = [box for box, label in rows if names[label].lower() == "person"]
        return [[left, top, right - left, bottom - top] for left, top, right, bottom in people]

    def _joints(self, model: LocalModel, rgb: Plane, boxes: list[list[float]]) -> list[Any]:
        """Points (17, 2) in pixels and their scores (17) for each person."""
        if not boxes:
            return []
        joints = model.network.config.num_labels
        if joints != 17:
            raise ValueError(f"model: {self.params.model} finds {joints} points, expected the 17 of COCO")
        more = {"dataset_index": _first_expert(len(boxes))} if _has_experts(model.network.config) else {}
        output = _run(model, rgb, boxes, more)
        found = model.processor.post_process_pose_estimation(output, boxes=[boxes])[0]
        return [(person["keypoints"].cpu().numpy(), person["scores"].cpu().numpy()) for person in found]


def _run(model: LocalModel, rgb: Plane, boxes: list[list[float]], more: dict[str, Any]) -> Any:
    import torch
    from PIL import Image

    from sfumato_control.planes import bytes_of

    given = model.processor(images=[Image.fromarray(bytes_of(rgb))], boxes=[boxes], return_tensors="pt")
    with torch.inference_mode():
        return model.network(**given.to(model.device), **more)


def _has_experts(config: Any) -> bool:
    return bool(getattr(config.backbone_config, "num_experts", 1) > 1)


def _first_expert(count: int) -> Any:
    """ViTPose++ has an expert for each data set; COCO is the first."""
    import torch

    return torch.zeros(count, dtype=torch.long)
