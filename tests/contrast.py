"""How far two colours stand apart, for who reads them."""


def contrast(text: str, paper: str) -> float:
    """Contrast of two colours given as #RRGGBB, 1 to 21 [ratio]; WCAG 2.1, contrast ratio."""
    light, dark = sorted((_luminance(text), _luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
