import threading

import pytest

from placeholder.cache import ENTRY_OVERHEAD, BusyError, DrawingCache
from placeholder.colours import Colour
from placeholder.picture import Picture

LIGHT = Picture(10, 10, Colour(0, 0, 0), Colour(1, 1, 1))
HEAVY = Picture(2000, 2000, Colour(0, 0, 0), Colour(1, 1, 1), "webp")
PATIENCE = 10


class HeldDrawing:
    """A drawing that says when it began and goes on only when it is let."""

    def __init__(self):
        self.began = threading.Semaphore(0)
        self.may_end = threading.Event()
        self.drawn = []
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()

    def __call__(self, picture):
        with self.lock:
            self.drawn.append(picture)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        self.began.release()
        assert self.may_end.wait(PATIENCE)
        with self.lock:
            self.at_once -= 1
        return b"drawn"

    def wait_until_begun(self, count):
        for _ in range(count):
            assert self.began.acquire(timeout=PATIENCE)


def ask(drawings, keys, picture):
    """Start a thread for each key; return the threads and the list their answers go to."""
    answers = []

    def one(key):
        try:
            answers.append(drawings.get_or_draw(key, picture))
        except BusyError:
            answers.append("busy")

    threads = [threading.Thread(target=one, args=[key]) for key in keys]
    for thread in threads:
        thread.start()
    return threads, answers


def test_a_picture_is_drawn_once_and_then_kept():
    drawn = []
    drawings = DrawingCache(lambda picture: drawn.append(picture) or b"bytes")
    assert drawings.get("a") is None
    assert [drawings.get_or_draw("a", LIGHT), drawings.get_or_draw("a", LIGHT), drawings.get("a")] == [
        b"bytes"
    ] * 3
    assert drawn == [LIGHT]


def test_concurrent_requests_share_one_drawing():
    held = HeldDrawing()
    drawings = DrawingCache(held)
    threads, answers = ask(drawings, ["a"] * 50, HEAVY)
    held.wait_until_begun(1)
    held.may_end.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert answers == [b"drawn"] * 50
    assert held.drawn == [HEAVY]


def test_two_heavy_pictures_are_drawn_at_once_a_few_wait_and_the_rest_is_refused():
    held = HeldDrawing()
    drawings = DrawingCache(held, workers=2, queue=3)
    threads, answers = ask(drawings, range(5), HEAVY)
    held.wait_until_begun(2)
    while drawings._places._value:
        threading.Event().wait(0.001)
    with pytest.raises(BusyError):
        drawings.get_or_draw("one too many", HEAVY)
    assert len(held.drawn) == 2
    held.may_end.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert answers == [b"drawn"] * 5
    assert held.most_at_once == 2
    assert drawings.get_or_draw("there is room again", HEAVY) == b"drawn"


def test_a_light_picture_never_waits_for_heavy_ones():
    held = HeldDrawing()
    drawings = DrawingCache(lambda picture: held(picture) if picture is HEAVY else b"light", workers=1, queue=0)
    threads, _ = ask(drawings, ["heavy"], HEAVY)
    held.wait_until_begun(1)
    assert drawings.get_or_draw("light", LIGHT) == b"light"
    held.may_end.set()
    threads[0].join(PATIENCE)


def test_a_drawing_that_fails_is_tried_again():
    outcomes = [ValueError("no ink"), b"bytes"]

    def draw(picture):
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    drawings = DrawingCache(draw)
    with pytest.raises(ValueError, match="no ink"):
        drawings.get_or_draw("a", HEAVY)
    assert drawings.get_or_draw("a", HEAVY) == b"bytes"


def test_the_cache_holds_bytes_up_to_its_capacity_and_drops_what_was_used_longest_ago():
    drawings = DrawingCache(lambda picture: bytes(1000), capacity=3 * (1000 + ENTRY_OVERHEAD))
    for key in "abc":
        drawings.get_or_draw(key, LIGHT)
    drawings.get_or_draw("a", LIGHT)
    drawings.get_or_draw("d", LIGHT)
    assert [drawings.get(key) is not None for key in "abcd"] == [True, False, True, True]
    assert drawings.size == 3 * (1000 + ENTRY_OVERHEAD)


def test_ten_thousand_pictures_fill_the_cache_no_further_than_its_capacity():
    drawings = DrawingCache(lambda picture: bytes(7000))
    for key in range(10_000):
        drawings.get_or_draw(key, LIGHT)
    assert drawings.size <= 32 * 2**20
    assert drawings.size == len(drawings._cached) * (7000 + ENTRY_OVERHEAD)
