"""Five kinds of picture, drawn with polygons at twice the size so that shrinking smooths every edge."""

import math
from collections.abc import Callable
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from sandbox.media_palettes import Colour, mixed

Size = tuple[int, int]
Scene = Callable[[Size, Random, list[Colour]], Image.Image]


def sky(size: Size, top: Colour, bottom: Colour) -> Image.Image:
    """Return a vertical gradient, wide and smooth."""
    strip = Image.new("RGB", (1, 256))
    strip.putdata([mixed(top, bottom, step / 255) for step in range(256)])
    return strip.resize(size, Image.Resampling.BICUBIC)


def ridge(size: Size, chance: Random, base: float, rough: float) -> list[tuple[float, float]]:
    """Return the outline of a hill range: a few waves of different length, closed along the bottom."""
    wide, high = size
    waves = [(chance.uniform(0.6, 1.6) * 2**n, chance.uniform(0, 6.3), rough / 1.9**n) for n in range(5)]
    step = max(2, wide // 160)
    points = [
        (x, high * (base - sum(part * math.sin(turns * 6.283 * x / wide + start) for turns, start, part in waves)))
        for x in range(0, wide + step, step)
    ]
    return [*points, (wide, high), (0, high)]


def glow(size: Size, centre: tuple[float, float], radius: float, strength: int) -> Image.Image:
    """Return a soft round mask, drawn small and stretched."""
    small = Image.new("L", (size[0] // 8 or 1, size[1] // 8 or 1))
    x, y, r = centre[0] / 8, centre[1] / 8, radius / 8
    ImageDraw.Draw(small).ellipse((x - r, y - r, x + r, y + r), fill=strength)
    return small.filter(ImageFilter.GaussianBlur(max(1.0, r * 0.6))).resize(size, Image.Resampling.BICUBIC)


def hills(size: Size, chance: Random, tones: list[Colour]) -> Image.Image:
    """Ranges of hills under a low sun."""
    wide, high = size
    image = sky(size, tones[1] if chance.random() < 0.4 else tones[0], mixed(tones[0], tones[5], 0.6))
    sun, radius = (
        (wide * chance.uniform(0.2, 0.8), high * chance.uniform(0.22, 0.42)),
        min(size) * chance.uniform(0.07, 0.14),
    )
    image.paste(Image.new("RGB", size, tones[5]), (0, 0), glow(size, sun, radius * 2.4, 190))
    draw = ImageDraw.Draw(image)
    draw.ellipse(
        (sun[0] - radius, sun[1] - radius, sun[0] + radius, sun[1] + radius), fill=mixed(tones[5], (255, 255, 255), 0.5)
    )
    layers = chance.randint(4, 6)
    for layer in range(layers):
        depth = layer / (layers - 1)
        tone = mixed(tones[1 + min(3, int(depth * 3.99))], tones[4], depth * 0.5)
        draw.polygon(ridge(size, chance, 0.5 + 0.42 * depth, 0.035 + 0.03 * depth), fill=tone)
    return image


def orbits(size: Size, chance: Random, tones: list[Colour]) -> Image.Image:
    """Rings and moons around a large disc at night."""
    wide, high = size
    dark = mixed(min(tones, key=sum), (8, 8, 20), 0.4)
    image = sky(size, dark, mixed(dark, tones[2], 0.45))
    centre, unit = (wide * chance.uniform(0.35, 0.65), high * chance.uniform(0.4, 0.6)), min(size)
    image.paste(Image.new("RGB", size, tones[2]), (0, 0), glow(size, centre, unit * 0.42, 120))
    draw = ImageDraw.Draw(image)
    for _ in range(70):
        x, y, r = chance.uniform(0, wide), chance.uniform(0, high), chance.uniform(0.6, 2.2) * unit / 900
        draw.ellipse((x - r, y - r, x + r, y + r), fill=mixed(tones[5], dark, chance.uniform(0, 0.7)))
    for ring in range(chance.randint(4, 7)):
        r, tone = unit * (0.2 + ring * 0.075), tones[chance.randint(1, 3)]
        draw.ellipse(
            (centre[0] - r, centre[1] - r, centre[0] + r, centre[1] + r), outline=tone, width=max(2, unit // 320)
        )
        angle, moon = chance.uniform(0, 6.283), unit * chance.uniform(0.008, 0.028)
        x, y = centre[0] + r * math.cos(angle), centre[1] + r * math.sin(angle)
        draw.ellipse((x - moon, y - moon, x + moon, y + moon), fill=tones[chance.choice((0, 3, 5))])
    r = unit * 0.14
    draw.ellipse((centre[0] - r, centre[1] - r, centre[0] + r, centre[1] + r), fill=tones[5])
    draw.pieslice(
        (centre[0] - r, centre[1] - r, centre[0] + r, centre[1] + r), 20, 200, fill=mixed(tones[5], tones[3], 0.35)
    )
    return image


def tiles(size: Size, chance: Random, tones: list[Colour]) -> Image.Image:
    """A grid of quarter circles, halves and dots."""
    wide, high = size
    cell = math.ceil(min(size) / chance.choice((3, 4, 4, 5)))
    image = Image.new("RGB", size, tones[0])
    draw = ImageDraw.Draw(image)
    for top in range(0, high, cell):
        for left in range(0, wide, cell):
            back, front = chance.sample(tones, 2)
            draw.rectangle((left, top, left + cell, top + cell), fill=back)
            _tile(draw, (left, top), cell, chance, front, tones[5])
    return image


def _tile(
    draw: ImageDraw.ImageDraw, at: tuple[int, int], cell: int, chance: Random, front: Colour, light: Colour
) -> None:
    (x, y), kind, turn = at, chance.randint(0, 4), chance.randint(0, 3)
    if kind <= 1:
        left, top = x - cell * (turn in (1, 2)), y - cell * (turn in (2, 3))
        for part, tone in ((1.0, front), (0.5, light if kind else front)):
            inset = cell * (1 - part)
            box = (left + inset, top + inset, left + 2 * cell - inset, top + 2 * cell - inset)
            draw.pieslice(box, 180 + turn_start(turn), 270 + turn_start(turn), fill=tone)
    elif kind == 2:
        draw.ellipse((x + cell * 0.18, y + cell * 0.18, x + cell * 0.82, y + cell * 0.82), fill=front)
        draw.ellipse((x + cell * 0.38, y + cell * 0.38, x + cell * 0.62, y + cell * 0.62), fill=light)
    elif kind == 3:
        corners = [(x, y), (x + cell, y), (x + cell, y + cell), (x, y + cell)]
        draw.polygon(corners[:turn] + corners[turn + 1 :], fill=front)
    else:
        for bar in range(3):
            draw.rectangle((x, y + cell * bar / 3, x + cell, y + cell * (bar + 0.5) / 3), fill=front)


def turn_start(turn: int) -> int:
    """Return the angle that puts a quarter circle of doubled size into the cell for this turn."""
    return (0, 90, 180, 270)[turn]


def ribbons(size: Size, chance: Random, tones: list[Colour]) -> Image.Image:
    """Broad waves that flow over each other, each with a soft shadow."""
    wide, high = size
    image = sky(size, tones[0], mixed(tones[0], tones[1], 0.7))
    count = chance.randint(6, 8)
    for band in range(count):
        base = 0.16 + 0.84 * band / count
        mask = Image.new("L", size)
        ImageDraw.Draw(mask).polygon(ridge(size, chance, base, 0.09), fill=255)
        soft = mask.resize((wide // 8, high // 8)).filter(ImageFilter.GaussianBlur(wide / 700)).resize(size)
        shadow = ImageChops.offset(soft, 0, -high // 90).point(lambda value: value // 4)
        image.paste(Image.new("RGB", size, tones[4]), (0, 0), shadow)
        tone = mixed(tones[band % 5], tones[(band + 1) % 5], 0.35) if band % 3 else tones[5 if band == 3 else band % 5]
        image.paste(Image.new("RGB", size, tone), (0, 0), mask)
    return image


def arches(size: Size, chance: Random, tones: list[Colour]) -> Image.Image:
    """Nested arches, a sun and a slope, as on a printed poster."""
    wide, high = size
    image = Image.new("RGB", size, mixed(tones[0], (255, 255, 255), 0.35))
    draw = ImageDraw.Draw(image)
    radius, sun = min(size) * 0.12, (wide * chance.uniform(0.65, 0.85), high * chance.uniform(0.16, 0.28))
    draw.ellipse(
        (sun[0] - radius, sun[1] - radius, sun[0] + radius, sun[1] + radius), fill=tones[chance.choice((2, 5))]
    )
    for _ in range(chance.randint(2, 4)):
        foot, reach = wide * chance.uniform(0.12, 0.75), min(size) * chance.uniform(0.18, 0.34)
        order = chance.sample(tones[:5], 5)
        for ring, tone in enumerate(order):
            r = reach * (1 - ring * 0.19)
            crown = high * 0.86 - reach * 1.5 + (reach - r)
            draw.pieslice((foot - r, crown, foot + r, crown + 2 * r), 180, 360, fill=tone)
            draw.rectangle((foot - r, crown + r - 1, foot + r, high), fill=tone)
    draw.polygon(ridge(size, chance, 0.86, 0.03), fill=tones[3])
    draw.polygon(ridge(size, chance, 0.93, 0.025), fill=tones[4])
    return image


SCENES: list[Scene] = [hills, hills, orbits, tiles, ribbons, arches]
