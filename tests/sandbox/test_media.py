import io
import wave
from pathlib import Path

import av
import httpx
import pytest
from PIL import Image

from tests.sandbox.process import OTHER, Sandbox, png


def results(
    sandbox: Sandbox, model: str, prompt: str = "A lighthouse at dusk", **params: object
) -> list[httpx.Response]:
    job = sandbox.finished(sandbox.generate(model, prompt, params=params).json()["id"])
    return [httpx.get(url, timeout=30, trust_env=False) for url in job["result"]["urls"]]


@pytest.mark.parametrize(
    ("model", "params", "kind", "aspect"),
    [
        ("z-image", {"aspect_ratio": "16:9"}, "image/png", 16 / 9),
        ("nano-banana-2", {"aspect_ratio": "4:5", "resolution": "2K"}, "image/jpeg", 4 / 5),
        ("flux-2-pro", {"aspectRatio": "2:3"}, "image/webp", 2 / 3),
        ("ideogram-v3", {"image_size": "portrait_16_9"}, "image/jpeg", 9 / 16),
        ("nano-banana", {"imageSize": "21:9", "output_format": "png"}, "image/png", 21 / 9),
    ],
)
def test_an_image_has_the_shape_and_format_asked_for(
    sandbox: Sandbox, model: str, params: dict[str, str], kind: str, aspect: float
) -> None:
    (answer,) = results(sandbox, model, **params)

    image = Image.open(io.BytesIO(answer.content))
    assert (answer.status_code, answer.headers["content-type"], Image.MIME[image.format or ""]) == (200, kind, kind)
    assert image.width / image.height == pytest.approx(aspect, rel=0.02)
    assert max(image.size) <= 1024
    assert len(answer.content) < 300_000


def test_several_images_differ_and_the_same_job_gives_the_same_bytes(sandbox: Sandbox) -> None:
    first = results(sandbox, "seedream-4-0", max_images=3)
    again = results(sandbox, "seedream-4-0", max_images=3)

    assert len({answer.content for answer in first}) == 3
    assert [answer.content for answer in first] == [answer.content for answer in again]
    assert results(sandbox, "seedream-4-0", seed=5)[0].content != first[0].content


def test_a_film_plays_and_brings_its_last_frame(sandbox: Sandbox) -> None:
    film, still = results(sandbox, "seedance-2", duration=4, return_last_frame="true")

    with av.open(io.BytesIO(film.content), "r") as container:
        video = container.streams.video[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert video.codec_context.width / video.codec_context.height == pytest.approx(16 / 9, rel=0.02)
        assert len(list(container.decode(video=0))) == 80
        assert len(container.streams.audio) == 1
    assert film.content.index(b"moov") < film.content.index(b"mdat")
    assert len(film.content) < 600_000
    assert still.headers["content-type"] == "image/jpeg"


def test_sounds_play(sandbox: Sandbox) -> None:
    (song,), (effect,) = (
        results(sandbox, "suno-music"),
        results(sandbox, "elevenlabs-sound-effect-v2", duration_seconds=2, output_format="pcm_44100"),
    )

    with av.open(io.BytesIO(song.content), "r") as container:
        assert container.streams.audio[0].codec_context.name.startswith("mp3")
        assert (container.duration or 0) / 1_000_000 == pytest.approx(7, abs=0.3)
    with wave.open(io.BytesIO(effect.content)) as sound:
        assert sound.getnframes() / sound.getframerate() == pytest.approx(2, abs=0.01)


def test_addresses_run_out(sandbox: Sandbox) -> None:
    (answer,) = results(sandbox, "z-image")
    url = str(answer.request.url)
    sandbox.control("PUT", "/clock", {"advance_seconds": 24 * 3600 + 10})

    assert httpx.get(url, trust_env=False).status_code == 404
    assert httpx.get(url.replace("/media/", "/media/x"), trust_env=False).status_code == 404


def test_an_upload_is_kept_and_shown_to_its_account_only(sandbox: Sandbox) -> None:
    file = sandbox.upload(png(), name="mug.png", model="nano-banana-2").json()

    assert (file["kind"], file["mime_type"], file["name"], file["status"]) == (
        "image",
        "image/png",
        "mug.png",
        "available",
    )
    assert sandbox.api("GET", f"/files/{file['id']}").json() == file
    assert sandbox.api("GET", f"/files/{file['id']}", OTHER).status_code == 404
    assert httpx.get(file["url"], trust_env=False).content == png()


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        (b"GIF89a not an image we take", {"kind": "image"}),
        (b"plain words", {"kind": "image"}),
        (b"", {"kind": "image"}),
        (png(), {"kind": "video"}),
        (png(), {"kind": "hologram"}),
        (png(), {"kind": "image", "model": "z-image"}),
        (png(), {"kind": "image", "model": "nobody"}),
        (png() + bytes(11 << 20), {"kind": "image"}),
        (png(), {"kind": "image", "client_request_id": "x" * 129}),
    ],
)
def test_an_upload_that_does_not_fit_is_refused(sandbox: Sandbox, content: bytes, fields: dict[str, str]) -> None:
    answer = sandbox.upload(content, **fields)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_failed")


def test_a_model_may_take_larger_files(sandbox: Sandbox) -> None:
    assert sandbox.upload(png() + bytes(11 << 20), model="nano-banana-pro").status_code == 200


def test_a_reference_must_be_an_upload_of_this_account(sandbox: Sandbox) -> None:
    item = {"url": sandbox.upload(png(64)).json()["url"], "kind": "image"}

    made = sandbox.generate("nano-banana-2", params={"referenceMediaItems": [item]})
    assert sandbox.finished(made.json()["id"])["status"] == "succeeded"
    assert sandbox.generate("nano-banana-2", params={"referenceMediaItems": [item]}, key=OTHER).status_code == 400
    assert sandbox.generate("z-image", params={"referenceMediaItems": [item]}).status_code == 400
    assert sandbox.generate("flux-kontext-pro", params={"referenceMediaItems": [item, item]}).status_code == 400


def test_a_film_as_reference_needs_its_duration_token(sandbox: Sandbox) -> None:
    (film,) = results(sandbox, "sora-2")
    file = sandbox.upload(film.content, "video", name="walk.mp4", model="happyhorse-1-0").json()
    item = {"url": file["url"], "kind": "video"}

    assert file["duration_seconds"] == pytest.approx(5, abs=0.2)
    assert sandbox.generate("happyhorse-1-0", params={"referenceMediaItems": [item]}).status_code == 400
    item["durationToken"] = file["duration_token"]
    assert sandbox.generate("happyhorse-1-0", params={"referenceMediaItems": [item]}).status_code == 200


def test_uploads_and_results_outlive_the_process(sandbox: Sandbox, tmp_path: Path) -> None:
    running = Sandbox(tmp_path / "own.sqlite")
    file = running.upload(png(colour="blue")).json()
    (painted,) = results(running, "z-image")
    running.kill()
    running.start()

    assert httpx.get(f"{running.url}/media/{file['url'].rsplit('/', 1)[1]}", trust_env=False).content == png(
        colour="blue"
    )
    address = f"{running.url}/media/{str(painted.request.url).rsplit('/', 1)[1]}"
    assert httpx.get(address, trust_env=False).content == painted.content
    running.stop()
