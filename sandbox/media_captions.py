"""The strip along the lower edge that says what a result was made from."""

from typing import Any

from PIL import Image, ImageDraw, ImageFont


def caption(image: Image.Image, recipe: dict[str, Any]) -> Image.Image:
    """Return the image with prompt and parameters written over a darkened strip. The image is RGB."""
    wide, high = image.size
    large = max(9, min(26, round(wide / 40), round(high / 16)))
    strip = round(large * 3.3)
    over = Image.new("RGBA", (wide, strip), (12, 12, 18, 148))
    draw, edge = ImageDraw.Draw(over), round(large * 0.8)
    first, second = font(large), font(max(8, round(large * 0.72)))
    draw.text(
        (edge, round(large * 0.45)),
        fitted(one_line(recipe["prompt"]), first, wide - 2 * edge),
        (255, 255, 255, 245),
        first,
    )
    draw.text((edge, round(large * 1.85)), fitted(facts(recipe), second, wide - 2 * edge), (255, 255, 255, 185), second)
    image.paste(over, (0, high - strip), over)
    return image


def facts(recipe: dict[str, Any]) -> str:
    """Return model, number and parameters in one line."""
    number = [f"{recipe['index'] + 1} of {recipe['of']}"] if recipe["of"] > 1 else []
    params = [f"{key} {value}" for key, value in recipe["params"].items() if isinstance(value, str | int | float)]
    return "  ·  ".join([recipe["model"], *number, *params])


def one_line(text: str) -> str:
    """Return the text without line ends and runs of spaces."""
    return " ".join(text.split())


def fitted(text: str, face: Any, width: float) -> str:
    """Return the text, cut with an ellipsis where it is wider than ``width`` pixels."""
    text = text[:400]
    if face.getlength(text) <= width:
        return text
    while text and face.getlength(f"{text}…") > width:
        text = text[: -max(1, len(text) // 12)]
    return f"{text.rstrip()}…"


def font(size: int) -> Any:
    """Return Pillow's own face, so that no machine's fonts change the bytes."""
    return ImageFont.load_default(size)
