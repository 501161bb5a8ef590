"""Hostile addresses of placeholder pictures for fuzz.py.

Whatever an address says, the answer is a picture, the word that the browser has it, or a reason.
"""

import httpx

# A path with two dots can lead to a page, which sends one to the log-in.
ANSWERS = {200, 301, 302, 304, 400, 404, 405}
# Daphne hangs up on who sends a first line of more than 16 KB, and one character may become six.
LONGEST = 5_000
METHODS = ["GET"] * 12 + ["HEAD", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"]
# One in so many is as large as there are: what costs most comes, but not all the time.
LARGE = 200
SIDES = [
    *("1", "2", "16", "100", "300", "1200", "0", "-1", "-0", "+1", "007", "1e3", "0x10", "1.5", " 1", "1 ", ""),
    *(
        "4001",
        "10000",
        "99999999999",
        "9" * 4301,
        "\u0663",
        "\uff11\uff12",
        "²",
        "½",
        "x",
        "%00",
        "%0a",
        "%ff",
        "%2e%2e",
        "NaN",
    ),
]
JOINTS = ["x"] * 8 + ["X", "×", "*", "/", ":", "", "xx", "%78", "x-"]
SCALES = [""] * 6 + ["@2x", "@3x", "@1x", "@0x", "@99x", "@", "@2", "@2x@2x", "@-2x"]
ENDINGS = [
    *(".png", ".svg", ".webp", ".avif", ".jpg", ".gif", "", "/"),
    *(
        ".jpeg",
        ".bmp",
        ".png.exe",
        ".",
        "..",
        ".PNG",
        ".%00png",
        ".svg/",
        "/etc/passwd",
        "/../../manage.py",
        ".php",
    ),
]
PLACES = ["image/"] * 12 + [
    "image/avatar/",
    "image/16:9/",
    "image/0:1/",
    "image/1:100/",
    "image/9999:1/",
    *("image/g/", "image/seed/a/", "image/300/", "image/vga/", "image/9x9/fff/", "image/9x9/fff/f80-08f/"),
    "placeholder/",
]
NAMES = [
    *("text", "bg", "fg", "font", "size", "border", "radius", "pattern", "blur", "seed", "theme"),
    *("weight", "align", "valign", "grayscale", "random", "image"),
    *("file", "url", "__class__", "", "text[]", "%00", "callback"),
]
VALUES = [
    *(
        "",
        "0",
        "1",
        "8",
        "20",
        "400",
        "1001",
        "-1",
        "9" * 400,
        "f80",
        "tomato",
        "transparent",
        "%23fff",
        "00000000",
    ),
    *("cross", "grid", "gradient", "dark", "light", "inter", "noto-serif", "jetbrains-mono", "../../etc/passwd"),
    *("f80-08f", "transparent-fff", "f80-", "400", "regular", "left", "bottom", "नमस्ते", "汉字 → a", "สวัสดี"),
    *(
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "<script>alert(1)</script>",
        "</text><script>",
        "%00",
        "%0d%0aX:1",
        "%ff",
    ),
    *(
        "a\\nb",
        "\\n" * 50,
        "%0a" * 99,
        "W" * 100,
        "x" * 101,
        "x" * 2500,
        "%e2%80%ae",
        "\U0001f600",
        "é" * 40,
        "%F0%9F",
        "{{7*7}}",
    ),
    *(
        "url(x)",
        "expression(1)",
        "&amp;",
        "]]>",
        "&%230;",
        "%u0041",
        "1" * 20,
        "%25%73%25%6e",
        "שלום",
        "ﷺ" * 30,
        "e\u0301" * 40,
    ),
]
HEADERS = {
    "If-None-Match": ["*", "junk", '""', "W/", '"' + "x" * 5000 + '"', '"a", "b"', ","],
    "Range": ["bytes=0-1", "bytes=-", "bytes=9-1", "bytes=" + "0-0," * 500, "x"],
    "Accept": ["application/json", "text/html", "*/*;q=x", ";", "image/avif"],
    "Accept-Encoding": ["gzip", "br;q=x", "*"],
    "Cookie": ["sessionid=x", ";;;"],
}


def fuzz_images(target, count):
    """Ask `target.server` for `count` pictures; notes in `target.failures` what must not be."""
    chance = target.random
    with httpx.Client(timeout=60) as client:
        for number in range(count):
            url = f"{target.server.url}/{large(chance) if not number % LARGE else odd(chance)}"
            headers = {
                name: chance.choice(values).encode() for name, values in HEADERS.items() if chance.random() < 0.1
            }
            request = client.build_request(chance.choice(METHODS), url, headers=headers)
            answer = target.send(client, request, number)
            if answer is not None and answer.status_code < 500 and answer.status_code not in ANSWERS:
                target.fail(number, request, f"status {answer.status_code}")


def large(chance):
    """Return an address of the most pixels, each time of another picture."""
    return f"image/4000x2000.{chance.choice(['png', 'jpg', 'gif', 'webp', 'avif'])}?seed={chance.random()}&pattern=cross"


def odd(chance):
    """Return an address that is wrong in one way or several, or not at all."""
    sides = chance.choice(SIDES) + chance.choice(JOINTS) + chance.choice(SIDES)
    path = chance.choice(PLACES) + sides + chance.choice(SCALES) + chance.choice(ENDINGS)
    names = [chance.choice(NAMES) for _ in range(chance.choice([0, 0, 1, 1, 2, 3, 60]))]
    query = "&".join(f"{name}={chance.choice(VALUES)}" for name in names)
    return (f"{path}?{query}" if query else path)[:LONGEST]
