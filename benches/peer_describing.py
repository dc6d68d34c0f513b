"""What benches/describing.sh compares with: BLIP by Hugging Face's transformers.

    python benches/peer_describing.py make FOLDER FRAMES      a model of the size of BLIP base, and frames
    python benches/peer_describing.py describe FOLDER         frames a second, with the batch that is quickest
"""

import pathlib
import resource
import sys
import time

import torch
from tokenizers import Tokenizer, models
from transformers import BlipConfig, BlipForConditionalGeneration, logging

logging.set_verbosity_error()
what, folder = sys.argv[1], pathlib.Path(sys.argv[2])
WIDTH, HEIGHT, SIDE = 640, 360, 384

if what == "make":
    torch.manual_seed(1)
    # transformers' own default is 8 heads for the text, and BLIP base has 12.
    config = BlipConfig(text_config={"num_attention_heads": 12}, vision_config={"image_size": SIDE, "patch_size": 16})
    model = BlipForConditionalGeneration(config)
    with torch.no_grad():
        # The token that ends a description: none ends.
        model.text_decoder.cls.predictions.bias[102] = -1000
    model.save_pretrained(folder / "blip")
    words = {f"word{index}": index for index in range(config.text_config.vocab_size)} | {"[UNK]": config.text_config.vocab_size}
    Tokenizer(models.WordLevel(words, "[UNK]")).save(str(folder / "blip" / "tokenizer.json"))
    frames = torch.randint(0, 256, (int(sys.argv[3]), HEIGHT, WIDTH, 3), dtype=torch.uint8)
    (folder / "frames.rgb").write_bytes(bytes(frames.flatten().tolist()))
    sys.exit()

frames = torch.frombuffer(bytearray((folder / "frames.rgb").read_bytes()), dtype=torch.uint8).view(-1, HEIGHT, WIDTH, 3)
model = BlipForConditionalGeneration.from_pretrained(folder / "blip").eval()
mean, deviation = (torch.tensor(values).view(3, 1, 1) for values in ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]))


def describe(batch):
    values = torch.nn.functional.interpolate(batch.permute(0, 3, 1, 2).float(), size=(SIDE, SIDE), mode="bicubic", antialias=True)
    values = (values.clamp(0, 255).round() / 255 - mean) / deviation
    return model.generate(pixel_values=values, max_length=20, do_sample=False, num_beams=1)


with torch.inference_mode():
    describe(frames[:1])
    rates = {}
    for size in (1, 4, 8):
        begun = time.perf_counter()
        for batch in frames.split(size):
            describe(batch)
        rates[size] = len(frames) / (time.perf_counter() - begun)
size = max(rates, key=rates.get)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
each = ", ".join(f"{rate:.2f} in batches of {size}" for size, rate in rates.items())
print(f"transformers: {rates[size]:.2f} frames/s ({each}), {peak:.0f} MB at most")
