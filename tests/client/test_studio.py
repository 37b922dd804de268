"""The blocking client against a real front."""

import io
import threading

import pytest
from PIL import Image

import sfumato
from sfumato.client import events
from sfumato.errors import (
    DaemonUnavailable,
    ImageRefused,
    InvalidRecipe,
    JobCancelled,
    NotFound,
    SfumatoError,
    Unauthenticated,
)
from sfumato.images import decode
from sfumato.recipe import Selection


def grey_png(width_px=64, height_px=64):
    out = io.BytesIO()
    Image.new("RGB", (width_px, height_px), "grey").save(out, "PNG")
    return out.getvalue()


def test_generate_gives_a_picture(studio):
    picture = studio.generate("moss", seed=7)

    assert picture.size == (64, 64)
    assert decode(picture.png).data == bytes([7]) * 64 * 64 * 3


def test_generate_with_a_count_gives_a_list_even_of_one(studio):
    assert [picture.size for picture in studio.generate("moss", count=2, size=(64, 128))] == [(64, 128), (64, 128)]
    assert len(studio.generate("moss", count=1)) == 1


def test_steps_come_with_previews_only_where_somebody_looks(studio, house):
    seen = []

    def look(step):
        seen.append(step)
        house.let_go("previews")

    studio.generate("hold@2 until@previews", steps=3, on_step=look)

    assert [(step.step_index, step.step_count) for step in seen][-1] == (3, 3)
    assert (seen[-1].preview.width_px, seen[-1].preview.height_px) == (2, 2)
    job = studio.submit("hold@2 until@never", steps=3)
    assert next(step for step in job.watch(previews=False) if isinstance(step, events.Stepped)).preview is None
    job.cancel()


def test_a_watch_tells_the_whole_story_in_order(studio):
    told = list(studio.submit("slow@0.02", steps=3).watch())

    kinds = [type(event).__name__ for event in told if not isinstance(event, events.Stepped)]
    assert kinds == ["Queued", "Started", "StageEntered", "ImageReady", "Finished"]
    assert told[-1].state == "succeeded"
    numbers = [event.number for event in told]
    assert numbers == sorted(set(numbers))


def test_images_come_within_their_event_where_that_is_asked_for(studio):
    job = studio.submit("moss")
    asked = [event for event in job.watch(images=True) if isinstance(event, events.ImageReady)]
    unasked = [event for event in job.watch() if isinstance(event, events.ImageReady)]

    assert [event.png for event in asked] == [studio.download(event.artifact.sha256) for event in unasked]
    assert [event.png for event in unasked] == [b""]


def test_every_option_reaches_the_recipe(studio):
    guider = Selection(id="cfg", params={"scale": 3.5})
    job = studio.submit(
        "moss", negative_prompt="dust", size=(128, 64), steps=5, seed=3, count=2, sampler="euler", guider=guider,
        tile="x", init=grey_png(), strength=0.75, outpaint=(64, 0, 0, 0),
    )  # fmt: skip

    recipe = job.recipe
    assert (recipe.prompt, recipe.negative_prompt, recipe.steps, recipe.seed, recipe.count) == ("moss", "dust", 5, 3, 2)
    assert (recipe.width_px, recipe.height_px, recipe.tile, recipe.strength) == (128, 64, "x", 0.75)
    assert recipe.sampler.id == "sfumato.euler"
    assert recipe.guider == Selection(id="sfumato.cfg", params={"scale": 3.5})
    assert recipe.outpaint.left_px == 64
    assert studio.download(recipe.init) == grey_png()


@pytest.mark.parametrize("kind", ["bytes", "path", "str", "pillow"])
def test_a_picture_may_be_given_in_any_form(studio, tmp_path, kind):
    path = tmp_path / "init.png"
    path.write_bytes(grey_png())
    forms = {"bytes": grey_png(), "path": path, "str": str(path), "pillow": Image.new("RGB", (64, 64), "grey")}

    uploaded = studio.download(studio.submit("moss", init=forms[kind]).recipe.init)

    assert decode(uploaded) == decode(grey_png())


def test_an_uploaded_picture_serves_many_jobs(studio):
    sha256 = studio.upload(grey_png())

    assert studio.submit("moss", init=sha256).recipe.init == sha256
    assert studio.upload(grey_png()) == sha256


def test_a_recipe_makes_the_same_job_again(studio):
    first = studio.submit("moss", steps=3, seed=9)

    again = studio.submit(first.recipe)
    other = studio.submit(first.recipe, prompt="sand", steps=2)

    assert again.recipe == first.recipe
    assert (other.recipe.prompt, other.recipe.steps, other.recipe.seed) == ("sand", 2, 9)


def test_validate_completes_a_recipe_and_queues_nothing(studio):
    before = len(studio.jobs())

    recipe = studio.validate("moss", seed=1)

    assert (recipe.model, recipe.steps, recipe.seed) == ("ground", 4, 1)
    assert len(studio.jobs()) == before


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"size": (100, 64)}, "width_px"),
        ({"sampler": "eulr"}, "sampler.id"),
        ({"steps": 0}, "steps"),
        ({"init": b"not a picture"}, "init"),
        ({"init": "/no/such/file.png"}, "init"),
        ({"init": grey_png()[:100]}, "init"),
        ({"init": grey_png(), "strength": float("nan")}, "strength"),
        ({"init": grey_png(), "mask": grey_png(128, 64)}, "mask"),
        ({"init": b""}, "init"),
        ({"init": Image.new("RGB", (0, 64))}, "init"),
        ({"mask": 5}, "mask"),
        ({"size": "64x64"}, "size"),
        ({"size": 64}, "size"),
        ({"outpaint": (8, 8)}, "outpaint"),
        ({"sampler": 3}, "sampler"),
        ({"post_processors": "enlarge"}, "post_processors"),
        ({"conditioners": [5]}, r"conditioners\.0"),
        ({"step": 5}, "step"),
    ],
    ids=[
        *("size", "sampler", "steps", "text-as-picture", "missing-file", "cut-picture", "nan", "mask-size"),
        *("no-bytes", "no-pixels", "number-as-picture", "size-as-text", "one-number", "two-margins"),
        *("number-as-id", "id-as-list", "number-in-list", "misspelt-option"),
    ],
)
def test_a_wrong_request_names_its_field(studio, options, field):
    with pytest.raises((InvalidRecipe, ImageRefused), match=rf"\b{field}\b"):
        studio.generate("moss", **options)


@pytest.mark.parametrize("what", [None, 5, b"moss"])
def test_what_is_neither_prompt_nor_recipe_is_told(studio, what):
    with pytest.raises(InvalidRecipe, match=r"prompt: got .*, expected text, or a Recipe"):
        studio.generate(what)


def test_the_nearest_name_is_offered(studio):
    with pytest.raises(InvalidRecipe, match=r"did you mean sfumato\.euler\?"):
        studio.submit("moss", sampler="sfumato.eular")


def test_a_job_that_fails_raises_what_it_failed_with(studio):
    with pytest.raises(SfumatoError, match="it did not work"):
        studio.generate("fail@1")


def test_cancelling_from_elsewhere_ends_the_wait(studio):
    job = studio.submit("hold@1 until@never")

    def cancel():
        elsewhere = studio.job(job.id)
        assert next(event for event in elsewhere.watch() if isinstance(event, events.Stepped))
        elsewhere.cancel()

    cancelling = threading.Thread(target=cancel)
    cancelling.start()
    with pytest.raises(JobCancelled):
        job.result()
    cancelling.join()


def test_an_interrupted_generate_cancels_its_job(studio):
    def press_ctrl_c(step):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        studio.generate("hold@1 until@never", on_step=press_ctrl_c)

    ended = list(studio.job(studio.jobs()[0].id).watch())[-1]
    assert ended.state == "cancelled"


def test_leaving_a_watch_leaves_the_job_alone(studio):
    job = studio.submit("slow@0.02", steps=5)
    for event in job.watch():
        if isinstance(event, events.Started):
            break

    assert len(job.result()) == 1


def test_a_full_preview_on_demand(studio):
    job = studio.submit("hold@1 until@never")
    next(event for event in job.watch() if isinstance(event, events.Stepped))

    assert (job.preview().width_px, job.preview().height_px) == (4, 4)
    job.cancel()


def test_jobs_lists_all_newest_first_over_many_pages(studio):
    submitted = [studio.submit("moss", steps=1).id for _ in range(120)]

    assert [job.id for job in studio.jobs()][:120] == submitted[::-1]


def test_a_state_that_no_job_has_is_told(studio):
    with pytest.raises(InvalidRecipe, match="state: got 'done', expected queued, running"):
        studio.jobs("done")


def test_jobs_of_one_state(studio):
    job = studio.submit("fail@1")
    list(job.watch())

    assert studio.jobs("failed")[0].id == job.id
    assert {job.state for job in studio.jobs("failed")} == {"failed"}


def test_the_catalogue_arrives_whole(studio):
    catalogue = studio.catalogue()

    assert [card.id for card in studio.models()] == ["ground"]
    assert catalogue.contribution("guider", "cfg").parameters[0].id == "scale"
    assert [plugin.name for plugin in catalogue.plugins] == ["fake"]


def test_models_are_inspected_added_and_removed(studio, tmp_path):
    (tmp_path / "tiny").mkdir()

    assert studio.inspect_model(str(tmp_path / "tiny")).id == "tiny"
    studio.add_model(str(tmp_path / "tiny"), "mine")
    assert [card.id for card in studio.models()] == ["ground", "mine"]
    studio.remove_model("mine")
    assert [card.id for card in studio.models()] == ["ground"]
    with pytest.raises(NotFound, match="no file"):
        studio.add_model("/no/such/model", "x")


def test_info_tells_the_worker_s_state(studio, front):
    assert studio.start_worker().device == "fake"
    assert (studio.info().worker.state, studio.info().pid) == ("ready", front.process.pid)


def test_an_unknown_job_is_not_found(studio):
    with pytest.raises(NotFound):
        studio.job("nothing")


def test_a_wrong_token_is_refused_at_once(front):
    with pytest.raises(Unauthenticated):
        sfumato.connect(front.announced["address"], token="guess")


def test_closing_a_studio_ends_its_watches(front):
    studio = sfumato.connect(front.announced["address"], token=front.announced["token"])
    job = studio.submit("hold@1 until@never")
    watching = job.watch()
    next(watching)
    closing = threading.Timer(0.3, studio.close)
    closing.start()

    with pytest.raises(DaemonUnavailable, match="closed"):
        list(watching)
    closing.join()
    with pytest.raises(DaemonUnavailable, match="closed"):
        studio.info()
    with sfumato.connect(front.announced["address"], token=front.announced["token"]) as other:
        other.job(job.id).cancel()
