"""The image models of rivya-api.md §3.1. Reference counts marked ``?`` there are our guess."""

from sandbox.catalogue_entries import Entry, entry, images, number, onoff, select, text

SEED_MAX = 2147483647
SIZES = "square square_hd portrait_4_3 portrait_16_9 landscape_4_3 landscape_16_9"
SIZES_MORE = (
    "square square_hd portrait_4_3 portrait_3_2 portrait_16_9 landscape_4_3 landscape_3_2 landscape_16_9 landscape_21_9"
)
K124 = "1K 2K 4K"
IMAGEN = [text("negative_prompt"), text("seed")]
SEEDREAM = [
    select("aspectRatio", "1:1 4:3 3:4 16:9 9:16 2:3 3:2 21:9", "1:1"),
    select("quality", "basic high", "basic"),
]
FLUX = [select("aspectRatio", "1:1 4:3 3:4 16:9 9:16 3:2 2:3", "1:1"), select("resolution", "1K 2K", "1K")]
KONTEXT = [
    select("aspectRatio", "21:9 16:9 4:3 1:1 3:4 9:16", "16:9"),
    select("outputFormat", "jpeg png", "jpeg"),
    onoff("enableTranslation", "true"),
    onoff("promptUpsampling"),
    number("safetyTolerance", 0, 6, 2),
    text("watermark"),
]

IMAGE_MODELS: list[Entry] = [
    entry("z-image", "Z-Image", "image", 1, 1000, [select("aspect_ratio", "1:1 4:3 3:4 16:9 9:16", "1:1")]),
    entry("4o-image", "4o Image", "image", 3, None, [select("size", "1:1 3:2 2:3", "1:1")]),
    entry("gpt-image-1-5", "GPT Image 1.5", "image", 4, None, [
        select("quality", "medium high", "medium"), select("aspect_ratio", "1:1 2:3 3:2", "1:1"),
    ], images(16)),
    entry("gpt-image-2", "GPT Image 2", "image", 3, 20000, [
        select("aspect_ratio", "auto 1:1 9:16 16:9 4:3 3:4", "1:1"), select("resolution", K124, "1K"),
    ], images(16)),
    entry("nano-banana", "Nano Banana", "image", 3, 5000, [
        select("imageSize", "1:1 9:16 16:9 3:4 4:3 3:2 2:3 5:4 4:5 21:9 auto", "1:1"),
        select("output_format", "png jpeg", "png"),
    ], images(10)),
    entry("nano-banana-2", "Nano Banana 2", "image", 5, 20000, [
        select("aspect_ratio", "auto 1:1 16:9 9:16 3:2 2:3 4:3 3:4 5:4 4:5 21:9 4:1 1:4 8:1 1:8", "auto"),
        select("resolution", K124, "1K"), select("output_format", "jpg png", "jpg"), onoff("google_search"),
    ], images(14, megabytes=30)),
    entry("nano-banana-pro", "Nano Banana Pro", "image", 8, 10000, [
        select("aspect_ratio", "1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9 21:9 auto", "1:1"),
        select("resolution", K124, "1K"), select("output_format", "png jpg", "png"),
    ], images(8, megabytes=30)),
    entry("google-imagen4-fast", "Google Imagen 4 Fast", "image", 4, 5000, [
        select("aspect_ratio", "1:1 16:9 9:16 3:4 4:3", "16:9"), text("negative_prompt"), number("seed", 0),
    ]),
    entry("google-imagen4", "Google Imagen 4", "image", 8, 5000, [
        select("aspect_ratio", "1:1 16:9 9:16 3:4 4:3", "1:1"), *IMAGEN,
    ]),
    entry("google-imagen4-ultra", "Google Imagen 4 Ultra", "image", 12, 5000, [
        select("aspect_ratio", "1:1 16:9 9:16 3:4 4:3", "1:1"), *IMAGEN,
    ]),
    entry("ideogram-v3", "Ideogram V3", "image", 7, 5000, [
        select("rendering_speed", "TURBO BALANCED QUALITY", "BALANCED"),
        select("style", "AUTO GENERAL REALISTIC DESIGN", "AUTO"), onoff("expand_prompt", "true"),
        select("image_size", SIZES, "square_hd"), number("seed", 0), text("negative_prompt"),
    ]),
    entry("qwen-image", "Qwen Image", "image", 4, 5000, [
        select("image_size", SIZES, "square_hd"), select("output_format", "png jpeg", "png"),
    ], images(1)),
    entry("qwen2-image", "Qwen2 Image", "image", 6, 800, [
        select("image_size", "1:1 3:4 4:3 9:16 16:9", "16:9"), select("output_format", "png jpeg", "png"),
        number("seed", 0), onoff("nsfw_checker"),
    ], images(1)),
    entry("seedream-3-0", "Seedream 3.0", "image", 5, 5000, [
        select("image_size", SIZES, "square_hd"), number("guidance_scale", 1, 10, 2.5, 0.1),
        number("seed", 0, SEED_MAX),
    ]),
    entry("seedream-4-0", "Seedream 4.0", "image", 6, 5000, [
        select("image_size", SIZES_MORE, "square_hd"), select("image_resolution", K124, "1K"),
        number("max_images", 1, 6, 1, 1), number("seed", 0, SEED_MAX), onoff("nsfw_checker"),
    ], images(10)),
    entry("seedream-4-5", "Seedream 4.5", "image", 7, 3000, SEEDREAM, images(10)),
    entry("seedream-5-lite", "Seedream 5 Lite", "image", 6, 3000, SEEDREAM, images(10)),
    entry("flux-2-pro", "FLUX.2 Pro", "image", 5, 5000, FLUX, images(8)),
    entry("flux-2-flex", "FLUX.2 Flex", "image", 14, 5000, FLUX, images(8)),
    entry("flux-kontext-pro", "FLUX Kontext Pro", "image", 4, None, KONTEXT, images(1)),
    entry("flux-kontext-max", "FLUX Kontext Max", "image", 8, None, KONTEXT, images(1)),
    entry("grok-imagine", "Grok Imagine", "image", 4, 5000, [
        select("aspect_ratio", "1:1 2:3 3:2 16:9 9:16", "1:1"), onoff("enable_pro"),
    ], images(1)),
]  # fmt: skip
