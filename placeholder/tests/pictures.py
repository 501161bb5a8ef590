"""What the tests ask of pictures: made from an address, and looked at as pixels."""

import io
from functools import reduce
from urllib.parse import parse_qs

from PIL import Image, ImageChops

from placeholder.addresses import read_picture
from placeholder.image import draw


def picture(address):
    """Return the `Picture` of an address as it stands after `/image/`, with its query."""
    path, _, query = address.partition("?")
    return read_picture(path, parse_qs(query, keep_blank_values=True, errors="replace"))


def drawn(address):
    """Return the decoded image of an address."""
    return decoded(draw(picture(address)))


def decoded(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def ink_box(image, background):
    """Return the box (left, top, right, bottom) of what is clearly not the background."""
    image = image.convert("RGB")
    channels = ImageChops.difference(image, Image.new("RGB", image.size, background)).split()
    furthest = reduce(ImageChops.lighter, channels)
    return furthest.point([0] * 61 + [255] * 195).getbbox()
