from sfumato.engine.lru import LeastRecentlyUsed


def cache(limit):
    return LeastRecentlyUsed[str, bytes](limit, len)


def test_makes_a_value_once():
    made = []
    held = cache(10)
    for _ in range(2):
        held.get("a", lambda: made.append("a") or b"12")
    assert made == ["a"]


def test_the_least_recently_used_goes_first():
    held = cache(5)
    for key in ("a", "b", "a", "c"):
        held.get(key, lambda: b"12")
    assert "b" not in held
    assert "a" in held
    assert "c" in held
    assert held.held_bytes == 4


def test_the_newest_stays_however_large():
    held = cache(5)
    held.get("small", lambda: b"1")
    assert held.get("large", lambda: b"123456789") == b"123456789"
    assert "large" in held
    assert "small" not in held


def test_discarding_makes_it_anew():
    held = cache(5)
    held.get("a", lambda: b"1")
    held.discard("a")
    held.discard("never there")
    assert held.get("a", lambda: b"2") == b"2"


def test_room_is_made_before_it_is_needed():
    held = cache(5)
    held.get("old", lambda: b"12")
    held.get("new", lambda: b"34")
    held.make_room(2)
    assert held.held_bytes == 2
    assert "new" in held
    held.make_room(100)
    assert held.held_bytes == 0
