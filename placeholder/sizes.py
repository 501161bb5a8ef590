"""Sizes with a name: of screens, videos, advertisements, sharing cards and paper at 72 dpi."""

NAMED_SIZES = {
    # Screens and videos
    "cga": (320, 200),
    "qvga": (320, 240),
    "vga": (640, 480),
    "wvga": (800, 480),
    "svga": (800, 600),
    "wsvga": (1024, 600),
    "xga": (1024, 768),
    "sxga": (1280, 1024),
    "wxga": (1280, 800),
    "wsxga": (1440, 900),
    "uxga": (1600, 1200),
    "wuxga": (1920, 1200),
    "wqxga": (2560, 1600),
    "ntsc": (720, 480),
    "pal": (768, 576),
    "hd": (1280, 720),
    "hd720": (1280, 720),
    "fhd": (1920, 1080),
    "fullhd": (1920, 1080),
    "hd1080": (1920, 1080),
    "qhd": (2560, 1440),
    # Advertisements
    "banner": (468, 60),
    "fullbanner": (468, 60),
    "halfbanner": (234, 60),
    "verticalbanner": (120, 240),
    "leaderboard": (728, 90),
    "billboard": (970, 250),
    "mediumrectangle": (300, 250),
    "largerectangle": (336, 280),
    "verticalrectangle": (240, 400),
    "rectangle": (180, 150),
    "popunder": (720, 300),
    "squarepopup": (250, 250),
    "squarebutton": (125, 125),
    "button1": (120, 90),
    "button2": (120, 60),
    "microbar": (88, 31),
    "skyscraper": (120, 600),
    "wideskyscraper": (160, 600),
    "halfpage": (300, 600),
    # Cards for sharing
    "og": (1200, 630),
    "facebook": (1200, 630),
    "linkedin": (1200, 627),
    "twitter": (1200, 675),
    "youtube": (1280, 720),
    "instagram": (1080, 1080),
    "square": (1080, 1080),
    "story": (1080, 1920),
    "thumbnail": (150, 150),
    # Paper
    "a4": (595, 842),
    "a5": (420, 595),
    "letter": (612, 792),
}


def named_size(name: str) -> tuple[int, int] | None:
    """Return the size of a name, in which hyphens make no difference."""
    return NAMED_SIZES.get(name.replace("-", ""))
