"""`sfumato texture-mesh`: from a mesh and a prompt to the same mesh with painted textures."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from sfumato import client
from sfumato.border import DEFAULT_MODEL
from sfumato.cli import mesh_options
from sfumato.cli.complaint import Complaint
from sfumato.errors import Conflict, PluginError

if TYPE_CHECKING:
    from sfumato.texturing import MeshObject, Painter, Scene, StudioDraw

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_LIBRARIES: Final = ("numpy", "scipy", "trimesh", "xatlas")
_SIZES: Final = click.IntRange(64, 4096)


@click.command(
    short_help="Paint the textures of a mesh from words.",
    epilog="""\b
Examples:
  sfumato texture-mesh vase.glb "mossy grey cobblestone" -o painted.glb
  sfumato texture-mesh crate.obj "mossy planks" -o mossy.obj --size 2048
  sfumato texture-mesh ship.glb "rust" -o rusty.glb --views 12 --state ship.npz""",
)
@click.argument("mesh", type=_FILE, metavar="MESH")
@click.argument("prompt")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    required=True,
    help="Painted mesh: .glb, .obj or .ply.",
)
@click.option(
    "--size",
    "size_px",
    type=_SIZES,
    default=1024,
    metavar="PX",
    show_default=True,
    help="Width and height of each texture.",
)
@click.option(
    "--views", type=click.IntRange(1, 48), default=10, metavar="N", show_default=True, help="Views to draw at most."
)
@click.option(
    "--view-size",
    "view_px",
    type=click.IntRange(64, 4096),
    metavar="PX",
    help="Size of each view. [default: the model's, at least 512]",
)
@click.option(
    "--model",
    metavar="ID",
    default=DEFAULT_MODEL,
    show_default=True,
    help="Model to draw with; see `sfumato models list`.",
)
@click.option("--negative", "negative_prompt", metavar="TEXT", help="What to stay away from.")
@click.option("--steps", type=int, metavar="N", help="Steps of each view. [default: the model's]")
@click.option(
    "--seed", type=click.IntRange(0, 2**62), metavar="N", help="Seed of the first view. [default: a random one]"
)
@click.option(
    "--depth-model",
    metavar="FOLDER",
    default="",
    help="Depth ControlNet for the model, such as SD-1.5 and SDXL need. [default: the one that the model brings, as "
    "Ground does; else views are drawn without depth]",
)
@click.option(
    "--depth-strength",
    type=click.FloatRange(0, 2),
    metavar="SHARE",
    help="How strongly views follow their depth; 0 is not at all. [default: what suits the network, 0.4 for Ground's]",
)
@click.option(
    "--unwrap",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="New UVs: where the mesh's own are missing or overlap, for every object, or for none.",
)
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep the painting in FILE after every view, and go on from it where it is there.",
)
def command(
    mesh: Path,
    prompt: str,
    output: Path,
    *,
    size_px: int,
    views: int,
    view_px: int | None,
    model: str,
    seed: int | None,
    depth_model: str,
    depth_strength: float | None,
    unwrap: str,
    state: Path | None,
    **options: Any,
) -> None:
    """Paint MESH as PROMPT says.

    The mesh is looked at from several sides; each view is drawn to match what is painted already, and laid on the
    surface. What no view sees is filled from around it. MESH may be a glb, gltf, obj, ply, stl or off file; every
    object in it gets a texture. Ctrl-C stops, and with --state the same command goes on later.
    """
    _check_installed()
    if not prompt.strip():
        raise click.BadParameter(f"got {prompt!r}, expected words for what is to be painted", param_hint="PROMPT")
    mesh_options.check_state(state, output)
    mesh_options.check_depth_options(depth_model, depth_strength)
    scene = _scene(mesh, output, must_fit=unwrap == "never")
    with client.connect() as studio:
        card = mesh_options.model_card(studio, model)
        view_px = mesh_options.view_size(view_px, card)
        network = mesh_options.for_daemon(depth_model)
        mesh_options.check_depth(studio, card, network, depth_strength)
        scene = _with_uvs(scene, unwrap, size_px)
        painter = _painter(scene, size_px=size_px, view_px=view_px, views=views)
        painter.notes = {"prompt": prompt, "model": card.id, "seed": _random_seed() if seed is None else seed}
        if state and state.exists():
            _go_on(painter, state, seed_given=seed is not None)
        first_seed = painter.notes["seed"]
        given = {name: value for name, value in options.items() if value is not None}
        from sfumato.texturing import StudioDraw

        draw = StudioDraw(
            studio, prompt, model=card.id, seed=first_seed, options=given,
            depth_network=network, depth_strength=depth_strength,
        )  # fmt: skip
        _paint(painter, draw, state)
    _write(scene, painter, output, state)
    click.echo(f"{output}")
    click.echo(f"seed {first_seed}, {painter.views_done} views, {painter.canvas.coverage:.1%} seen by one", err=True)


def _check_installed() -> None:
    missing = [name for name in _LIBRARIES if importlib.util.find_spec(name) is None]
    if missing:
        raise Complaint(
            f"{', '.join(missing)} not installed; `pip install 'sfumato[texturing]'` installs what it needs"
        )


def _scene(mesh: Path, output: Path, *, must_fit: bool) -> Scene:
    """The objects of the file; where they `must_fit`, their UVs can hold paint as they are."""
    from sfumato import texturing
    from sfumato.texturing.mesh_files import problem_with

    if problem := problem_with(output):
        raise click.BadParameter(problem, param_hint="-o")
    try:
        scene = texturing.load(mesh)
        if problem := problem_with(output, len(scene.objects)):
            raise click.BadParameter(problem, param_hint="-o")
        for each in scene.objects if must_fit else ():
            if not texturing.can_be_painted(each):
                said = f"{texturing.uv_problem(each)}; leave out --unwrap never to get new ones"
                raise texturing.MeshRefused(f"object {each.name!r}: {said}")
        return scene
    except texturing.MeshRefused as error:
        raise click.BadParameter(error.message, param_hint="MESH") from error


def _with_uvs(scene: Scene, unwrap: str, size_px: int) -> Scene:
    """The scene with UVs that can be painted; what was done about them is told."""
    from sfumato import texturing

    return texturing.Scene(objects=tuple(_object_with_uvs(each, unwrap, size_px) for each in scene.objects))


def _object_with_uvs(given: MeshObject, unwrap: str, size_px: int) -> MeshObject:
    from sfumato import texturing

    problem = texturing.uv_problem(given)
    if unwrap == "always" or (problem and unwrap == "auto"):
        said = f"{given.name}: {problem or 'new UVs were asked for'}; unwrapped anew, the output has the new UVs"
        click.secho(said, fg="yellow", err=True)
        return texturing.unwrapped(given, size_px=size_px)
    if problem:
        click.secho(f"{given.name}: {problem}; painted as they are", fg="yellow", err=True)
    return given


def _painter(scene: Scene, **sizes: Any) -> Painter:
    from sfumato.cli.view_display import waiting
    from sfumato.texturing import Painter

    with waiting("choosing views"):
        return Painter(scene, **sizes)


def _go_on(painter: Painter, state: Path, *, seed_given: bool) -> None:
    """Restore the painting; its seed counts where the command line gives none."""
    asked = painter.notes if seed_given else {**painter.notes, "seed": None}
    try:
        painter.restore(state)
    except Conflict as error:
        raise click.BadParameter(error.message, param_hint="--state") from error
    for name, value in asked.items():
        kept = painter.notes.get(name)
        if value not in (None, kept):
            said = f"{state} was begun with the {name} {kept!r}, but {value!r} was given; remove it to begin anew"
            raise click.BadParameter(said, param_hint="--state")
    click.secho(f"going on after view {painter.views_done} of {len(painter.cameras)}", fg="yellow", err=True)


def _paint(painter: Painter, draw: StudioDraw, state: Path | None) -> None:
    """Draw all views that are left, and show how far it is."""
    from sfumato.cli.view_display import ViewDisplay

    with ViewDisplay(painter.views_done, len(painter.cameras)) as display:
        draw.on_event = display.show
        try:
            for progress in painter.paint(draw):
                display.advance(progress)
                if state:
                    painter.save(state)
        except PluginError as error:
            _, is_network, said = error.message.partition("ValueError: model: ")
            if is_network:
                raise click.BadParameter(said, param_hint="--depth-model") from error
            raise
        except KeyboardInterrupt:
            if state and state.exists():
                click.secho(f"stopped; the same command goes on from {state}", fg="yellow", err=True)
            raise


def _write(scene: Scene, painter: Painter, output: Path, state: Path | None) -> None:
    from sfumato import texturing
    from sfumato.cli.view_display import waiting

    with waiting("filling and closing seams"):
        texturing.save(output, scene, painter.finished())
    if state:
        state.unlink(missing_ok=True)


def _random_seed() -> int:
    import secrets

    return secrets.randbelow(2**32)
