"""Builds the committed fonts of this folder; README.md has the commands. Needs fonttools and brotli.

usage: build.py SOURCES OUT, where SOURCES holds the unpacked npm packages noto-sans-sc, noto-sans-jp,
noto-sans-hk and noto-emoji of @expo-google-fonts.
"""

import copy
import sys
from pathlib import Path

import brotli
from fontTools import subset
from fontTools.ttLib import TTFont

# What the main fonts hold beside GB2312: Latin, punctuation, currency, arrows, mathematics, shapes, kana, full width.
MAIN_RANGES = [
    (0x20, 0x7E), (0xA0, 0x24F), (0x300, 0x304), (0x370, 0x3FF), (0x400, 0x45F), (0x1E00, 0x1EFF),
    (0x2010, 0x2027), (0x202F, 0x205E), (0x2070, 0x20BF), (0x2100, 0x218F), (0x2190, 0x22FF),
    (0x2300, 0x23FF), (0x2460, 0x266F), (0x2713, 0x2718), (0x2776, 0x2793), (0x3000, 0x30FF), (0x3200, 0x33FF),
    (0xFE10, 0xFE4F), (0xFF00, 0xFFEF),
]
DROPPED_TABLES = ["GSUB", "GPOS", "GDEF", "BASE", "STAT", "vhea", "vmtx", "VORG", "prep", "gasp", "cvt ", "fpgm"]


def gb2312():
    points = set()
    for lead in range(0xA1, 0xF8):
        for trail in range(0xA1, 0xFF):
            try:
                points.add(ord(bytes([lead, trail]).decode("gb2312")))
            except UnicodeDecodeError:
                pass
    return points


def source(sources, package, weight):
    return TTFont(next(Path(sources).glob(f"{package}/**/{weight}/*.ttf")))


def reduced(font, points, keep=()):
    options = subset.Options()
    options.hinting = False
    options.layout_features = ["*"] if "GSUB" in keep else []
    options.drop_tables += [table for table in DROPPED_TABLES if table not in keep]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    options.recalc_timestamp = False
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    return font


def add_glyph(font, point, glyph, metrics):
    """Add the glyph of another font under `point`."""
    name = f"u{point:05X}.added"
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"].glyphs[name] = copy.deepcopy(glyph)
    font["hmtx"].metrics[name] = metrics
    for table in font["cmap"].tables:
        if table.isUnicode() and (point <= 0xFFFF or table.format == 12):
            table.cmap[point] = name


def save(font, out, family, style, packed=False):
    font["maxp"].numGlyphs = len(font.getGlyphOrder())
    for record in font["name"].names:
        if record.nameID == 4:
            record.string = f"{family} {style}"
        if record.nameID == 6:
            record.string = f"{family.replace(' ', '')}-{style}"
    path = Path(out) / f"{family.replace(' ', '')}-{style}.ttf"
    font.save(path)
    if packed:
        plain = path
        path = path.with_suffix(".ttf.br")
        path.write_bytes(brotli.compress(plain.read_bytes(), quality=11, lgwin=24))
        plain.unlink()
    print(f"{path.name}: {len(font.getBestCmap())} characters, {path.stat().st_size:,} bytes")


def main(sources, out):
    has = set(source(sources, "noto-sans-sc", "400Regular").getBestCmap())
    main_points = (gb2312() | {p for a, b in MAIN_RANGES for p in range(a, b + 1)}) & has
    for weight, style in (("400Regular", "Regular"), ("600SemiBold", "Bold")):
        save(reduced(source(sources, "noto-sans-sc", weight), main_points), out, "Noto Sans SC", style)

    rare = reduced(source(sources, "noto-sans-sc", "400Regular"), has - main_points)
    for package in ("noto-sans-jp", "noto-sans-hk"):
        other = source(sources, package, "400Regular")
        for point, name in sorted(other.getBestCmap().items()):
            if point in has or point <= 0xFF:
                continue
            has.add(point)
            glyph = other["glyf"][name]
            glyph.expand(other["glyf"])
            if glyph.isComposite():
                raise SystemExit(f"U+{point:04X} of {package} is made of other glyphs: copy those too")
            add_glyph(rare, point, glyph, other["hmtx"].metrics[name])
    save(rare, out, "Noto Sans SC", "Rare", packed=True)

    emoji = source(sources, "noto-emoji", "400Regular")
    points = {p for p in emoji.getBestCmap() if p > 0xFF} | set(map(ord, "©®#*0123456789"))
    save(reduced(emoji, points, keep=("GSUB",)), out, "Noto Emoji", "Regular")


main(*sys.argv[1:])
