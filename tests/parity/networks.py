"""Checks the networks, their losses and their optimiser against PyTorch.

    python3 tests/parity/networks.py FOLDER

FOLDER holds presets.json and cases, as tests/network_parity.rs writes them: a safetensors file each, with weights, a
batch, noise, what is told, the losses, the gradients, and what ten steps of the optimiser made of the weights.
Prints a line a case, and exits with 1 and a line for each difference.
"""

import copy
import json
import struct
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benches"))
from peer_contrast import Towers, contrast_loss  # noqa: E402
from peer_networks import Network, Optimizer, losses  # noqa: E402
from peer_presets import preset  # noqa: E402
from peer_window import Windows, trimmed_loss, window_fits  # noqa: E402

# Bounds, relative to the size of what is compared. The numbers of a pass are held against PyTorch's in double
# precision.
PASS, STEPS = 1e-4, 1e-3
TERMS = "image", "text", "kl", "total"
# Told word by word and all at once.
WORDS = 1e-5
# Some gradients cancel out but for rounding, such as that of a bias whose sum the batch normalisation takes out again.
# They may be as far from the double ones as so many times PyTorch's own in single precision.
ROUNDING = 10
# Adam does not look at the size of a gradient, so that rounding alone leads such weights. Elements whose gradient is
# not known to this share are left out when weights after ten steps are compared, and the ways that they went.
KNOWN = 1e-2
WAYS = 1e-2
# Share of the weights that must be compared, so that the comparison cannot be of nothing.
LEAST_KNOWN = 0.9


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


class Comparison:
    """The largest difference of each kind, and all that are too large."""

    def __init__(self):
        self.largest, self.wrong = {}, []

    def check(self, kind, name, ours, theirs, bound, rounding=0.0):
        """`rounding` is how large the difference may be besides."""
        if ours.shape != theirs.shape:
            self.wrong.append(f"{name} has the shape {list(ours.shape)}, in PyTorch {list(theirs.shape)}")
            return
        distance, size = (ours - theirs).norm().item(), theirs.norm().item()
        if rounding <= bound * size:
            self.largest[kind] = max(self.largest.get(kind, 0.0), distance / max(size, 1e-12))
        # Not the other way round, for no number is larger than NaN.
        if not distance <= max(bound * size, rounding):
            self.wrong.append(f"{name} differs by {distance:.1e}: norm {ours.norm():.8g} here, {size:.8g} in PyTorch")


def part(tensors, prefix):
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def check_at_rest(network, tensors, batch, objectives, compare):
    """Latents, and captions told from their means: on their own, and with the true words, at once here and word by word
    in PyTorch."""
    images, words, lengths = batch
    network.eval()
    with torch.no_grad():
        mean, _ = network.encode(images, words, None if objectives["padding"] else lengths)
        compare.check("outputs", "the latent vectors", tensors["latents"], network.latents(mean), PASS)
        if "text" in network.decoder:
            decoder, features = network.decoder["text"], network.split(mean)[1]
            free, forced = (decoder.stepwise(features, words.shape[1], fed) for fed in (None, words))
            compare.check("outputs", "captions told freely", tensors["free"], free, PASS)
            compare.check("words", "captions told at once", tensors["forced"], forced, WORDS)
            compare.check("words", "captions told at once by PyTorch", decoder.whole(features, words), forced, WORDS)
    network.train()


def gradients(network, total):
    names, weights = zip(*network.named_parameters())
    return dict(zip(names, torch.autograd.grad(total, weights)))


def check_pass(single, tensors, batch, objectives, compare):
    """What is told, the losses and the gradients. Gives the elements of each weight whose gradient is known."""
    noise = tensors["noise"][0]
    rounded = gradients(single, losses(single, batch, lambda _: noise, objectives)[0][3])
    network = copy.deepcopy(single).double()
    network.load_state_dict(part(tensors, "before."), strict=False)
    batch = batch[0].double(), batch[1].double(), batch[2]
    check_at_rest(network, tensors, batch, objectives, compare)
    terms, told = losses(network, batch, lambda _: noise.double(), objectives)
    for name, ours, theirs in zip(TERMS, tensors["losses"][0], terms):
        compare.check("losses", f"the {name} loss", ours, theirs.detach(), PASS)
    for name, theirs in zip(("mean", "ln_sigma", "image", "text"), told):
        if theirs is not None:
            compare.check("outputs", name, tensors[f"told.{name}"], theirs.detach(), PASS)
    for name, ours in part(tensors, "statistics.").items():
        compare.check("outputs", name, ours, network.state_dict()[name], PASS)
    known = {}
    for name, exact in gradients(network, terms[3]).items():
        error = (rounded[name] - exact).abs()
        known[name] = error <= KNOWN * exact.abs()
        ours, rounding = tensors[f"gradient.{name}"], ROUNDING * error.norm().item()
        compare.check("gradients", f"the gradient of {name}", ours, exact, PASS, rounding)
    return known


def check_steps(network, tensors, batch, training, known, compare):
    """The losses of each step of the optimiser, and where the weights are after the last."""
    optimizer, objectives = Optimizer(network, training), training["objectives"]
    before, after = part(tensors, "before."), part(tensors, "after.")
    for step, (noise, ours) in enumerate(zip(tensors["noise"], tensors["losses"])):
        terms, _ = losses(network, batch, lambda _: noise, objectives)
        for name, value, theirs in zip(TERMS, ours, terms):
            compare.check("losses of the steps", f"the {name} loss of step {step + 1}", value, theirs.detach(), STEPS)
        optimizer.step(terms[3])
    for name, theirs in network.named_parameters():
        ours, theirs, start = (weight[known[name]] for weight in (after[name], theirs.detach(), before[name]))
        compare.check("weights", f"the norm of {name} after the steps", ours.norm(), theirs.norm(), STEPS)
        compare.check("ways", f"the way of {name}", ours - start, theirs - start, WAYS)


def check_case(tensors, case):
    """All of that, and the share of the elements whose gradient is known."""
    compare = Comparison()
    training = case["training"]
    network = Network(training["network"], case["shape"])
    before = part(tensors, "before.")
    missing, unknown = network.load_state_dict(before, strict=False)
    compare.wrong += [f"{name} is not in the network" for name in unknown]
    compare.wrong += [f"{name} has no weight" for name in missing if "num_batches_tracked" not in name]
    batch = tensors["images"], tensors["words"], tensors["lengths"].long()
    known = check_pass(network, tensors, batch, training["objectives"], compare)
    network.load_state_dict(before, strict=False)
    check_steps(network, tensors, batch, training, known, compare)
    elements = torch.cat([elements.flatten() for elements in known.values()])
    return compare, elements.double().mean().item()


def check_fitted(tensors, network, run):
    """The outputs of a network that is fitted to a video's pairs, its loss and its gradients; the share of what is compared
    is all. `run` takes a network and the tensors, and gives outputs by name and the loss."""
    compare = Comparison()
    missing, unknown = network.load_state_dict(part(tensors, "before."), strict=False)
    compare.wrong += [f"{name} is not in the network" for name in unknown]
    compare.wrong += [f"{name} has no weight" for name in missing]
    rounded = gradients(network, run(network, tensors)[1])
    network = copy.deepcopy(network).double()
    double = {name: tensor.double() for name, tensor in tensors.items()}
    outputs, loss = run(network, double)
    for name, theirs in outputs.items():
        compare.check("outputs", name, tensors[name], theirs.detach(), PASS)
    compare.check("losses", "the loss", tensors["loss"], loss.detach(), PASS)
    for name, exact in gradients(network, loss).items():
        rounding = ROUNDING * (rounded[name] - exact).norm().item()
        compare.check("gradients", f"the gradient of {name}", tensors[f"gradient.{name}"], exact, PASS, rounding)
    return compare, 1.0


def run_towers(towers, tensors):
    lengths, spared = tensors["lengths"].long(), tensors["spared"].bool()
    pictures, words = tensors["images"], tensors["words"]
    logits = towers(pictures, words, lengths)
    outputs = {
        "pictures": towers.pictures(pictures),
        "captions": towers.captions(words, lengths),
        "logits": logits,
    }
    return outputs, contrast_loss(logits, spared)


def run_windows(network, tensors):
    hidden, said, asked = tensors["hidden"].bool(), tensors["said"].bool(), tensors["asked"].long()
    frames, captions, spared = tensors["frames"], tensors["captions"], tensors["spared"].bool()
    expected = network.expect(frames, hidden)
    rows = frames.flatten(0, 1)
    likely = network.likely(expected.flatten(0, 1)[asked], rows)
    told, shown = network.tell(frames, captions, said), network.show(frames)
    fits = window_fits(told, shown, said)
    outputs = {"expected": expected, "likely": likely, "told": told, "shown": shown, "fits": fits}
    apart = torch.zeros(len(frames), len(frames), dtype=torch.bool)
    loss = trimmed_loss(likely, asked, spared, tensors["trimmed"].item())
    return outputs, loss + contrast_loss(fits * network.scale(), apart)


# The networks that are fitted to a video's pairs, by what names their design in a case.
FITTED = {
    "contrast": (lambda case: Towers(case["contrast"], case["shape"]), run_towers),
    "windows": (lambda case: Windows(case["windows"], case["shape"]), run_windows),
}


def check(tensors, case):
    """What a case asks for."""
    for kind, (network, run) in FITTED.items():
        if kind in case:
            return check_fitted(tensors, network(case), run)
    return check_case(tensors, case)


def check_presets(path):
    """Lines for each setting that differs between the presets here and those of the bench."""
    for name, ours in json.loads(path.read_text()).items():
        for setting, theirs in preset(name).items():
            if ours[setting] != theirs:
                yield f"{name}: {setting} is {ours[setting]}, in the bench {theirs}"


def main(folder):
    # More threads than one only wait for each other in networks as narrow as these.
    torch.set_num_threads(1)
    differences = list(check_presets(folder / "presets.json"))
    cases = sorted(folder.glob("*.safetensors"))
    if not cases:
        differences.append("there are no cases")
    for path in cases:
        tensors, remarks = read(path)
        case = json.loads(remarks["case"])
        compare, share = check(tensors, case)
        largest = ", ".join(f"{kind} {difference:.0e}" for kind, difference in compare.largest.items())
        print(f"{'FAIL' if compare.wrong else 'ok  '} {path.stem}: {largest}; {share:.1%} of the weights known")
        differences += [f"{path.stem}: {wrong}" for wrong in compare.wrong]
        if share < LEAST_KNOWN:
            differences.append(f"{path.stem}: too little is compared after the steps, {share:.1%} of the weights")
    print("\n".join(differences) or "same")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
