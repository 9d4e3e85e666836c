"""The chat models of rivya-api.md §3.4, and a few models that must not be called (§2.1), which are made up."""

from sandbox.catalogue_entries import IMAGE_TYPES, MB, Entry, entry, images, number, references, select


def chat(model: str, name: str, credits: int, *, pictures: bool = True, thoughts: bool = False) -> Entry:
    """Return a chat model; its price is an estimate, settled from tokens."""
    return entry(
        model, name, "chat", credits, 20000, [], images(4) if pictures else None,
        runtime="chat", billing_type="TOKEN_BASED", supported_modes=["chat-completion", "responses"],
        requires_upload_for_modes=[],
        chat_capabilities={
            "streaming": True, "web_search": True, "image_attachments": pictures, "thoughts": thoughts,
            "reasoning": True,
        },
    )  # fmt: skip


CHAT_MODELS: list[Entry] = [
    chat("gpt-5-2-chat", "GPT-5.2 Chat", 3),
    chat("gpt-5-codex-chat", "GPT-5 Codex Chat", 3),
    chat("gpt-5-3-codex-chat", "GPT-5.3 Codex Chat", 4),
    chat("gpt-5.4-codex-chat", "GPT-5.4 Codex Chat", 4),
    chat("claude-sonnet-4-6-chat", "Claude Sonnet 4.6 Chat", 4, pictures=False, thoughts=True),
    chat("gemini-2-5-flash-chat", "Gemini 2.5 Flash Chat", 1, thoughts=True),
]

CLOSED_MODELS: list[Entry] = [
    entry("audio-isolation-preview", "Audio Isolation Preview", "audio", 4, None, [],
          references(1, {"audio": (10 * MB, ("audio/mpeg", "audio/wav"))}), api_status="coming_soon",
          api_input_status="requires_files_api", supported_api_inputs=["file"], requires_files_api=True,
          supported_modes=["audio-to-audio"], notices=["Not exposed by the Public API yet."]),
    entry("atelier-video-preview", "Atelier Video Preview", "video", 120, 2500,
          [select("resolution", "720p 1080p 4k", "1080p"), number("duration", 4, 20, 8, 1)], api_status="coming_soon",
          notices=["Not exposed by the Public API yet."]),
    entry("studio-upscaler", "Studio Upscaler", "image", 9, None, [select("factor", "2 4 8", "2")],
          references(1, {"image": (30 * MB, IMAGE_TYPES)}), api_status="studio_only",
          api_input_status="requires_files_api", supported_api_inputs=["file"], requires_files_api=True,
          supported_modes=["image-to-image"], notices=["Available in Studio only."]),
]  # fmt: skip
