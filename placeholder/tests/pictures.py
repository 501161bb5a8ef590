"""What the tests ask of pictures: made from an address, and looked at as pixels."""

import io
from urllib.parse import parse_qs

from PIL import Image

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
    away = Image.new("L", image.size)
    away.putdata(
        [
            255 if max(abs(a - b) for a, b in zip(pixel, background, strict=True)) > 60 else 0
            for pixel in image.get_flattened_data()
        ]
    )
    return away.getbbox()
