"""The settings of the networks as the papers give them, in the form in which Frameloom keeps its own.

tests/parity/networks.py checks that both are the same.
"""


def recurrent(cell, hidden=512, layers=2):
    return {"kind": "recurrent", "cell": cell, "hidden": hidden, "layers": layers, "reminded": False}


TRANSFORMER = {"kind": "transformer", "width": 512, "heads": 8, "layers": 2, "feed_forward": 2048, "places": 4}


def images(*filters):
    return {"convolutions": "pooled", "filters": list(filters), "pixels": "linear"}


def training(network, beta=0.0, padding=True, weight=3.0, **settings):
    return {
        "picture": {"height": 120, "width": 200},
        "network": network,
        "objectives": {"lambda": weight, "text": "squared", "padding": padding, "beta": beta, "beta_warm_up": 0},
        "batch_size": 16,
        "learning_rate": 1e-4,
        "weight_decay": 0.01,
        "gradient_clip": None,
    } | settings


def fast():
    network = {
        "image": {"convolutions": "strided", "filters": [16, 32, 32], "pixels": "sigmoid"},
        "text": {"layers": recurrent("lstm", 256, 1), "teacher_forcing": True},
        "fusion": {"normalisation": "layer", "dense": [256]},
        "latent": {"kind": "vector", "dimensions": 64},
    }
    return training(network, beta=3e-6, padding=False, weight=5.0, batch_size=32, learning_rate=3e-3)


def crvae(layers, teacher_forcing):
    network = {
        "image": images(32, 32, 32),
        "text": {"layers": layers, "teacher_forcing": teacher_forcing},
        "fusion": {"normalisation": "batch", "dense": [4000]},
        "latent": {"kind": "vector", "dimensions": 1000},
    }
    return training(network, gradient_clip=0.01)


def dense_cvae():
    network = {
        "image": images(32, 32, 64),
        "text": None,
        "fusion": {"normalisation": "none", "dense": [8000, 4000]},
        "latent": {"kind": "vector", "dimensions": 1000},
    }
    return training(network, weight_decay=0.0)


def pure_cvae():
    network = {
        "image": images(32, 64, 128),
        "text": None,
        "fusion": {"normalisation": "none", "dense": []},
        "latent": {"kind": "maps", "channels": 128},
    }
    return training(network, picture={"height": 240, "width": 400}, batch_size=32, weight_decay=0.0)


def preset(name):
    own = {"fast": fast, "dense-cvae": dense_cvae, "pure-cvae": pure_cvae}
    if name in own:
        return own[name]()
    if name == "crvae-transformer":
        return crvae(TRANSFORMER, True)
    family, _, free = name.removeprefix("crvae-").partition("-")
    return crvae(recurrent(family), free != "free")
