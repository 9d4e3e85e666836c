"""The audio models of rivya-api.md §3.3.

Only one voice ID and one voice name are public there; the others, and the long list of output formats, are filled in
with made-up IDs and the documented families.
"""

from typing import Any

from sandbox.catalogue_entries import DESCRIPTIONS, Entry, Param, entry, number, onoff, select, text

VOICES = "TX3LPaxmHKxFdv7VOQHJ pqHfZKP75CvOlQylNhV4 SandboxVoiceThree003 SandboxVoiceFour0004 SandboxVoiceFive0005"
NAMES = (
    "Adam Alice Bill Brian Callum Charlie Chris Daniel Eric George "
    "Harry Jessica Laura Liam Lily Matilda River Roger Sarah Will"
)
TONES = "C C# D D# E F F# G G# A A# B"
KEYS = " ".join(["Any", *(f"{tone}m" for tone in TONES.split()), *TONES.split()])
FORMATS = (
    "mp3_44100_128 mp3_22050_32 mp3_24000_48 mp3_44100_32 mp3_44100_64 mp3_44100_96 mp3_44100_192 "
    "pcm_8000 pcm_16000 pcm_22050 pcm_24000 pcm_44100 pcm_48000 ulaw_8000 alaw_8000 "
    "opus_48000_32 opus_48000_64 opus_48000_96 opus_48000_192"
)
SPEECH = [
    select("voice", VOICES, "TX3LPaxmHKxFdv7VOQHJ", required=True), number("stability", 0, 1, 0.5, 0.05),
    number("similarity_boost", 0, 1, 0.75, 0.05), number("style", 0, 1, 0, 0.05), number("speed", 0.7, 1.2, 1, 0.05),
    onoff("timestamps"), text("previous_text"), text("next_text"), text("language_code"),
]  # fmt: skip
DIALOGUE: Param = {
    "key": "dialogue", "type": "array", "required": True, "default": None, "min": None, "max": None, "step": None,
    "options": None, "description": DESCRIPTIONS["dialogue"],
}  # fmt: skip
METERED: dict[str, Any] = {"billing_type": "METERED", "supported_modes": ["text-to-speech"]}

AUDIO_MODELS: list[Entry] = [
    entry("suno-music", "Suno Music", "audio", 12, 500, [
        select("model", "V4 V4_5 V4_5PLUS V4_5ALL V5 V5_5", "V4_5"), onoff("instrumental"),
    ]),
    entry("suno-sounds", "Suno Sounds", "audio", 3, 500, [
        select("model", "V5 V5_5", "V5"), onoff("soundLoop"), number("soundTempo", 1, 300, None, 1),
        select("soundKey", KEYS, "Any"),
    ]),
    entry("elevenlabs-sound-effect-v2", "ElevenLabs Sound Effect v2", "audio", 3, 5000, [
        onoff("loop"), number("duration_seconds", 0.5, 22, 3, 0.5), number("prompt_influence", 0, 1, 0.3, 0.05),
        select("output_format", FORMATS, "mp3_44100_128"),
    ], billing_type="METERED"),
    entry("elevenlabs-turbo-2-5", "ElevenLabs Turbo 2.5", "audio", 6, 5000, SPEECH, **METERED),
    entry("elevenlabs-multilingual-v2", "ElevenLabs Multilingual v2", "audio", 12, 5000, SPEECH, **METERED),
    entry("elevenlabs-dialogue-v3", "ElevenLabs Dialogue v3", "audio", 14, 5000, [
        DIALOGUE, select("default_voice", NAMES, "Adam"), select("stability", "0 0.5 1", "0.5"), text("language_code"),
    ], **METERED),
]  # fmt: skip
