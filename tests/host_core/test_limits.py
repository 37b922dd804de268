"""What hosts and programs cannot do is said in the frames: palettes, and jobs that nobody will ask for again."""

import pytest

from tests.host_core.fake_host import FakeHost
from tests.host_core.test_studio import Room


class IndexedHost(FakeHost):
    def palette(self, document):
        return ["#000000", "#ff8000"]


@pytest.fixture
def room():
    found = Room(host=IndexedHost())
    found.studio.attend(found.host.create().document)
    return found


def test_a_document_with_a_palette_asks_for_results_in_it(room):
    room.studio.submit()

    assert room.submitted()["region"]["palette"] == ["#000000", "#ff8000"]


def test_a_document_that_holds_every_colour_asks_for_no_palette():
    room = Room()
    room.studio.attend(room.host.create().document)
    room.studio.submit()

    assert "palette" not in room.submitted()["region"]


def test_jobs_go_on_without_their_program_unless_it_says_otherwise(room):
    room.studio.submit()
    assert "ends_with_adapter" not in room.submitted()

    room.studio.ends_jobs = True
    room.studio.submit()
    assert room.submitted()["ends_with_adapter"] is True


def test_a_new_bridge_hears_that_a_job_ends_with_the_program(room):
    room.studio.ends_jobs = True
    ticket = room.studio.submit()
    room.accept(ticket)
    room.line.channel.die()
    room.studio.drain()
    room.line.clock.now_s += 1
    room.studio.drain()

    assert room.line.channel.of("follow")[-1]["ends_with_adapter"] is True
