"""A real bridge and a real daemon with Ground: drawing, cancelling, following, and daemons that are killed."""

import os
import signal

import numpy as np
import pytest

from tests.bridge.spoken import Bridge

SMALL = {"width_px": 64, "height_px": 64}
LARGER = {"width_px": 128, "height_px": 128}


@pytest.fixture
def bridge(home):
    with Bridge(home.environment) as bridge:
        yield bridge


def recipe(**more):
    return {"prompt": "moss", "steps": 2, "seed": 1, **more}


def picture(name, array):
    height, width = array.shape[:2]
    return {"name": name, "width_px": width, "height_px": height, "format": "rgba8" if array.ndim == 3 else "gray8"}


def pixels(frame):
    header, body = frame
    shape = header["picture"]["height_px"], header["picture"]["width_px"], 4
    return np.frombuffer(body, {"rgba8": "u1", "rgba16": "<u2"}[header["picture"]["format"]]).reshape(shape)


def submit(bridge, ticket, *, arrays=(), **fields):
    listed = [picture(name, array) for name, array in arrays]
    bridge.send(op="submit", ticket=ticket, pictures=listed, body=b"".join(a.tobytes() for _, a in arrays), **fields)


def noise(height, width):
    array = np.random.default_rng(0).integers(0, 256, (height, width, 4), np.uint8)
    array[:, :, 3] = 255
    return array


def running(header):
    return header["op"] == "event" and header["kind"] == "step"


def test_a_job_is_told_in_order_and_its_picture_has_the_regions_size(bridge):
    submit(bridge, "a", recipe=recipe(steps=40), region={"width_px": 101, "height_px": 77})
    image = pixels(bridge.until("image"))
    finished, _ = bridge.until("finished")

    mine = [header for header in bridge.heard() if header.get("ticket") == "a"]
    assert mine[0]["op"] == "accepted"
    assert (mine[0]["recipe"]["width_px"], mine[0]["recipe"]["height_px"]) == (104, 80)
    assert mine[0]["recipe"]["sampler"]["id"]
    numbers = [header["event"] for header in mine[1:]]
    assert numbers == sorted(numbers)
    assert image.shape == (77, 101, 4)
    assert (image[:, :, 3] == 255).all()
    assert finished["state"] == "succeeded"
    previews = [header["picture"] for header in mine if header.get("kind") == "step"]
    assert previews
    assert all(each["width_px"] <= 101 and each["height_px"] <= 77 for each in previews)


def test_the_catalogue_comes_after_ready_and_again_when_it_is_asked_for(bridge):
    first, _ = bridge.until("catalogue")
    bridge.send(op="catalogue")
    again, _ = bridge.until("catalogue")

    assert bridge.heard()[0]["op"] == "welcome"
    assert [each["state"] for each in bridge.heard("state")][-1] == "ready"
    assert first == again
    assert {"ground"} <= {model["id"] for model in first["models"]}
    assert any(each["kind"] == "sampler" for each in first["contributions"])


def test_a_soft_mask_is_the_results_alpha_byte_by_byte(bridge):
    init, mask = noise(80, 96), np.zeros((80, 96), np.uint8)
    mask[20:60, 30:70] = np.random.default_rng(1).integers(0, 256, (40, 40))
    submit(
        bridge, "a", arrays=[("init", init), ("mask", mask)],
        recipe=recipe(init="@init", mask="@mask"), region={"width_px": 96, "height_px": 80},
    )  # fmt: skip

    image = pixels(bridge.until(lambda header: header["op"] in ("image", "rejected")))

    np.testing.assert_array_equal(image[:, :, 3], mask)


def test_a_region_drawn_at_another_size_still_has_its_own_alpha(bridge):
    init, mask = noise(75, 91), np.zeros((75, 91), np.uint8)
    mask[30:50, 30:60] = 255
    region = {
        "width_px": 91,
        "height_px": 75,
        "draw_width_px": 128,
        "draw_height_px": 104,
        "grow_px": 2,
        "feather_px": 4,
    }
    submit(
        bridge, "a", arrays=[("init", init), ("mask", mask)], recipe=recipe(init="@init", mask="@mask"), region=region
    )

    alpha = pixels(bridge.until("image"))[:, :, 3]

    rows, columns = np.mgrid[:75, :91]
    far = np.hypot(
        np.maximum(30 - columns, 0) + np.maximum(columns - 59, 0), np.maximum(30 - rows, 0) + np.maximum(rows - 49, 0)
    )
    assert (alpha[far > 2 + 4 * 2**0.5] == 0).all()
    assert (alpha[34:46, 34:56] == 255).all()
    assert len(np.unique(alpha)) > 4


def test_outpainting_covers_what_is_transparent(bridge):
    init = noise(64, 96)
    init[:, 64:, 3] = 0
    region = {"width_px": 96, "height_px": 64, "mask_of": "transparency"}
    submit(bridge, "a", arrays=[("init", init)], recipe=recipe(init="@init"), region=region)

    alpha = pixels(bridge.until("image"))[:, :, 3]

    assert (alpha[:, :64] == 0).all()
    assert (alpha[:, 64:] == 255).all()


def test_layers_of_sixteen_bits_come_with_sixteen(bridge):
    """Needs sfumato-control, whose normals have 16 bits."""
    bridge.until("catalogue")
    normals = {"id": "control.normal"}
    submit(
        bridge, "a", arrays=[("init", noise(64, 64))],
        recipe={"prompt": "", "init": "@init", "strength": 0.0, "post_processors": [normals]},
        region={**SMALL, "keep_scale": True},
    )  # fmt: skip

    frame = bridge.until(lambda header: header["op"] in ("image", "rejected", "finished"))

    assert frame[0]["op"] == "image", frame[0]
    assert frame[0]["picture"]["format"] == "rgba16"
    assert (pixels(frame) % 257).any(), "8 bits were only repeated"


def test_four_bridges_cancel_their_own_jobs_alone(home):
    bridges = [Bridge(home.environment) for _ in range(4)]
    try:
        for index, bridge in enumerate(bridges):
            submit(bridge, "job", recipe=recipe(steps=900 + index), region=LARGER)
        for bridge in bridges:
            bridge.until("accepted")
        for bridge in (bridges[2], bridges[0], bridges[3]):
            bridge.send(op="cancel", ticket="job")
        for bridge in (bridges[0], bridges[2], bridges[3]):
            assert bridge.until("finished")[0]["state"] == "cancelled"
        bridges[1].until(running)
        bridges[1].send(op="cancel", ticket="job")
        assert bridges[1].until("finished")[0]["state"] == "cancelled"
    finally:
        for bridge in bridges:
            bridge.close()


def test_a_cancel_right_behind_its_submit_ends_the_ticket(bridge):
    submit(bridge, "a", recipe=recipe(steps=900), region=LARGER)
    bridge.send(op="cancel", ticket="a")

    assert bridge.until("finished", ticket="a")[0]["state"] == "cancelled"


def test_a_job_outlives_its_bridge_and_is_followed_by_the_next(home):
    with Bridge(home.environment) as first:
        submit(first, "a", recipe=recipe(steps=150), region=SMALL)
        accepted, _ = first.until("accepted")
        first.until(running)
        last = max(header.get("event", 0) for header in first.heard())
        first.kill()
    with Bridge(home.environment) as second:
        second.send(op="follow", ticket="b", job=accepted["job"], after_event=last, region=SMALL)
        image, _ = second.until("image", ticket="b")
        finished, _ = second.until("finished", ticket="b")

    assert image["picture"]["width_px"] == 64
    assert finished["state"] == "succeeded"
    assert all(header["event"] > last for header in second.heard("event"))


def test_following_a_job_that_is_unknown_is_rejected(bridge):
    bridge.send(op="follow", ticket="a", job="no-such-job", after_event=0)

    assert bridge.until("rejected", ticket="a")[0]["error"]["code"] == "NOT_FOUND"


def test_a_result_is_fetched_again_with_its_alpha(bridge):
    init, mask = noise(64, 72), np.zeros((64, 72), np.uint8)
    mask[20:40, 20:50] = 255
    region = {"width_px": 72, "height_px": 64}
    submit(
        bridge, "a", arrays=[("init", init), ("mask", mask)], recipe=recipe(init="@init", mask="@mask"), region=region
    )
    frame = bridge.until("image")
    bridge.send(op="fetch", ticket="b", sha256=frame[0]["sha256"], region=region)
    np.testing.assert_array_equal(pixels(bridge.until("asset", ticket="b")), pixels(frame))

    bridge.send(op="fetch", ticket="c", sha256="0" * 64)
    assert bridge.until("rejected", ticket="c")[0]["error"]["code"] == "NOT_FOUND"


def test_soft_edges_come_back_to_the_last_level_when_they_are_fetched_or_followed(bridge):
    """At another size than the drawn one, where the engine's own mask would be off by many levels."""
    init, mask = noise(60, 68), np.random.default_rng(1).integers(0, 256, (60, 68), np.uint8)
    region = {"width_px": 68, "height_px": 60, "draw_width_px": 136, "draw_height_px": 120, "feather_px": 3}
    submit(
        bridge, "a", arrays=[("init", init), ("mask", mask)], recipe=recipe(init="@init", mask="@mask"), region=region
    )
    accepted, _ = bridge.until("accepted")
    frame = bridge.until("image")
    bridge.send(op="fetch", ticket="b", sha256=frame[0]["sha256"], region=region)
    bridge.send(op="follow", ticket="c", job=accepted["job"], after_event=0, region=region)

    assert len(np.unique(pixels(frame)[:, :, 3])) > 50
    np.testing.assert_array_equal(pixels(bridge.until("asset", ticket="b")), pixels(frame))
    np.testing.assert_array_equal(pixels(bridge.until("image", ticket="c")), pixels(frame))


def test_the_paint_of_a_refined_canvas_comes_back_when_it_is_fetched(bridge):
    init = noise(64, 72)
    init[:, :, 3] = np.random.default_rng(2).integers(0, 256, (64, 72))
    region = {"width_px": 72, "height_px": 64, "keep_alpha": True}
    submit(bridge, "a", arrays=[("init", init)], recipe=recipe(init="@init", strength=0.5), region=region)
    frame = bridge.until("image")
    bridge.send(op="fetch", ticket="b", sha256=frame[0]["sha256"], region=region)

    np.testing.assert_array_equal(pixels(frame)[:, :, 3], init[:, :, 3])
    np.testing.assert_array_equal(pixels(bridge.until("asset", ticket="b")), pixels(frame))


def test_the_daemons_complaints_come_with_their_fields(bridge):
    submit(bridge, "a", recipe=recipe(steps=0, sampler={"id": "no.such"}), region=SMALL)

    error = bridge.until("rejected")[0]["error"]
    assert error["code"] == "INVALID_RECIPE"
    assert {each["field"] for each in error["fields"]} == {"steps", "sampler.id"}


def test_a_daemon_that_is_killed_is_started_again_and_the_job_goes_on(empty_home):
    with Bridge(empty_home.environment) as bridge:
        submit(bridge, "a", recipe=recipe(steps=150), region=SMALL)
        bridge.until(running)
        os.kill(empty_home.announced()["pid"], signal.SIGKILL)
        states = [bridge.until("state")[0]["state"]]
        while states[-1] != "ready":
            states.append(bridge.until("state")[0]["state"])

        assert states[0] == "unavailable"
        bridge.until("image", ticket="a")
        assert bridge.until("finished", ticket="a")[0]["state"] == "succeeded"
        assert len(bridge.heard("image")) == 1
        numbers = [header["event"] for header in bridge.heard() if header.get("ticket") == "a" and "event" in header]
        assert numbers == sorted(numbers)


def test_painting_live_answers_the_newest_frame_and_ends_when_it_is_closed(bridge):
    bridge.until("state", state="ready")
    bridge.send(op="live_open", ticket="live", recipe=recipe(init="@init", strength=0.6))
    for frame in (1, 2, 3):
        array = noise(64, 64)
        array[:, :, 0] = frame * 40
        shown = {"pictures": [picture("init", array)], "body": array.tobytes()}
        bridge.send(op="live_frame", ticket="live", frame=frame, region=SMALL, **shown)
    final = bridge.until(lambda header: header["op"] == "live_result" and header["final"] and header["frame"] == 3)
    bridge.send(op="live_close", ticket="live")
    closed, _ = bridge.until("live_closed")

    frames = [header["frame"] for header in bridge.heard("live_result")]
    assert frames == sorted(frames)
    assert pixels(final).shape == (64, 64, 4)
    assert closed["error"] is None


def test_what_is_wrong_with_a_live_frame_closes_the_painting_with_words(bridge):
    bridge.until("state", state="ready")
    bridge.send(op="live_open", ticket="live", recipe=recipe(init="@nothing"))
    bridge.send(op="live_frame", ticket="live", frame=1, region=SMALL, pictures=[])

    error = bridge.until("live_closed")[0]["error"]
    assert error["fields"][0]["field"] == "init"


def test_what_a_later_live_frame_leaves_out_is_out(bridge):
    """Its recipe is all there is: of a canvas and a tiling that were there before, nothing is left."""
    bridge.until("state", state="ready")
    canvas = {"pictures": [picture("init", noise(64, 64))], "body": noise(64, 64).tobytes()}
    bare = recipe()
    shown = [
        (recipe(init="@init", strength=0.5, tile="xy", negative_prompt="grass"), canvas),
        (bare, {"pictures": []}),
    ]
    bridge.send(op="live_open", ticket="live", recipe=bare)
    drawn = [live_final(bridge, "live", frame, wanted, more) for frame, (wanted, more) in enumerate(shown, 1)]
    bridge.send(op="live_open", ticket="alone", recipe=bare)
    alone = live_final(bridge, "alone", 1, bare, {"pictures": []})

    assert np.array_equal(pixels(drawn[1]), pixels(alone))
    assert not np.array_equal(pixels(drawn[0]), pixels(alone))


def live_final(bridge, ticket, frame, wanted, more):
    """The picture of a live frame, once it is final."""
    bridge.send(op="live_frame", ticket=ticket, frame=frame, region=SMALL, recipe=wanted, **more)
    return bridge.until(
        lambda header: header.get("ticket") == ticket and header.get("final") and header["frame"] == frame
    )
