"""The video models of rivya-api.md §3.2. What is cut off there (``?``) is our guess: one image."""

from sandbox.catalogue_entries import (
    IMAGE_TYPES,
    MB,
    VIDEO_TYPES,
    Entry,
    entry,
    images,
    number,
    onoff,
    references,
    select,
    text,
)

SEED_MAX = 2147483647
P3 = "480p 720p 1080p"
P2 = "720p 1080p"
WIDE = "16:9 9:16 1:1"
KLING = [
    select("duration", "5 10", "5"), select("aspect_ratio", WIDE, "16:9"), text("negative_prompt"),
    number("cfg_scale", 0, 1, 0.5),
]  # fmt: skip
SEEDANCE_2 = [
    select("seedance_scene", "text frames reference", "text"), select("resolution", "480p 720p", "720p"),
    select("aspect_ratio", "1:1 4:3 3:4 16:9 9:16 21:9 adaptive", "16:9"), number("duration", 4, 15, 5),
    onoff("generate_audio", "true"), onoff("return_last_frame"), onoff("web_search"), onoff("nsfw_checker"),
]  # fmt: skip
SORA = [
    select("n_frames", "10 15", "10"), select("aspect_ratio", "landscape portrait", "landscape"),
    onoff("remove_watermark"), select("upload_method", "s3 oss", "s3"),
]  # fmt: skip
VEO = [
    select("aspectRatio", "16:9 9:16 Auto", "16:9"), text("watermark"), number("seeds", 10000, 99999),
    onoff("enableTranslation", "true"),
]  # fmt: skip
HAPPYHORSE = references(10, {"image": (10 * MB, IMAGE_TYPES), "video": (95 * MB, VIDEO_TYPES)})
WAN_26 = references(
    1, {"image": (10 * MB, IMAGE_TYPES), "video": (10 * MB, (*VIDEO_TYPES, "video/x-matroska"))}
)  # fmt: skip

VIDEO_MODELS: list[Entry] = [
    entry("grok-imagine-video", "Grok Imagine Video", "video", 10, 5000, [
        select("mode", "fun normal spicy", "normal"), number("duration", 6, 30, 6, 1),
        select("resolution", "480p 720p", "480p"), select("aspect_ratio", "1:1 16:9 9:16 2:3 3:2", "2:3"),
    ], images(1)),
    entry("hailuo-standard", "Hailuo Standard", "video", 30, 1500, [
        select("duration", "6 10", "6"), select("resolution", "512P 768P", "512P"), onoff("prompt_optimizer"),
    ], images(2), notices=["A second image is used as the last frame."]),
    entry("hailuo-pro", "Hailuo Pro", "video", 57, 1500, [onoff("prompt_optimizer")], images(2),
          notices=["A second image is used as the last frame."]),
    entry("happyhorse-1-0", "HappyHorse 1.0", "video", 28, 5000, [
        select("resolution", P2, "1080p"), select("aspect_ratio", "16:9 9:16 1:1 4:3 3:4", "16:9"),
        number("duration", 3, 15, 5), select("audio_setting", "auto origin", "auto"), number("seed", 0, SEED_MAX, 0),
    ], HAPPYHORSE, notices=["Up to 9 images, or 1 video with up to 5 images."]),
    entry("kling-2-6", "Kling 2.6", "video", 55, 1000, [
        select("duration", "5 10", "5"), onoff("sound"), select("aspect_ratio", "1:1 16:9 9:16", "1:1"),
    ], images(1)),
    entry("kling-3-0", "Kling 3.0", "video", 90, 2000, [
        select("mode", "std pro", "pro"), onoff("multi_shots"),
        select("duration", " ".join(str(n) for n in range(3, 16)), "5"), onoff("sound"),
        select("aspect_ratio", WIDE, "16:9"),
    ], images(2)),
    entry("kling-v2-1-master", "Kling v2.1 Master", "video", 160, 5000, KLING, images(1)),
    entry("kling-v2-5-turbo-pro", "Kling v2.5 Turbo Pro", "video", 42, 2500, KLING, images(2),
          notices=["A second image is used as the tail frame."]),
    entry("runway", "Runway", "video", 12, 1800, [
        select("duration", "5 10", "5"), select("quality", P2, "720p"),
        select("aspectRatio", "16:9 4:3 1:1 3:4 9:16", "16:9"), text("waterMark"),
    ], images(1)),
    entry("seedance-1-0-lite", "Seedance 1.0 Lite", "video", 16, 10000, [
        select("resolution", P3, "720p"), select("duration", "5 10", "5"),
        select("aspect_ratio", "16:9 4:3 1:1 3:4 9:16", "16:9"),
    ], images(1)),
    entry("seedance-1-0-pro", "Seedance 1.0 Pro", "video", 25, 10000, [
        select("resolution", P3, "720p"), select("duration", "5 10", "5"),
        select("aspect_ratio", "21:9 16:9 4:3 1:1 3:4 9:16", "16:9"), onoff("camera_fixed"),
        number("seed", -1, SEED_MAX, -1), onoff("enable_safety_checker", "true"),
    ], images(1)),
    entry("seedance-1-5-pro", "Seedance 1.5 Pro", "video", 28, 2500, [
        select("resolution", P3, "720p"), select("duration", "4 8 12", "8"), onoff("generate_audio"),
        select("aspectRatio", "1:1 4:3 3:4 16:9 9:16 21:9", "1:1"), onoff("fixed_lens"),
    ], images(2)),
    entry("seedance-2", "Seedance 2", "video", 175, 2500, SEEDANCE_2),
    entry("seedance-2-fast", "Seedance 2 Fast", "video", 140, 2500, SEEDANCE_2),
    entry("sora-2", "Sora 2", "video", 6, 10000, SORA, images(1)),
    entry("sora-2-pro", "Sora 2 Pro", "video", 75, 10000, [select("size", "standard high"), *SORA], images(1)),
    entry("veo3-1-lite", "Veo 3.1 Lite", "video", 10, 5000, VEO, images(2)),
    entry("veo3-1-fast", "Veo 3.1 Fast", "video", 20, 5000, [
        *VEO,
        select("generationType", "FIRST_AND_LAST_FRAMES_2_VIDEO REFERENCE_2_VIDEO", "FIRST_AND_LAST_FRAMES_2_VIDEO"),
    ], images(3)),
    entry("wan-2-5-video", "Wan 2.5 Video", "video", 60, 5000, [
        select("resolution", P2, "720p"), select("duration", "5 10", "5"), select("aspect_ratio", WIDE, "16:9"),
        onoff("enable_prompt_expansion"), number("seed", 0, SEED_MAX), text("negative_prompt"), onoff("nsfw_checker"),
    ], images(1)),
    entry("wan-2-6", "Wan 2.6", "video", 70, 5000, [
        select("resolution", P2, "720p"), select("duration", "5 10 15", "5"),
    ], WAN_26),
    entry("wan-2-7-video", "Wan 2.7 Video", "video", 80, 5000, [
        select("resolution", P2, "720p"), select("duration", "5 10 15", "5"),
        select("aspect_ratio", "16:9 9:16 1:1 4:3 3:4", "16:9"), text("negative_prompt"),
        onoff("prompt_extend", "true"), onoff("watermark"), select("audio_setting", "auto origin", "auto"),
        number("seed", 0, SEED_MAX),
    ], images(1), notices=["Video editing is cut to 10 seconds."]),
]  # fmt: skip
