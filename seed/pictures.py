"""Draws the pets: for each breed two coats, each young and grown. All are our own, of simple shapes."""

import math
import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

from seed.catalogue import BREEDS, CAT

COATS = 2
BACKGROUNDS = ("#dceaf2", "#f6e3d0", "#e2efda", "#efe3f3", "#fbeec2", "#d9efec")
COLLARS = ("#c0392b", "#2471a3", "#1e8449", "#7d3c98", "#b9770e")
WHITE, DARK, PINK = "#fbf8f3", "#2b2523", "#e59a9a"


class Look(NamedTuple):
    """How the animals of a breed look.

    `coats` are the main colours of the two coats, `second` the colour of markings. `ears` is a shape of _EARS,
    `markings` names of _MARKINGS. `muzzle` is 0 (flat face) to 2 (long). `fluffy` is 0 (short fur) to 2 (long fur).
    """

    coats: tuple[str, str]
    second: str
    ears: str
    markings: tuple[str, ...] = ()
    muzzle: float = 1.0
    fluffy: int = 0
    eyes: str = "#5b3a21"


LOOKS: dict[str, Look] = {
    "Birman": Look(("#efe3cf", "#f4ead9"), "#6b4a36", "cat", ("mask",), 0.6, 2, "#3f7fc1"),
    "Maine_Coon": Look(("#8a6a4a", "#a8a29a"), "#4b3728", "tufted", ("stripes", "bib"), 0.9, 2, "#8aa13a"),
    "Persian": Look(("#f2efe9", "#d9a066"), "#c9c2b6", "small", (), 0.2, 2, "#c7772c"),
    "Ragdoll": Look(("#f1e9dd", "#e6ded4"), "#7d6a63", "cat", ("mask", "blaze"), 0.7, 2, "#4d8fd1"),
    "Abyssinian": Look(("#b8763e", "#a65f33"), "#6b3f1f", "big", ("ticks",), 0.8, 0, "#7f9a34"),
    "Egyptian_Mau": Look(("#c9c4bb", "#b99b6f"), "#3c3632", "cat", ("spots", "stripes"), 0.7, 0, "#8fb548"),
    "Siamese": Look(("#f0e2c8", "#e9dccb"), "#4a342a", "big", ("mask",), 0.9, 0, "#3f8fd9"),
    "Sphynx": Look(("#e8bfae", "#c9a49a"), "#b98a7c", "big", ("wrinkles",), 0.6, 0, "#6fa8a0"),
    "Bengal": Look(("#c98b4a", "#d8b98a"), "#4a2c17", "cat", ("spots", "stripes"), 0.8, 0, "#6fa04a"),
    "Bombay": Look(("#2f2b2d", "#242124"), "#1a181a", "cat", (), 0.6, 0, "#d9a128"),
    "British_Shorthair": Look(("#8b97a5", "#b9a08a"), "#6d7884", "small", (), 0.5, 1, "#d18a2c"),
    "Russian_Blue": Look(("#7f8c9c", "#98a4b2"), "#5f6b7a", "big", (), 0.7, 0, "#5fae5a"),
    "Chihuahua": Look(("#d9a86a", "#3a2f2b"), "#f3e6d3", "bat", ("bib",), 0.5, 0),
    "Havanese": Look(("#efe6d8", "#8a6a52"), "#c9a27a", "long", ("patches",), 0.6, 2),
    "Japanese_Chin": Look(("#f7f3ec", "#f3ece2"), "#2d2828", "long", ("patches", "blaze"), 0.2, 2),
    "Miniature_Pinscher": Look(("#7a3f22", "#2f2724"), "#b8733c", "pointed", ("tan",), 0.9, 0),
    "Pomeranian": Look(("#dd9a4e", "#f1e5d3"), "#f0c48a", "small", ("bib",), 0.6, 2),
    "Pug": Look(("#dfc29a", "#3a3330"), "#2f2826", "button", ("mask", "wrinkles"), 0.2, 0),
    "Yorkshire_Terrier": Look(("#b9834a", "#c99a62"), "#5e6672", "pointed", ("crown",), 0.6, 2),
    "Basset_Hound": Look(("#a8693c", "#8a5a38"), "#f7f2e9", "hanging", ("blaze", "bib"), 1.7, 0),
    "Beagle": Look(("#a9652f", "#8f5730"), "#f8f4ec", "hanging", ("blaze", "bib"), 1.3, 0),
    "English_Cocker_Spaniel": Look(("#b5702f", "#2f2a29"), "#8a5226", "long", (), 1.2, 1),
    "English_Setter": Look(("#f4efe6", "#efe7da"), "#4b4340", "long", ("ticks",), 1.5, 1),
    "German_Shorthaired": Look(("#5a3623", "#4a2e20"), "#efe8dd", "hanging", ("ticks",), 1.5, 0),
    "Scottish_Terrier": Look(("#2f2c2d", "#c9a777"), "#6f655c", "pointed", ("beard",), 1.4, 1),
    "Wheaten_Terrier": Look(("#dcb57a", "#e3c48f"), "#c9a063", "folded", ("beard",), 1.2, 2),
    "American_Bulldog": Look(("#f6f1e8", "#f3ebdf"), "#a8713f", "button", ("patches",), 0.8, 0),
    "American_Pit_Bull_Terrier": Look(("#9a8f88", "#8a5a3a"), "#f4efe8", "button", ("blaze", "bib"), 1.0, 0),
    "Boxer": Look(("#c08148", "#a3652f"), "#2e2522", "button", ("mask", "bib"), 0.5, 0),
    "Staffordshire_Bull_Terrier": Look(("#3b3432", "#7b5a43"), "#f4efe8", "button", ("bib",), 0.9, 0),
    "Keeshond": Look(("#a7a39d", "#8f8b86"), "#3a3634", "pointed", ("spectacles",), 0.9, 2),
    "Samoyed": Look(("#fbf8f2", "#f5efe4"), "#e9dfd0", "pointed", (), 0.9, 2),
    "Shiba_Inu": Look(("#cf8443", "#3a3230"), "#f7efe2", "pointed", ("cheeks", "bib"), 0.8, 1),
    "Great_Pyrenees": Look(("#f8f4ec", "#f1e9db"), "#d9c5a4", "folded", ("patches",), 1.2, 2),
    "Leonberger": Look(("#bd864a", "#a8743e"), "#2f2724", "folded", ("mask",), 1.2, 2),
    "Newfoundland": Look(("#2b2829", "#4a3226"), "#1d1b1c", "folded", (), 1.2, 2),
    "Saint_Bernard": Look(("#a9642f", "#8f5026"), "#f8f3ea", "folded", ("blaze", "bib"), 1.3, 1),
}


def picture_name(breed: str, coat: int, grown: bool) -> str:
    """Return the name of a breed's picture; `coat` is 1 or 2."""
    return f"{breed}-{coat}-{'grown' if grown else 'young'}.svg"


def pictures() -> Iterator[tuple[str, str]]:
    """Yield the name and the SVG of every picture."""
    for breed in sorted(LOOKS):
        for coat in range(1, COATS + 1):
            for grown in (False, True):
                yield picture_name(breed, coat, grown), _draw(breed, coat, grown)


def _draw(breed: str, coat: int, grown: bool) -> str:
    look, rng = LOOKS[breed], random.Random(f"{breed} {coat}")
    main = look.coats[coat - 1]
    is_cat = BREEDS[breed].species == CAT
    width = 62 if grown else 58
    shapes = [
        _rectangle(240, 240, rng.choice(BACKGROUNDS)),
        *_body(look, main, width, rng),
        *_EARS[look.ears](main, look.second if {"mask", "patches"} & set(look.markings) else _shade(main, 0.82)),
        _outline(120, 118, width, 56, main, look.fluffy),
        *(shape for name in look.markings for shape in _MARKINGS[name](look.second, width, rng)),
        *_muzzle(look, main, is_cat, grown),
        *_eyes(look, 11 if grown else 13),
        *(_whiskers() if is_cat else _tongue(look, rng)),
    ]
    title = f"A {'grown' if grown else 'young'} {breed.replace('_', ' ')}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" role="img" aria-label="{title}">'
        f"<title>{title}</title>{''.join(shapes)}</svg>\n"
    )


# shapes


def _ellipse(x: float, y: float, rx: float, ry: float, fill: str, turn: float = 0) -> str:
    turned = f' transform="rotate({turn:g} {x:g} {y:g})"' if turn else ""
    return f'<ellipse cx="{x:g}" cy="{y:g}" rx="{rx:g}" ry="{ry:g}" fill="{fill}"{turned}/>'


def _path(d: str, fill: str = "none", stroke: str = "", width: float = 0) -> str:
    line = f' stroke="{stroke}" stroke-width="{width:g}" stroke-linecap="round"' if stroke else ""
    return f'<path d="{d}" fill="{fill}"{line}/>'


def _rectangle(width: int, height: int, fill: str) -> str:
    return f'<rect width="{width}" height="{height}" fill="{fill}"/>'


def _both(draw: str) -> list[str]:
    """Return a shape of the left side and its mirror image."""
    return [draw, f'<g transform="translate(240 0) scale(-1 1)">{draw}</g>']


def _outline(x: float, y: float, rx: float, ry: float, fill: str, fluffy: int) -> str:
    """Return an ellipse; with fluffy fur its edge has tufts."""
    if not fluffy:
        return _ellipse(x, y, rx, ry, fill)
    tufts, depth = 26 if fluffy == 1 else 20, 4 if fluffy == 1 else 9
    points = []
    for step in range(tufts * 2):
        angle = math.pi * step / tufts - math.pi / 2
        far = depth if step % 2 else 0
        points.append(f"{x + (rx + far) * math.cos(angle):.0f} {y + (ry + far) * math.sin(angle):.0f}")
    return _path(f"M{'L'.join(points)}Z", fill)


def _shade(colour: str, factor: float) -> str:
    """Return a colour that is darker (below 1) or lighter (above 1)."""
    channels = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{min(255, int(channel * factor)):02x}" for channel in channels)


# parts


def _body(look: Look, main: str, width: float, rng: random.Random) -> list[str]:
    shapes = [_outline(120, 236, width + 18, 62, _shade(main, 0.93), look.fluffy)]
    if "bib" in look.markings:
        shapes.append(_outline(120, 226, 34, 46, _light(look), look.fluffy))
    collar = rng.choice(COLLARS)
    return [*shapes, _path("M76 176Q120 204 164 176", "none", collar, 9), _ellipse(120, 193, 7, 7, "#f2c94c")]


def _light(look: Look) -> str:
    return look.second if int(look.second[1:3], 16) > 0xC0 else WHITE


def _muzzle(look: Look, main: str, is_cat: bool, grown: bool) -> list[str]:
    pale = look.second if "mask" in look.markings else _shade(main, 1.16)
    length = look.muzzle * (1.0 if grown else 0.75)
    y, rx, ry = 138 + 4 * length, 24 + 3 * length, 15 + 8 * length
    nose = PINK if is_cat and int(main[1:3], 16) > 0x90 and "mask" not in look.markings else DARK
    nose_x, size_y = (6.0, 5.0) if is_cat else (10 + 1.5 * length, 7 + length)
    nose_y = y - 6 if is_cat else y - 4
    mouth = _path(
        f"M120 {nose_y + size_y:g}v{5 + 2 * length:g}m-13 3q6 8 13 0q7 8 13 0", "none", _mouth_colour(pale), 2.4
    )
    return [_ellipse(120, y, rx, ry, pale), _ellipse(120, nose_y, nose_x, size_y, nose), mouth]


def _mouth_colour(pale: str) -> str:
    return "#d8cfc8" if int(pale[1:3], 16) < 0x60 else "#5a4640"


def _eyes(look: Look, radius: float) -> list[str]:
    eye = _ellipse(96, 108, radius, radius, WHITE) + _ellipse(96, 108, radius - 2, radius - 2, look.eyes)
    return _both(eye + _ellipse(96, 108, radius * 0.5, radius * 0.6, "#15110f") + _ellipse(99, 104, 2.6, 2.6, WHITE))


def _whiskers() -> list[str]:
    return _both(_path("M92 140L52 132M92 146L50 147M92 151L54 161", "none", "#ffffffb0", 1.6))


def _tongue(look: Look, rng: random.Random) -> list[str]:
    if rng.random() < 0.5:
        return []
    y = 148 + 9 * look.muzzle
    return [_path(f"M112 {y:g}h16v10a8 9 0 0 1-16 0Z", "#e2727f")]


def _pointed(main: str, inner: str, width: float = 34, top: float = 22) -> list[str]:
    outer = _path(f"M66 104Q{60 + width / 8:g} {top + 20:g} 72 {top:g}Q104 {top + 22:g} 114 70Z", main)
    return _both(
        outer + _path(f"M76 92Q{72 + width / 9:g} {top + 34:g} 78 {top + 18:g}Q96 {top + 32:g} 102 70Z", inner)
    )


def _hanging(main: str, inner: str, length: float = 46) -> list[str]:
    return _both(_ellipse(62, 96 + length * 0.75, 19, length, inner, 9) + _ellipse(70, 82, 18, 16, main))


def _folded(main: str, inner: str) -> list[str]:
    return _both(_path("M64 100Q46 74 66 62Q92 58 102 74Z", main) + _path("M66 64Q42 74 46 112Q62 110 82 70Z", inner))


_EARS: dict[str, Callable[[str, str], list[str]]] = {
    "cat": lambda main, inner: _pointed(main, inner, 34, 30),
    "big": lambda main, inner: _pointed(main, inner, 44, 18),
    "small": lambda main, inner: _pointed(main, inner, 24, 46),
    "pointed": lambda main, inner: _pointed(main, inner, 30, 28),
    "tufted": lambda main, inner: [*_pointed(main, inner, 36, 24), *_both(_path("M72 26L64 6L80 30Z", inner))],
    "bat": lambda main, inner: _both(_ellipse(62, 66, 25, 40, main, -32) + _ellipse(64, 70, 15, 28, inner, -32)),
    "button": lambda main, inner: _both(_path("M70 92Q54 62 74 58Q104 62 104 76Z", inner)),
    "folded": _folded,
    "hanging": _hanging,
    "long": lambda main, inner: [
        *_hanging(main, inner, 52),
        *_both(_ellipse(58, 146, 22, 26, _shade(inner, 0.94), 12)),
    ],
}


# markings: each gets the second colour, the width of the head and a random source


def _mask(second: str, width: float, rng: random.Random) -> list[str]:
    return [_ellipse(120, 132, 40, 38, second), *_both(_ellipse(96, 108, 19, 17, second))]


def _blaze(second: str, width: float, rng: random.Random) -> list[str]:
    light = second if int(second[1:3], 16) > 0xC0 else WHITE
    return [_path("M120 60Q108 96 98 130Q96 160 120 170Q144 160 142 130Q132 96 120 60Z", light)]


def _patches(second: str, width: float, rng: random.Random) -> list[str]:
    side = [_ellipse(92, 102, 28, 32, second, 14)]
    return _both(side[0]) if rng.random() < 0.6 else side


def _stripes(second: str, width: float, rng: random.Random) -> list[str]:
    forehead = _path("M120 64V84M106 66L111 84M134 66L129 84", "none", second, 5)
    return [forehead, *_both(_path("M62 120L80 124M64 134L80 134", "none", second, 4))]


def _spots(second: str, width: float, rng: random.Random) -> list[str]:
    places = [(rng.uniform(70, 170), rng.uniform(196, 236)) for _ in range(11)]
    return [_ellipse(round(x), round(y), 6, 4, second, rng.randrange(180)) for x, y in places]


def _ticks(second: str, width: float, rng: random.Random) -> list[str]:
    angles = [(rng.uniform(0, math.tau), rng.uniform(0.3, 0.95)) for _ in range(34)]
    places = [(120 + width * r * math.cos(a), 116 + 52 * r * math.sin(a)) for a, r in angles]
    return [_ellipse(round(x), round(y), 2.2, 1.6, second) for x, y in places]


def _wrinkles(second: str, width: float, rng: random.Random) -> list[str]:
    return [_path("M96 84Q120 72 144 84M102 76Q120 66 138 76M104 92Q120 84 136 92", "none", _shade(second, 0.9), 2.6)]


def _tan(second: str, width: float, rng: random.Random) -> list[str]:
    return [*_both(_ellipse(97, 90, 7, 5, second)), _ellipse(120, 144, 34, 24, second)]


def _crown(second: str, width: float, rng: random.Random) -> list[str]:
    return [_path("M120 58Q96 66 84 110Q104 92 120 88Q136 92 156 110Q144 66 120 58Z", second)]


def _beard(second: str, width: float, rng: random.Random) -> list[str]:
    return [_path("M84 138Q96 196 120 198Q144 196 156 138Z", second), *_both(_path("M80 96L112 102L82 106Z", second))]


def _spectacles(second: str, width: float, rng: random.Random) -> list[str]:
    return _both(_path("M82 108Q96 84 112 108Q98 128 82 108M82 108L64 98", "none", second, 4))


def _cheeks(second: str, width: float, rng: random.Random) -> list[str]:
    return [*_both(_ellipse(86, 138, 24, 22, second)), *_both(_ellipse(98, 90, 6, 4, second))]


_MARKINGS: dict[str, Callable[[str, float, random.Random], list[str]]] = {
    "mask": _mask,
    "blaze": _blaze,
    "patches": _patches,
    "stripes": _stripes,
    "spots": _spots,
    "ticks": _ticks,
    "wrinkles": _wrinkles,
    "tan": _tan,
    "crown": _crown,
    "beard": _beard,
    "spectacles": _spectacles,
    "cheeks": _cheeks,
    "bib": lambda second, width, rng: [],  # on the body, see _body
}
