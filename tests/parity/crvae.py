"""Checks a pass and an update of the CRVAE against PyTorch.

    python3 tests/parity/crvae.py FOLDER

FOLDER/parity.safetensors holds weights, a batch, the noise, the losses and the weights after one update, as
tests/crvae_parity.rs writes them. Exits with 1 and a line for each difference.
"""

import json
import struct
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benches"))
from peer_crvae import Crvae  # noqa: E402


def read(path):
    """Tensors of 32-bit floats and remarks of a safetensors file."""
    data = path.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    remarks = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        start, end = (8 + size + offset for offset in entry["data_offsets"])
        values = torch.frombuffer(bytearray(data[start:end]), dtype=torch.float32)
        tensors[name] = values.reshape(entry["shape"]).clone()
    return tensors, remarks


def main():
    tensors, remarks = read(Path(sys.argv[1]) / "parity.safetensors")
    network = Crvae(**json.loads(remarks["sizes"]))
    before = {name.removeprefix("before."): t for name, t in tensors.items() if name.startswith("before.")}
    missing, unknown = network.load_state_dict(before, strict=False)
    differences = [f"{name} is not in the network" for name in unknown]
    differences += [f"{name} has no weight" for name in missing if "num_batches_tracked" not in name]

    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4)
    image, text, kl = network.losses(tensors["images"], tensors["words"], tensors["epsilon"])
    total = image + 3 * text
    total.backward()
    torch.nn.utils.clip_grad_value_(network.parameters(), 0.01)
    optimizer.step()
    for name, ours, theirs in zip(("image", "text", "kl", "total"), tensors["losses"], (image, text, kl, total)):
        relative = abs(ours.item() - theirs.item()) / abs(theirs.item())
        print(f"{name}: {ours.item():.8f} here, {theirs.item():.8f} in PyTorch, relative difference {relative:.1e}")
        if relative > 1e-5:
            differences.append(f"the {name} loss differs")
    # The first update moves a weight by the learning rate or so, whatever the size of its gradient. A gradient that is
    # all rounding has no sign to agree on: such weights are counted, and must be few.
    moved = astray = 0
    for name, weight in network.named_parameters():
        difference = (tensors[f"after.{name}"] - weight).abs()
        moved += difference.numel()
        astray += (difference > 2e-6).sum().item()
    print(f"{astray} of {moved} weights moved elsewhere")
    if astray > 0.001 * moved:
        differences.append("the update differs")
    for name, ours in tensors.items():
        if name.startswith("after.") and "running" in name:
            theirs = network.state_dict()[name.removeprefix("after.")]
            if not torch.allclose(ours, theirs, rtol=1e-4, atol=1e-6):
                differences.append(f"{name} differs")
    print("\n".join(differences) or "same")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
