"""Frames arrive whole, or as an error that says where the stream was cut."""

import io
import struct

import pytest

from sfumato.frames import BODY_LIMIT, FrameError, encode, read


def test_frames_follow_one_another():
    stream = io.BytesIO(encode({"op": "a"}) + encode({"op": "b"}, b"\0\1"))

    assert [read(stream), read(stream), read(stream)] == [({"op": "a"}, b""), ({"op": "b"}, b"\0\1"), None]


@pytest.mark.parametrize("kept", range(1, len(encode({"op": "b"}, b"body"))))
def test_a_cut_at_any_byte_is_an_error(kept):
    with pytest.raises(FrameError, match="ended after"):
        read(io.BytesIO(encode({"op": "b"}, b"body")[:kept]))


def test_a_frame_over_the_limit_is_refused_before_it_is_read():
    with pytest.raises(FrameError, match="is over"):
        read(io.BytesIO(struct.pack("<II", 2, BODY_LIMIT + 1) + b"{}"))


@pytest.mark.parametrize("header", [b"[]", b"nope", b"\xff\xfe"])
def test_a_header_that_is_no_object_is_refused(header):
    with pytest.raises(FrameError, match="header is"):
        read(io.BytesIO(struct.pack("<II", len(header), 0) + header))
