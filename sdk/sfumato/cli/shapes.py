"""Option values with a shape of their own: WIDTHxHEIGHT, LEFT,TOP,RIGHT,BOTTOM and contribution.param=value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import click


class Size(click.ParamType[Any]):
    """`512x256` as (512, 256)."""

    name = "WxH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Width and height in pixels."""
        found = re.fullmatch(r"(\d+)[xX](\d+)", value)
        if not found:
            self.fail(f"got {value!r}, expected a width and a height in pixels such as 512x256", param, ctx)
        return int(found[1]), int(found[2])


class Sides(click.ParamType[Any]):
    """`64,0,64,0` as (64, 0, 64, 0)."""

    name = "L,T,R,B"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int, int, int]:
        """Pixels added on the left, at the top, on the right and at the bottom."""
        found = re.fullmatch(r"(\d+),(\d+),(\d+),(\d+)", value)
        if not found:
            self.fail(f"got {value!r}, expected pixels left, top, right, bottom such as 64,0,64,0", param, ctx)
        left, top, right, bottom = map(int, found.groups())
        return left, top, right, bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One `--set`: whose parameter, which one, and the value as it was typed."""

    owner: str
    param: str
    text: str

    def __str__(self) -> str:
        return f"{self.owner}.{self.param}"


class SettingType(click.ParamType[Any]):
    """`sampler.eta=0.5` or `sfumato.cfg.scale=5`."""

    name = "contribution.param=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Setting:
        """The three parts; whether such a parameter exists is known to the daemon."""
        path, equals, text = value.partition("=")
        owner, dot, name = path.strip().rpartition(".")
        if not (equals and dot and owner and name):
            self.fail(f"got {value!r}, expected such as sampler.eta=0.5 or sfumato.cfg.scale=5", param, ctx)
        return Setting(owner=owner, param=name, text=text.strip())
