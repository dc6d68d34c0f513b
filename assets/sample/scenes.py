"""The four scenes of the sample video: studio, harbour, market, clinic.

Each scene is a function of the time in seconds and gives one picture, drawn at twice the video's size so that
edges come out smooth. Coordinates are those of the finished 640x360 video.
"""

import math
import random
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT, SCALE = 640, 360, 2


class Pen:
    """Draws shapes in the video's coordinates; colours are '#rrggbb' or '#rrggbbaa'."""

    def __init__(self, image):
        self.image = image
        self.draw = ImageDraw.Draw(image, "RGBA")

    def box(self, x0, y0, x1, y1, fill, radius=0, corners=None):
        place = [x0 * SCALE, y0 * SCALE, x1 * SCALE, y1 * SCALE]
        self.draw.rounded_rectangle(place, radius * SCALE, fill, corners=corners)

    def disc(self, x, y, rx, fill, ry=None):
        ry = rx if ry is None else ry
        self.draw.ellipse([(x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE], fill)

    def chord(self, x, y, rx, ry, start, end, fill):
        place = [(x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE]
        self.draw.chord(place, start, end, fill)

    def arc(self, x, y, rx, ry, start, end, fill, width):
        place = [(x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE]
        self.draw.arc(place, start, end, fill, round(width * SCALE))

    def shape(self, points, fill):
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill)

    def line(self, points, fill, width):
        self.draw.line([(x * SCALE, y * SCALE) for x, y in points], fill, round(width * SCALE), joint="curve")

    def paste(self, picture, x, y):
        """Puts an RGBA picture with its middle at (x, y)."""
        place = (round(x * SCALE - picture.width / 2), round(y * SCALE - picture.height / 2))
        self.image.paste(picture, place, picture)


def colour(text):
    return np.array([int(text[i : i + 2], 16) for i in (1, 3, 5)], float)


def gradient(stops, width=WIDTH, height=HEIGHT):
    """A picture that runs from top to bottom through the colours of `stops`: (place 0..1, colour)."""
    places = [place for place, _ in stops]
    rows = np.linspace(0, 1, height * SCALE)
    channels = [np.interp(rows, places, [colour(text)[c] for _, text in stops]) for c in range(3)]
    column = np.stack(channels, axis=1)[:, None, :]
    return Image.fromarray(np.broadcast_to(column, (height * SCALE, width * SCALE, 3)).astype(np.uint8))


def glow(image, x, y, radius, tint, strength):
    """Adds a soft round light."""
    rows, columns = np.mgrid[0 : image.height, 0 : image.width] / SCALE
    light = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * radius**2))[..., None] * strength
    pixels = np.asarray(image, float)
    return Image.fromarray((pixels + (colour(tint) - pixels) * light).clip(0, 255).astype(np.uint8))


def tilted(width, height, degrees, paint):
    """A small transparent picture, painted by `paint(pen)` and turned."""
    picture = Image.new("RGBA", (width * SCALE, height * SCALE))
    paint(Pen(picture))
    return picture.rotate(degrees, Image.Resampling.BICUBIC)


def head(pen, x, y, r, skin, hair, *, long=False, speaking=0.0, nod=0.0):
    """A head with its middle at (x, y); `speaking` 0..1 opens the mouth."""
    y += nod
    shade = "#%02x%02x%02x" % tuple(int(c * 0.86) for c in colour(skin))
    if long:
        pen.box(x - r * 1.12, y - r * 0.7, x + r * 1.12, y + r * 1.35, hair, r * 0.7)
    pen.box(x - r * 0.36, y + r * 0.5, x + r * 0.36, y + r * 1.5, shade, r * 0.2)
    pen.disc(x - r * 0.95, y + r * 0.1, r * 0.2, skin)
    pen.disc(x + r * 0.95, y + r * 0.1, r * 0.2, skin)
    pen.disc(x, y, r * 0.95, skin, r * 1.12)
    pen.chord(x, y - r * 0.12, r * 1.05, r * 1.16, 190, 350, hair)
    pen.chord(x - r * 0.3, y - r * 0.4, r * 0.8, r * 0.6, 150, 300, hair)
    for side in (-1, 1):
        pen.disc(x + side * r * 0.36, y + r * 0.12, r * 0.1, "#2b2430", r * 0.13)
        pen.line([(x + side * r * 0.2, y - r * 0.14), (x + side * r * 0.52, y - r * 0.16)], hair, r * 0.09)
    if speaking > 0.25:
        pen.disc(x, y + r * 0.62, r * 0.2, "#8e3b3b", r * 0.05 + r * 0.13 * speaking)
    else:
        pen.arc(x, y + r * 0.42, r * 0.3, r * 0.24, 30, 150, "#8e3b3b", r * 0.1)


def shoulders(pen, x, y, r, height, clothes, width=1.9):
    """The upper body under a head of radius `r` at (x, y)."""
    top = y + r * 1.2
    pen.box(x - r * width, top, x + r * width, top + height, clothes, r * 1.0, (True, True, False, False))


def walker(pen, x, ground, r, skin, hair, clothes, trousers, step, *, long=False, bag=None):
    """A whole person who walks; `step` is the phase of the stride."""
    y = ground - r * 7.2 + abs(math.sin(step)) * r * 0.12
    stride = math.sin(step) * r * 0.55
    pen.disc(x, ground, r * 2.0, "#00000030", r * 0.3)
    for side in (-1, 1):
        foot = x + side * stride
        pen.line([(x + side * r * 0.45, y + r * 4.4), (foot + side * r * 0.4, ground - r * 0.2)], trousers, r * 0.75)
        pen.disc(foot + side * r * 0.4 + r * 0.1, ground - r * 0.12, r * 0.5, "#2f2a33", r * 0.24)
    shoulders(pen, x, y, r, r * 3.5, clothes, 1.3)
    pen.line([(x + r * 1.1, y + r * 1.8), (x + r * 1.3 + stride * 0.5, y + r * 3.9)], clothes, r * 0.6)
    pen.disc(x + r * 1.3 + stride * 0.5, y + r * 4.0, r * 0.32, skin)
    if bag:
        left = x + r * 0.7 + stride * 0.5
        pen.arc(left + r * 0.7, y + r * 4.3, r * 0.4, r * 0.6, 180, 360, "#6b5138", r * 0.14)
        pen.box(left, y + r * 4.3, left + r * 1.4, y + r * 5.8, bag, r * 0.2)
    head(pen, x, y, r, skin, hair, long=long)


def lower_third(pen, tint):
    """The bar that a news programme lays over its picture; no words in it."""
    pen.box(36, 312, 330, 338, "#0d1b2ad8", 3)
    pen.box(36, 312, 46, 338, tint, 3)
    pen.box(58, 319, 236, 323, "#f4f7fbd0", 2)
    pen.box(58, 328, 190, 331, "#f4f7fb80", 1.5)


# ---- Studio -----------------------------------------------------------------------------------------------


@cache
def studio_room():
    image = gradient([(0, "#0b1533"), (0.55, "#1c3f80"), (0.78, "#122a5c"), (1, "#0a1836")])
    image = glow(image, 430, 130, 150, "#3f86d8", 0.55)
    pen = Pen(image)
    for i in range(9):
        x = 8 + i * 19
        pen.box(x, 30 + i * 5, x + 8, 262, "#6fb4ff%02x" % (22 + 6 * (i % 3)), 4)
    pen.box(288, 36, 604, 222, "#071022", 10)
    screen = gradient([(0, "#2a8fa8"), (1, "#12506f")], 304, 174)
    image.paste(screen, (294 * SCALE, 42 * SCALE))
    # The coast on the weather map.
    pen.shape([(294, 60), (340, 66), (360, 92), (345, 120), (374, 150), (366, 186), (392, 216), (294, 216)], "#7fb069")
    pen.shape([(294, 84), (322, 88), (336, 112), (322, 140), (340, 172), (330, 216), (294, 216)], "#a3c585")
    for i in range(1, 6):
        pen.line([(294 + 51 * i, 42), (294 + 51 * i, 216)], "#ffffff1c", 0.6)
    for i in range(1, 4):
        pen.line([(294, 42 + 43 * i), (598, 42 + 43 * i)], "#ffffff1c", 0.6)
    pen.box(0, 262, 640, 360, "#0a173380")
    return image


def studio(t, speaking):
    image = studio_room().copy()
    pen = Pen(image)
    # The storm on the map: a turning spiral.
    for arm in range(3):
        for step in range(26):
            angle = arm * 2.094 + step * 0.17 - t * 0.9
            far = 5 + step * 2.3
            x, y = 484 + far * math.cos(angle), 128 + far * 0.78 * math.sin(angle)
            pen.disc(x, y, 8.5 - step * 0.24, "#f2f7fc%02x" % (150 - step * 4), 6.5 - step * 0.18)
    pen.disc(484, 128, 4.5, "#1b6a86")
    for i in range(3):
        radius = (t * 9 + i * 24) % 72
        pen.arc(484, 128, 14 + radius, (14 + radius) * 0.78, 0, 360, "#ffffff%02x" % int(70 * (1 - radius / 72)), 1)

    sway = 1.6 * math.sin(t * 0.9)
    x, y = 176 + sway, 132
    shoulders(pen, x, y, 38, 150, "#233a63", 2.0)
    pen.shape([(x - 22, y + 46), (x + 22, y + 46), (x, y + 122)], "#f3f5f9")
    pen.shape([(x - 22, y + 45), (x - 34, y + 62), (x - 3, y + 128), (x, y + 116)], "#1a2c4d")
    pen.shape([(x + 22, y + 45), (x + 34, y + 62), (x + 3, y + 128), (x, y + 116)], "#1a2c4d")
    head(pen, x, y, 38, "#e8b48f", "#3a2a26", speaking=speaking, nod=0.8 * math.sin(t * 2.1))
    pen.shape([(x - 6, y + 53), (x + 6, y + 53), (x + 8, y + 104), (x, y + 116), (x - 8, y + 104)], "#c8443f")

    # The desk, with light along its edge.
    pen.box(20, 244, 620, 258, "#dfe9f6", 7)
    pen.box(20, 252, 620, 258, "#9fb6d4", 3)
    pen.box(44, 258, 596, 372, "#17305f", 14)
    pen.box(44, 258, 596, 264, "#f2a93b")
    for i in range(7):
        pen.box(70 + i * 76, 278, 112 + i * 76, 360, "#224585", 6)
    pen.shape([(206, 246), (262, 246), (272, 238), (216, 238)], "#f8fbff")
    pen.box(330, 226, 350, 246, "#cfe0f2", 3)
    pen.box(330, 232, 350, 246, "#8cc4e8", 3)
    lower_third(pen, "#e0463e")
    return image


# ---- Harbour ----------------------------------------------------------------------------------------------


@cache
def clouds(seed, tint, count):
    """A strip of cloud, twice as wide as the picture, that joins up with itself."""
    dice = random.Random(seed)
    strip = Image.new("RGBA", (WIDTH * 2, 140))
    draw = ImageDraw.Draw(strip)
    for _ in range(count):
        x, y = dice.uniform(0, WIDTH * 2), dice.uniform(10, 80)
        for _ in range(7):
            w, h = dice.uniform(26, 60), dice.uniform(12, 24)
            dx, dy = dice.uniform(-60, 60), dice.uniform(-10, 14)
            for turn in (-WIDTH * 2, 0, WIDTH * 2):
                at = x + dx + turn
                draw.ellipse([at - w, y + dy - h, at + w, y + dy + h], tint)
    return strip.filter(ImageFilter.GaussianBlur(5)).resize((WIDTH * 2 * SCALE, 140 * SCALE))


def drift(image, strip, shift, y):
    """Lays a cloud strip over the picture, moved on by `shift`."""
    left = round(shift * SCALE) % strip.width
    for x in (-left, strip.width - left):
        image.paste(strip, (x, round(y * SCALE)), strip)


def wave(pen, t, base, height, length, speed, fill, foam=None):
    points = []
    for x in range(-4, WIDTH + 9, 4):
        swell = math.sin(x / length + t * speed) + 0.45 * math.sin(x / length * 2.3 - t * speed * 1.4 + base)
        points.append((x, base - height * swell))
    pen.shape([*points, (WIDTH + 8, HEIGHT), (-4, HEIGHT)], fill)
    if foam:
        pen.line(points, foam, 1.6)


def cargo_ship(pen):
    pen.shape([(20, 96), (226, 96), (208, 132), (40, 132)], "#8d2f2c")
    pen.shape([(20, 96), (226, 96), (222, 105), (25, 105)], "#c9503f")
    for i, tint in enumerate(["#d98e3a", "#4f86a6", "#6b9a63", "#b5533f", "#d9b24a", "#4f86a6"]):
        pen.box(80 + i * 22, 78, 100 + i * 22, 96, tint)
    for i, tint in enumerate(["#6b9a63", "#b5533f", "#d98e3a"]):
        pen.box(124 + i * 22, 60, 144 + i * 22, 78, tint)
    pen.box(32, 50, 72, 96, "#e9edf0", 3)
    pen.box(36, 40, 66, 52, "#d3dade", 2)
    for i in range(3):
        pen.box(38 + i * 10, 56, 44 + i * 10, 62, "#36505f", 1)
        pen.box(38 + i * 10, 70, 44 + i * 10, 76, "#36505f", 1)
    pen.box(44, 24, 56, 42, "#c9503f", 2)
    pen.line([(70, 44), (70, 16)], "#dfe5e8", 1.6)


def fishing_boat(pen):
    pen.shape([(16, 62), (112, 58), (98, 84), (30, 84)], "#2f6f8f")
    pen.shape([(16, 62), (112, 58), (109, 65), (19, 68)], "#f1ead8")
    pen.box(34, 38, 62, 63, "#f6f3ea", 3)
    pen.box(39, 44, 49, 53, "#2d4656", 1)
    pen.box(52, 44, 59, 53, "#2d4656", 1)
    pen.line([(76, 61), (76, 12)], "#5f4a3a", 2)
    pen.line([(76, 16), (106, 57)], "#5f4a3a", 1)
    pen.line([(76, 16), (46, 38)], "#5f4a3a", 1)
    pen.shape([(77, 14), (94, 20), (77, 26)], "#e0633f")


@cache
def harbour_sky():
    image = gradient([(0, "#25313f"), (0.32, "#4d6173"), (0.56, "#93a5ab"), (1, "#2c4c5e")])
    return glow(image, 420, 176, 130, "#e4d9b8", 0.5)


def harbour(t, _speaking):
    image = harbour_sky().copy()
    drift(image, clouds(3, "#6c7e8cb0", 14), t * 7, 14)
    drift(image, clouds(8, "#39485680", 13), t * 13 + 200, -30)
    pen = Pen(image)
    pen.shape([(0, 196), (70, 176), (150, 186), (230, 170), (330, 192), (420, 198), (0, 206)], "#5d7480")

    # The lighthouse, whose light goes round: towards the left, towards us, towards the right.
    reach = 620 * math.cos(t * 0.9)
    for i in range(12):
        near, far = i / 12, (i + 1) / 12
        edges = [
            (548 - reach * x, 98 - 14 * x + side * (2 + 26 * x))
            for x, side in ((near, -1), (far, -1), (far, 1), (near, 1))
        ]
        pen.shape(edges, "#fff3c0%02x" % round(96 * (1 - near) ** 1.3))
    pen.shape([(478, 222), (508, 186), (540, 176), (586, 180), (640, 168), (640, 240), (478, 240)], "#33434d")
    pen.shape([(535, 180), (561, 180), (556, 112), (540, 112)], "#f3f0e8")
    for y in (124, 148):
        a, b = 8.3 + (y - 112) * 0.07, 9.1 + (y - 112) * 0.07
        pen.shape([(548 - a, y), (548 + a, y), (548 + b, y + 12), (548 - b, y + 12)], "#c74a3c")
    pen.box(535, 106, 561, 112, "#2a363e", 2)
    pen.box(541, 90, 555, 106, "#ffe9a0", 2)
    pen.chord(548, 91, 11, 10, 180, 360, "#c74a3c")

    wave(pen, t, 206, 4, 34, 1.0, "#46707c")
    ship = tilted(250, 150, 2.4 * math.sin(t * 0.9), cargo_ship)
    pen.paste(ship, 250 + t * 0.9 % 40, 150 + 3 * math.sin(t * 1.1))
    wave(pen, t + 2, 224, 6, 42, 1.2, "#396577", "#6d929b")
    boat = tilted(128, 100, 6 * math.sin(t * 1.25 + 1), fishing_boat)
    pen.paste(boat, 462 - t * 1.2 % 50, 204 + 5 * math.sin(t * 1.25))
    wave(pen, t + 4, 250, 9, 52, 1.35, "#2a5468", "#8fb0b8")
    wave(pen, t + 6, 284, 12, 66, 1.5, "#204659", "#a9c6c9")

    # The harbour wall, and spray that leaps up at it.
    pen.shape([(0, 262), (150, 270), (166, 360), (0, 360)], "#4b4f55")
    pen.shape([(0, 262), (150, 270), (152, 279), (0, 271)], "#7b8087")
    for x in (26, 70, 114):
        pen.box(x, 250 + x * 0.05, x + 12, 267 + x * 0.05, "#2f3338", 3)
        pen.box(x - 2, 248 + x * 0.05, x + 14, 253 + x * 0.05, "#24272b", 2)
    dice = random.Random(5)
    for _ in range(60):
        age = (t * 0.5 + dice.random()) % 1
        out = dice.uniform(-44, 50) * age
        rise = dice.uniform(20, 84) * math.sin(math.pi * (0.12 + 0.88 * age))
        pen.disc(158 + out, 292 - rise, dice.uniform(1.2, 3.6) * (1.2 - age), "#eef6f6%02x" % int(200 * (1 - age)))
    wave(pen, t + 8, 326, 10, 80, 1.7, "#17394b", "#c3dadb")

    # Rain.
    for _ in range(70):
        x, y, length = dice.uniform(-40, 680), dice.uniform(0, 360), dice.uniform(10, 18)
        y = (y + t * 300) % 390 - 15
        x = (x - t * 75) % 700 - 30
        pen.line([(x, y), (x - length * 0.25, y + length)], "#e3edf23a", 0.8)
    return image


# ---- Market -----------------------------------------------------------------------------------------------


@cache
def market_street():
    image = gradient([(0, "#f7d9a8"), (0.45, "#fbeed3"), (0.62, "#e8cfa6"), (1, "#c69a6a")])
    image = glow(image, 520, 40, 110, "#fff6d8", 0.8)
    pen = Pen(image)
    dice = random.Random(11)
    x = -10
    for tint, roof, width, top in [
        ("#d98f72", "#9c4f3c", 104, 64), ("#e9c27d", "#a8642f", 92, 88), ("#8fb3a5", "#4f7468", 118, 52),
        ("#e3a58c", "#a0523d", 96, 80), ("#c9b6d6", "#75608c", 110, 60), ("#efd08f", "#ab6b34", 140, 84),
    ]:  # fmt: skip
        pen.box(x, top, x + width, 250, tint)
        pen.shape([(x - 5, top), (x + width + 5, top), (x + width - 8, top - 16), (x + 8, top - 16)], roof)
        for row in range(3):
            for column in range(3):
                wx, wy = x + 12 + column * (width - 20) / 3, top + 14 + row * 40
                pen.box(wx, wy, wx + 16, wy + 24, "#fff6df" if dice.random() < 0.3 else "#5f7f8e", 2)
                pen.box(wx - 2, wy + 24, wx + 18, wy + 27, "#ffffff90")
        x += width
    pen.box(0, 250, 640, 360, "#cfa878")
    for row in range(6):
        y = 254 + row * row * 3 + row * 4
        pen.line([(0, y), (640, y)], "#a97f5240", 1)
        for column in range(-6, 18):
            bend = (column - 5) * (1 + row * 0.35)
            pen.line([(320 + bend * 44, y), (320 + bend * 46, y + 6 + row * 7)], "#a97f5230", 1)
    return image


def stall(pen, x, width, tint, goods, seller, t, seed):
    """A stall with a striped awning, a seller and three heaps of goods."""
    dice = random.Random(seed)
    pen.box(x + 4, 150, x + 9, 290, "#7a5636")
    pen.box(x + width - 9, 150, x + width - 4, 290, "#7a5636")
    pen.box(x + 6, 176, x + width - 6, 246, "#5b422f50")
    skin, hair, clothes, long = seller
    sx, sy = x + width / 2 + 4 * math.sin(t * 0.7 + seed), 198
    shoulders(pen, sx, sy, 12, 50, clothes, 1.7)
    pen.box(sx - 9, sy + 22, sx + 9, sy + 60, "#f4efe4", 3)
    head(pen, sx, sy, 12, skin, hair, long=long)
    third = (width - 8) / 3
    for place, good in enumerate(goods):
        left = x + 4 + place * third
        for row in range(3):
            for i in range(5 - row):
                px = left + third * (i + 0.6 + row * 0.5) / 5.2
                pen.disc(px + dice.uniform(-0.5, 0.5), 240 - row * 6.5, 4.8, good, 4.4)
                pen.disc(px - 1.2, 238.4 - row * 6.5, 1.3, "#ffffff70")
    pen.box(x - 2, 243, x + width + 2, 254, "#a9743f", 2)
    pen.box(x + 2, 254, x + width - 2, 292, "#8b5c32", 2)
    for place in range(3):
        left = x + 4 + place * third
        pen.box(left + 3, 259, left + third - 3, 287, "#9c6a3a", 2)
    stripes = 8
    each = width / stripes
    for i in range(stripes):
        shade = tint if i % 2 == 0 else "#fbf5ea"
        a, b = x - 8 + (each + 2) * i, x - 8 + (each + 2) * (i + 1)
        pen.shape([(x + 6 + (each - 1.5) * i, 132), (x + 6 + (each - 1.5) * (i + 1), 132), (b, 166), (a, 166)], shade)
        sag = 5 + 1.2 * math.sin(t * 1.6 + i * 0.9 + seed)
        pen.chord((a + b) / 2, 166, (b - a) / 2, sag + 2, 0, 180, shade)
    pen.line([(x - 8, 166), (x + 8 + width, 166)], "#00000020", 1)


def market(t, _speaking):
    image = market_street().copy()
    pen = Pen(image)
    # Flags over the street.
    tints = ["#d9534a", "#f0b545", "#4f9d8a", "#5b83b8"]
    previous = None
    for i in range(27):
        x = i * 25 - 6
        y = 26 + 16 * math.sin(math.pi * ((x + 6) % 216) / 216) + math.sin(t * 1.3 + i) * 1.2
        if previous:
            pen.line([previous, (x, y)], "#6d5a48", 1)
        flutter = 2.4 * math.sin(t * 2.2 + i * 1.3)
        pen.shape([(x - 7, y), (x + 7, y), (x + flutter, y + 17)], tints[i % 4])
        previous = (x, y)
    stall(pen, 24, 172, "#d1483f", ["#d8392f", "#f0902c", "#8fbf3f"], ("#d9a07a", "#2e2320", "#3f7f6b", True), t, 1)
    stall(pen, 236, 172, "#3f8f63", ["#4f9a45", "#e7c63f", "#a34b8a"], ("#f0c6a2", "#8a5a32", "#4a6fa5", False), t, 2)
    stall(pen, 448, 172, "#e0a02f", ["#c99a5b", "#f2d9a0", "#b9c7cf"], ("#8d5a3d", "#1f1a1c", "#a8443e", True), t, 3)
    people = [
        (60, 9, 318, 11.5, "#edc09a", "#5a3b28", "#4f6fae", "#38415a", True, "#e8d6b0"),
        (330, -7, 326, 12.5, "#c58b63", "#231c1e", "#b2503f", "#4a4038", False, "#7fae86"),
        (520, 6, 334, 13, "#f0cba8", "#a9743a", "#3f8f86", "#57496b", True, None),
    ]
    for start, speed, ground, r, skin, hair, clothes, trousers, long, bag in people:
        x = (start + speed * t + 40) % 720 - 40
        walker(pen, x, ground, r, skin, hair, clothes, trousers, t * 2.6 + start, long=long, bag=bag)
    return image


# ---- Clinic -----------------------------------------------------------------------------------------------


@cache
def clinic_room():
    image = gradient([(0, "#dff3ee"), (0.66, "#f4fbf8"), (0.68, "#b9d6d0"), (1, "#8fb8b1")])
    image = glow(image, 330, 20, 150, "#ffffff", 0.7)
    pen = Pen(image)
    pen.box(0, 150, 640, 158, "#7cc3b4")
    pen.box(0, 238, 640, 244, "#8fb0aa")
    # A window on the rainy evening.
    pen.box(40, 34, 176, 138, "#ffffff", 4)
    image.paste(gradient([(0, "#3f5266"), (1, "#8195a0")], 124, 92), (46 * SCALE, 40 * SCALE))
    pen.shape([(46, 132), (46, 116), (70, 104), (96, 118), (130, 100), (170, 116), (170, 132)], "#4b6470")
    pen.box(106, 40, 110, 132, "#ffffff")
    pen.box(46, 84, 170, 88, "#ffffff")
    pen.box(34, 136, 182, 143, "#e3ece9", 2)
    # The sign of the house.
    pen.disc(590, 70, 29, "#2fa58f")
    pen.box(583, 52, 597, 88, "#ffffff", 2)
    pen.box(572, 63, 608, 77, "#ffffff", 2)
    # A curtain on its rail, and a lamp.
    pen.box(430, 20, 552, 24, "#9bb0ac", 2)
    for i in range(6):
        pen.box(436 + i * 18, 24, 455 + i * 18, 236, "#a8dccf" if i % 2 else "#bfe8dd", 3)
    pen.box(250, 14, 380, 20, "#ffffff", 3)
    return image


def clinic(t, _speaking):
    image = clinic_room().copy()
    pen = Pen(image)
    dice = random.Random(4)
    for _ in range(16):
        x, y = dice.uniform(48, 166), (dice.uniform(0, 86) + t * 46) % 86 + 40
        pen.line([(x, y), (x - 1, min(y + 6, 131))], "#d8e6ee80", 0.8)
    # The monitor, on which a heart beats.
    pen.box(262, 74, 352, 134, "#2d3c46", 6)
    pen.box(267, 79, 347, 129, "#0d2a2c", 3)
    pen.box(303, 134, 311, 214, "#8ea3a3")
    trace = []
    for i in range(77):
        beat = ((i / 77 * 2.4 - t * 0.8) % 1.0) - 0.5
        spike = 17 * math.exp(-((beat / 0.022) ** 2)) - 7 * math.exp(-(((beat - 0.06) / 0.03) ** 2))
        trace.append((269 + i, 108 - spike - 3 * math.exp(-(((beat + 0.2) / 0.05) ** 2))))
    pen.line(trace, "#5ff0a8", 1.4)
    pen.box(272, 118, 296, 122, "#59b7d6", 1)
    pen.box(302, 118, 318, 122, "#f0b545", 1)
    # The drip.
    pen.line([(214, 96), (214, 262)], "#8ea3a3", 2.4)
    pen.line([(200, 96), (228, 96)], "#8ea3a3", 2)
    pen.box(194, 98, 210, 128, "#d5effa", 4)
    pen.box(194, 112, 210, 128, "#8fd0ea", 4)
    pen.disc(202, 134 + (t * 14) % 12, 1.4, "#8fd0ea", 2)
    pen.line([(202, 128), (202, 150), (190, 176), (176, 198)], "#9cc8d8", 1)

    # The bed and the patient.
    pen.disc(236, 318, 176, "#00000022", 10)
    pen.box(66, 160, 76, 312, "#7d9796", 4)
    pen.box(404, 206, 413, 312, "#7d9796", 4)
    pen.box(70, 250, 410, 266, "#93aeac", 5)
    pen.box(74, 224, 408, 252, "#f8fbfb", 8)
    pen.box(82, 196, 164, 230, "#ffffff", 13)
    pen.box(82, 214, 164, 230, "#e4eeee", 10)
    patient = tilted(60, 60, 62, lambda small: head(small, 30, 28, 17, "#e9bd98", "#6d4a35"))
    pen.paste(patient, 134, 197)
    breath = 1.5 * math.sin(t * 1.5)
    ridge = [
        (158, 236),
        (166, 208 - breath),
        (196, 196 - breath),
        (260, 200 - breath * 0.6),
        (330, 206),
        (394, 208),
        (410, 216),
    ]
    pen.shape([*ridge, (412, 262), (158, 262)], "#4f9bb5")
    pen.shape(
        [(158, 236), (166, 208 - breath), (196, 196 - breath), (206, 197 - breath), (184, 214), (180, 262), (158, 262)],
        "#e9f4f6",
    )
    for i in range(4):
        pen.line([(226 + i * 48, 200 + i * 2), (216 + i * 48, 260)], "#3f86a050", 2)

    # The doctor, with a clipboard.
    x, y = 462 + 2.4 * math.sin(t * 0.6), 118
    shoulders(pen, x, y, 24, 176, "#fdfefe", 1.75)
    pen.box(x - 16, y + 29, x + 16, y + 80, "#7fb5d6", 5)
    pen.shape([(x - 17, y + 29), (x - 26, y + 34), (x - 5, y + 110), (x, y + 92)], "#eef3f4")
    pen.shape([(x + 17, y + 29), (x + 26, y + 34), (x + 5, y + 110), (x, y + 92)], "#eef3f4")
    pen.line([(x, y + 96), (x, y + 204)], "#d3dee0", 1.4)
    pen.arc(x, y + 36, 17, 34, 0, 180, "#36474f", 2.6)
    pen.disc(x, y + 72, 5, "#36474f")
    pen.box(x - 34, y + 196, x + 34, y + 260, "#34506a")
    head(
        pen, x, y, 24, "#c98f68", "#211b1e", long=True, speaking=max(0, math.sin(t * 2.3)) * 0.6, nod=math.sin(t * 1.2)
    )
    lift = 2 * math.sin(t * 0.8)
    pen.line([(x - 36, y + 52), (x - 44, y + 98), (x - 22, y + 112 + lift)], "#f3f7f7", 15)
    pen.shape(
        [(x - 34, y + 84 + lift), (x + 4, y + 78 + lift), (x + 12, y + 126 + lift), (x - 26, y + 132 + lift)], "#b07a45"
    )
    pen.shape(
        [(x - 30, y + 89 + lift), (x + 2, y + 84 + lift), (x + 9, y + 122 + lift), (x - 23, y + 127 + lift)], "#ffffff"
    )
    pen.disc(x - 22, y + 114 + lift, 7, "#c98f68")

    # The nurse, who comes and goes by a step or two.
    x, y = 566 + 8 * math.sin(t * 0.45), 150
    shoulders(pen, x, y, 22, 220, "#2fa58f", 1.7)
    pen.shape([(x - 12, y + 27), (x + 12, y + 27), (x, y + 46)], "#f0c6a2")
    pen.box(x + 10, y + 60, x + 28, y + 78, "#27907c", 3)
    head(pen, x, y, 22, "#f0c6a2", "#9b5b34", nod=0.8 * math.sin(t * 1.7))
    pen.chord(x, y - 14, 19, 14, 180, 360, "#2fa58f")
    pen.line([(x - 30, y + 50), (x - 36, y + 92), (x - 12, y + 108)], "#2b9a86", 13)
    pen.line([(x + 30, y + 50), (x + 36, y + 92), (x + 12, y + 108)], "#2b9a86", 13)
    pen.box(x - 24, y + 96, x + 24, y + 122, "#f6e4c4", 4)
    pen.box(x - 24, y + 106, x + 24, y + 112, "#e2b56a")
    return image


SCENES = {"studio": studio, "harbour": harbour, "market": market, "clinic": clinic}
