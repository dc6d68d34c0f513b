#!/usr/bin/env python3
"""Draws and speaks the sample video: an invented news story about a storm, in four scenes.

    python3 assets/sample/make_sample.py            writes storm.mp4, storm.en.srt and storm.zh.srt beside this file

Needs Python 3.10 with Pillow and numpy, and the commands ffmpeg and espeak-ng. Every word and every line of the
drawings is the project's own. The same versions of these tools give the same video.
"""

import io
import math
import subprocess
import wave
from pathlib import Path

import numpy as np
from PIL import Image
from scenes import HEIGHT, SCALE, SCENES, WIDTH

FRAMES_A_SECOND = 15
SOUND_RATE = 22050
# The time from a caption's start to the next one's, by its length in letters; and the silence at its end.
SHORTEST, LONGEST, PAUSE = 2.2, 2.5, 0.15

STORY = [
    ("studio", "Good evening from the news studio.", "各位晚上好，这里是新闻演播室。"),
    ("studio", "Our top story tonight is the storm.", "今晚的头条新闻是这场风暴。"),
    ("studio", "Our reporters are along the coast.", "本台记者正在沿海各地报道。"),
    ("harbour", "High waves are hitting the harbour.", "巨浪正在冲击港口。"),
    ("harbour", "Strong wind pushes ships to the pier.", "强风把船只推向码头。"),
    ("harbour", "Captains drop anchor and wait at sea.", "船长们抛下船锚，在海上等待。"),
    ("harbour", "The lighthouse warns every fishing boat.", "灯塔向每一艘渔船发出警示。"),
    ("market", "In town, the market opened early.", "城里的市场今天提早开门。"),
    ("market", "Shoppers buy bread, rice and fruit.", "顾客们忙着购买面包、大米和水果。"),
    ("market", "Stalls are running low on vegetables.", "摊位上的蔬菜快卖完了。"),
    ("market", "The price of fresh fish has doubled.", "鲜鱼的价格涨了一倍。"),
    ("studio", "Back in the studio, a short update.", "回到演播室，为您更新消息。"),
    ("studio", "Forecasters say the worst is near.", "预报员说，风雨最强的时段快到了。"),
    ("harbour", "Waves now break over the harbour wall.", "海浪已经越过港口的防波堤。"),
    ("harbour", "A rescue boat brings sailors ashore.", "救援艇把水手们送上岸。"),
    ("harbour", "Two ships lost their ropes in the wind.", "两艘船的缆绳被狂风吹断。"),
    ("clinic", "The clinic keeps its doors open tonight.", "诊所今夜照常开门。"),
    ("clinic", "Doctors treat patients with small injuries.", "医生正在治疗受轻伤的病人。"),
    ("clinic", "Nurses hand out medicine and blankets.", "护士们分发药品和毯子。"),
    ("clinic", "One patient is resting in a warm bed.", "一位病人正在温暖的病床上休息。"),
    ("market", "The market shares food with families.", "市场把食物分给受灾的家庭。"),
    ("market", "Farmers bring baskets of apples and eggs.", "农民送来一筐筐苹果和鸡蛋。"),
    ("market", "Sellers cover their stalls against the rain.", "摊主们盖好摊位，防备大雨。"),
    ("clinic", "At the clinic, no patient is in danger.", "诊所里没有病人有生命危险。"),
    ("clinic", "The doctor thanks the nurses for their help.", "医生感谢护士们的帮助。"),
    ("studio", "That is the news from our studio.", "以上是演播室为您带来的新闻。"),
    ("studio", "Stay with us for the morning report.", "请继续关注明天的早间报道。"),
    ("studio", "Thank you for watching, and good night.", "感谢收看，晚安。"),
]


def timed_story():
    """The captions' starts and ends in seconds, the last end being that of the video."""
    letters = [len(english) for _, english, _ in STORY]
    fewest, most = min(letters), max(letters)
    start, times = 0.0, []
    for count in letters:
        length = round(SHORTEST + (LONGEST - SHORTEST) * (count - fewest) / (most - fewest), 1)
        times.append((start, round(start + length - PAUSE, 3)))
        start = round(start + length, 3)
    return times, start


def clock(seconds):
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    return f"00:{minutes:02}:{milliseconds // 1000:02},{milliseconds % 1000:03}"


def write_captions(path, texts, times):
    cues = [f"{i}\n{clock(a)} --> {clock(b)}\n{text}\n" for i, (text, (a, b)) in enumerate(zip(texts, times), 1)]
    path.write_text("\n".join(cues), encoding="utf-8")


def spoken(text, longest):
    """The sentence as samples -1..1, spoken no faster than it must be to last at most `longest` seconds."""
    for words_a_minute in range(150, 300, 6):
        command = ["espeak-ng", "-v", "en-gb", "-s", str(words_a_minute), "-p", "42", "--stdout", text]
        sound = subprocess.run(command, check=True, capture_output=True).stdout
        with wave.open(io.BytesIO(sound)) as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (SOUND_RATE, 1, 2)
            # The length in the header of what goes to standard output is not the true one.
            samples = np.frombuffer(sound[44:], "<i2") / 32768
        heard = np.flatnonzero(np.abs(samples) > 0.005)
        samples = samples[heard[0] : heard[-1] + 1]
        if len(samples) / SOUND_RATE <= longest:
            return samples
    raise SystemExit(f"Too long to be spoken in {longest:.2f} s: {text}")


def speech(times, length):
    track = np.zeros(math.ceil(length * SOUND_RATE))
    for (_, english, _), (start, end) in zip(STORY, times):
        samples = spoken(english, end - start - 0.05)
        first = round((start + 0.05) * SOUND_RATE)
        track[first : first + len(samples)] = samples
    return track


def write_sound(path, track):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SOUND_RATE)
        file.writeframes((track * 26000).astype("<i2").tobytes())


def shots(times, length):
    """Neighbouring captions of one scene, as (scene, start, end)."""
    found = []
    for (scene, _, _), (start, _) in zip(STORY, times):
        if not found or found[-1][0] != scene:
            found.append((scene, start))
    ends = [start for _, start in found[1:]] + [length]
    return [(scene, start, end) for (scene, start), end in zip(found, ends)]


# Where the camera goes in a shot: the middle and the width of what it sees, first and last, as parts of the picture.
CAMERA = {
    "studio": [
        ((0.5, 0.5, 1.0), (0.46, 0.48, 0.9)),
        ((0.36, 0.44, 0.72), (0.35, 0.43, 0.66)),
        ((0.46, 0.48, 0.9), (0.5, 0.5, 1.0)),
    ],
    "harbour": [((0.48, 0.48, 0.92), (0.53, 0.5, 0.92)), ((0.56, 0.54, 0.74), (0.6, 0.54, 0.7))],
    "market": [((0.47, 0.54, 0.9), (0.54, 0.54, 0.9)), ((0.4, 0.6, 0.74), (0.56, 0.6, 0.74))],
    "clinic": [((0.5, 0.5, 1.0), (0.52, 0.48, 0.9)), ((0.64, 0.44, 0.7), (0.66, 0.44, 0.66))],
}


def filmed(picture, begin, finish, part):
    part = part * part * (3 - 2 * part)
    x, y, width = (a + (b - a) * part for a, b in zip(begin, finish))
    x = min(max(x, width / 2), 1 - width / 2)
    y = min(max(y, width / 2), 1 - width / 2)
    full, tall = WIDTH * SCALE, HEIGHT * SCALE
    seen = ((x - width / 2) * full, (y - width / 2) * tall, (x + width / 2) * full, (y + width / 2) * tall)
    return picture.resize((WIDTH, HEIGHT), Image.Resampling.HAMMING, box=seen)


def frames(times, length, track):
    """Every picture of the video, as RGB bytes."""
    seen = dict.fromkeys(SCENES, 0)
    for scene, start, end in shots(times, length):
        path = CAMERA[scene][seen[scene]]
        seen[scene] += 1
        for number in range(math.ceil(start * FRAMES_A_SECOND), math.ceil(end * FRAMES_A_SECOND)):
            t = number / FRAMES_A_SECOND
            around = track[round(t * SOUND_RATE) : round((t + 0.08) * SOUND_RATE)]
            loudness = float(np.sqrt(np.mean(around**2))) if len(around) else 0.0
            picture = SCENES[scene](t, min(1.0, loudness * 6))
            yield filmed(picture, *path, (t - start) / (end - start)).tobytes()


def main():
    folder = Path(__file__).parent
    times, length = timed_story()
    write_captions(folder / "storm.en.srt", [english for _, english, _ in STORY], times)
    write_captions(folder / "storm.zh.srt", [chinese for _, _, chinese in STORY], times)
    track = speech(times, length)
    sound = folder / "storm.wav"
    write_sound(sound, track)
    encoder = subprocess.Popen(
        ["ffmpeg", "-loglevel", "error", "-y"]
        + ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FRAMES_A_SECOND), "-i", "-"]
        + ["-i", str(sound), "-map", "0:v", "-map", "1:a", "-map_metadata", "-1"]
        + ["-c:v", "libx264", "-preset", "veryslow", "-tune", "animation", "-crf", "28", "-g", "60"]
        + ["-pix_fmt", "yuv420p", "-threads", "1", "-c:a", "aac", "-b:a", "40k"]
        + ["-fflags", "+bitexact", "-flags", "+bitexact", "-movflags", "+faststart", str(folder / "storm.mp4")],
        stdin=subprocess.PIPE,
    )
    for picture in frames(times, length, track):
        encoder.stdin.write(picture)
    encoder.stdin.close()
    if encoder.wait() != 0:
        raise SystemExit("ffmpeg could not write the video.")
    sound.unlink()
    print(f"storm.mp4: {length:.1f} s, {(folder / 'storm.mp4').stat().st_size / 1e6:.2f} MB, {len(STORY)} captions")


if __name__ == "__main__":
    main()
