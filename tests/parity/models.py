"""Small models with random weights, as Hugging Face's transformers save them, and what transformers compute with them.

    python tests/parity/models.py FOLDER [speed]

Needs torch, transformers, tokenizers, gguf and sentencepiece. Each model is a folder in FOLDER, or a GGUF file in one; beside it
lies `expected.json` (and `expected.safetensors`) with what tests/model_parity.rs compares. The models can be loaded
like real ones, and say nothing that makes sense. With `speed` one model of a real size is made, and transformers is timed with it.
"""

import json
import pathlib
import sys

import torch
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

LINES = [
    "A reporter stands in front of a flooded street and speaks about the storm.",
    "The president signs a paper while people look on and clap.",
    "A nurse gives a vaccine to an old man; he smiles.",
    "Doctors in white coats stand around a bed in the hospital.",
    "A map of the world shows where the virus was found, in 2020 and 2021.",
    "People with masks wait in a long line in the rain.",
    "台风带来了大雨，街道被淹。",
    "护士给老人接种疫苗。",
    "记者在医院门口报道。",
    "a picture of a man in a suit who speaks into a microphone",
]
TEXTS = [
    "a storm",
    "The nurse gives a vaccine to an old man in the hospital, and people look on.",
    "护士给老人接种疫苗",
    "",
    "rain, rain and unknown words such as qwertz",
    "map",
]
MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073])
DEVIATION = torch.tensor([0.26862954, 0.26130258, 0.27577711])


def randomise(model, seed, spread=0.15):
    """Weights wide enough that answers differ, norms near 1."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "embed_positions" in name:
                continue
            is_norm = "norm" in name.lower()
            middle = 1 if is_norm and name.endswith("weight") else 0
            parameter.copy_(torch.randn(parameter.shape) * (0.05 if is_norm else spread) + middle)
    model.tie_weights()
    return model.eval()


def expect(folder, facts, tensors=None):
    (folder / "expected.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    if tensors:
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, folder / "expected.safetensors")
    print(folder)


def wordpiece(folder, extra=()):
    """A tokenizer like BERT's, as tokenizer.json."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(LINES, trainers.WordPieceTrainer(vocab_size=400, special_tokens=special, show_progress=False))
    tokenizer.add_special_tokens(list(extra))
    ends = [(name, tokenizer.token_to_id(name)) for name in ("[SEP]", "[CLS]")]
    tokenizer.post_processor = processors.BertProcessing(*ends)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    return tokenizer


def list_of_words(folder, tokenizer):
    """The same as vocab.txt, for models that have no tokenizer.json."""
    words = sorted(tokenizer.get_vocab(with_added_tokens=False).items(), key=lambda word: word[1])
    (folder / "vocab.txt").write_text("".join(f"{word}\n" for word, _ in words), encoding="utf-8")


def blip(root):
    from transformers import BlipConfig, BlipForConditionalGeneration

    folder = root / "blip"
    tokenizer = wordpiece(folder, ["[DEC]"])
    size, stop = 32, tokenizer.token_to_id("[SEP]")
    config = BlipConfig(
        text_config=dict(
            vocab_size=tokenizer.get_vocab_size(), hidden_size=32, encoder_hidden_size=48, intermediate_size=64,
            num_hidden_layers=3, num_attention_heads=4, max_position_embeddings=64, projection_dim=16,
            bos_token_id=tokenizer.token_to_id("[DEC]"), eos_token_id=stop, sep_token_id=stop, pad_token_id=0,
        ),
        vision_config=dict(
            hidden_size=48, intermediate_size=96, num_hidden_layers=2, num_attention_heads=6, image_size=size,
            patch_size=8, projection_dim=16,
        ),
        projection_dim=16,
    )
    model = randomise(BlipForConditionalGeneration(config), 1)
    # Else a caption ends by chance alone, once in a few hundred words.
    with torch.no_grad():
        model.text_decoder.cls.predictions.bias[stop] += 1.8
    model.save_pretrained(folder)
    old = root / "blip-bin"
    old.mkdir(exist_ok=True)
    (old / "config.json").write_bytes((folder / "config.json").read_bytes())
    (old / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())
    torch.save({name: tensor.clone() for name, tensor in model.state_dict().items()}, old / "pytorch_model.bin")

    pictures = torch.randint(0, 256, (11, size, size, 3), dtype=torch.uint8)
    wide = torch.nn.functional.interpolate(torch.rand(1, 3, 9, 16) * 255, size=(54, 96), mode="bilinear")
    wide = wide.round().to(torch.uint8)
    shrunk = torch.nn.functional.interpolate(wide.float(), size=(size, size), mode="bicubic", antialias=True)
    shrunk = shrunk.clamp(0, 255).round().to(torch.uint8)

    def values(pictures):
        return ((pictures.float() / 255 - MEAN) / DEVIATION).permute(0, 3, 1, 2)

    prompt = "a picture of"
    start = tokenizer.encode(prompt, add_special_tokens=True).ids
    facts = {"prompt": prompt, "captions": {}}
    with torch.no_grad():
        for name, options in {"plain": {}, "prompt": {"prompt": True}, "short": {"max_length": 9}, "varied": {"no_repeat_ngram_size": 2}}.items():
            options = {"max_length": 20, **options}
            inputs = torch.tensor([start] * len(pictures)) if options.pop("prompt", False) else None
            mask = None if inputs is None else torch.ones_like(inputs)
            written = model.generate(pixel_values=values(pictures), input_ids=inputs, attention_mask=mask, do_sample=False, num_beams=1, **options)
            facts["captions"][name] = [tokenizer.decode(row, skip_special_tokens=True) for row in written.tolist()]
        tokens = [config.text_config.bos_token_id, 9, 40, 11, 200, 57, 8]
        facts["tokens"] = tokens
        logits = model(pixel_values=values(pictures[:1]), input_ids=torch.tensor([tokens])).logits[0]
        shrunk_logits = model(pixel_values=values(shrunk.permute(0, 2, 3, 1)), input_ids=torch.tensor([tokens])).logits[0]
        whole = model.vision_model(pixel_values=values(pictures)).last_hidden_state[:, 0]
    tensors = {"pictures": pictures, "logits": logits, "whole": whole, "wide": wide[0].permute(1, 2, 0), "wide_logits": shrunk_logits}
    expect(folder, facts, tensors)


def unit(rows):
    return rows / rows.norm(dim=-1, keepdim=True)


def clip_case(root, name, model, texts, read, preprocessing, wide, shorter):
    """A matcher of pictures and sentences, and where it puts some of both."""
    folder = root / name
    model.save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocessing), encoding="utf-8")
    size = model.config.vision_config.image_size
    # As large as they are made before the middle is cut out.
    edge = shorter or size
    pictures = torch.randint(0, 256, (4, edge, edge, 3), dtype=torch.uint8)
    mean, deviation = (torch.tensor(preprocessing[key]) for key in ("image_mean", "image_std"))
    height, width = wide.shape[-2:]
    to = (shorter, width * shorter // height) if shorter else (size, size)
    shrunk = torch.nn.functional.interpolate(wide.float(), size=to, mode="bicubic", antialias=True)
    shrunk = shrunk.clamp(0, 255).round().permute(0, 2, 3, 1)

    def places(pictures):
        top, left = ((side - size) // 2 for side in pictures.shape[1:3])
        pictures = pictures[:, top : top + size, left : left + size]
        values = ((pictures.float() / 255 - mean) / deviation).permute(0, 3, 1, 2)
        return unit(model.visual_projection(model.vision_model(pixel_values=values).pooler_output))

    with torch.no_grad():
        sentences = torch.cat([unit(model.text_projection(read(text))) for text in texts])
        tensors = {"pictures": pictures, "places": places(pictures), "wide": wide[0].permute(1, 2, 0)}
        tensors |= {"wide_place": places(shrunk), "sentences": sentences}
    expect(folder, {"texts": texts, "scale": model.logit_scale.exp().item()}, tensors)


def clip(root):
    from transformers import ChineseCLIPConfig, ChineseCLIPModel, CLIPConfig, CLIPModel

    wide = torch.nn.functional.interpolate(torch.rand(1, 3, 9, 16) * 255, size=(54, 96), mode="bilinear")
    wide = wide.round().to(torch.uint8)
    vision = dict(hidden_size=48, intermediate_size=96, num_hidden_layers=2, num_attention_heads=6, image_size=32, patch_size=8)
    words = dict(hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4, max_position_embeddings=24)
    texts = [text for text in TEXTS if text] + [" ".join(LINES[:4])]

    tokenizer = wordpiece(root / "clip")
    end = tokenizer.token_to_id("[SEP]")
    ends = dict(bos_token_id=tokenizer.token_to_id("[CLS]"), eos_token_id=end, pad_token_id=0)
    config = CLIPConfig(
        text_config=dict(vocab_size=tokenizer.get_vocab_size(), **words, **ends), vision_config=vision, projection_dim=16
    )
    model = randomise(CLIPModel(config), 12)
    with torch.no_grad():
        model.logit_scale.fill_(3.1)
    tokenizer.enable_truncation(words["max_position_embeddings"])

    def read(text):
        return model.text_model(torch.tensor([tokenizer.encode(text).ids])).pooler_output

    asked = {"do_center_crop": True, "crop_size": 32, "size": {"shortest_edge": 40}}
    asked |= {"image_mean": MEAN.tolist(), "image_std": DEVIATION.tolist()}
    clip_case(root, "clip", model, texts, read, asked, wide, 40)

    tokenizer = wordpiece(root / "chinese-clip")
    list_of_words(root / "chinese-clip", tokenizer)
    config = ChineseCLIPConfig(
        text_config=dict(vocab_size=tokenizer.get_vocab_size(), **words), vision_config=vision, projection_dim=16
    )
    chinese = randomise(ChineseCLIPModel(config), 13)
    tokenizer.enable_truncation(words["max_position_embeddings"])

    def read_chinese(text):
        return chinese.text_model(torch.tensor([tokenizer.encode(text).ids])).last_hidden_state[:, 0]

    asked = {"do_center_crop": False, "size": {"height": 32, "width": 32}, "image_mean": [0.5, 0.4, 0.3], "image_std": [0.2, 0.3, 0.4]}
    clip_case(root, "chinese-clip", chinese, texts, read_chinese, asked, wide, None)


def vectors(model, tokenizer, texts):
    """Each text alone, so that padding cannot matter."""
    means = []
    with torch.no_grad():
        for text in texts:
            ids = torch.tensor([tokenizer.encode(text).ids])
            means.append(model(ids).last_hidden_state[0].mean(0))
    return torch.stack(means)


def bert(root):
    from transformers import BertConfig, BertModel, XLMRobertaConfig, XLMRobertaModel

    folder = root / "bert"
    tokenizer = wordpiece(folder)
    sizes = dict(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=48, num_hidden_layers=3, num_attention_heads=4,
        intermediate_size=80, max_position_embeddings=40, pad_token_id=0,
    )
    model = randomise(BertModel(BertConfig(**sizes)), 2)
    model.save_pretrained(folder)
    expect(folder, {"texts": TEXTS}, {"vectors": vectors(model, tokenizer, TEXTS)})

    old = root / "bert-bin"
    old.mkdir(exist_ok=True)
    list_of_words(old, tokenizer)
    (old / "config.json").write_bytes((folder / "config.json").read_bytes())
    half = {f"bert.{name}": tensor.half() for name, tensor in model.state_dict().items()}
    torch.save(half, old / "pytorch_model.bin")
    model.load_state_dict({name.removeprefix("bert."): tensor.float() for name, tensor in half.items()})
    expect(old, {"texts": TEXTS}, {"vectors": vectors(model, tokenizer, TEXTS)})

    folder = root / "xlm-roberta"
    folder.mkdir(exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    model = randomise(XLMRobertaModel(XLMRobertaConfig(**{**sizes, "type_vocab_size": 1})), 3)
    model.save_pretrained(folder)
    expect(folder, {"texts": TEXTS}, {"vectors": vectors(model, tokenizer, TEXTS)})


def llama_tokenizer():
    """Like Llama 2's: pieces of sentences with spaces as ▁, and bytes for what is unknown."""
    trained = Tokenizer(models.BPE())
    trained.train_from_iterator(
        ["▁" + line.replace(" ", "▁") for line in LINES], trainers.BpeTrainer(vocab_size=300, show_progress=False)
    )
    model = json.loads(trained.to_str())["model"]
    words = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    words += [word for word, _ in sorted(model["vocab"].items(), key=lambda word: word[1])]
    # A vocabulary that can spell the end of a text by accident, as Llama's can.
    words += [word for word in ("<", "/", ">", "</", "s>", "[", "]", "I", "N", "S", "T") if word not in words]
    merges = [tuple(merge) for merge in model["merges"]] + [("<", "/"), ("s", ">"), ("</", "s>")]
    tokenizer = Tokenizer(models.BPE({word: index for index, word in enumerate(words)}, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.add_special_tokens(["<unk>", "<s>", "</s>"])
    return tokenizer


QWEN_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LLAMA_CHAT = (
    "{% if messages[0]['role'] == 'system' %}{% set system = '<<SYS>>\\n' + messages[0]['content'] + '\\n<</SYS>>\\n\\n' %}"
    "{% set messages = messages[1:] %}{% else %}{% set system = '' %}{% endif %}{% for message in messages %}"
    "{{ bos_token + '[INST] ' + (system if loop.first else '') + message['content'].strip() + ' [/INST]' }}{% endfor %}"
)
QWEN_CHAT = (
    "{%- for message in messages %}\n{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}\n"
    "{%- endfor %}\n{%- if add_generation_prompt %}\n{{- '<|im_start|>assistant\\n' }}\n{%- if enable_thinking is defined"
    " and enable_thinking is false %}\n{{- '<think>\\n\\n</think>\\n\\n' }}\n{%- endif %}\n{%- endif %}"
)


def qwen_tokenizer():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    split = pre_tokenizers.Split(Regex(QWEN_SPLIT), "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(LINES, trainers.BpeTrainer(vocab_size=420, initial_alphabet=alphabet, show_progress=False))
    tokenizer.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    tokenizer.add_tokens(["<think>", "</think>"])
    return tokenizer


SYSTEM = "You find the themes of a news video."
USER = "Captions: 台风 <|im_end|> </s> [INST] a storm\n<think> Ten tags, please."


def language_model(root, name, model, tokenizer, chat, end):
    """Writes the model as GGUF in 32 bits, and what it answers."""
    import gguf

    folder = root / name
    folder.mkdir(exist_ok=True)
    config, is_llama = model.config, name == "llama"
    head = config.head_dim if not is_llama else config.hidden_size // config.num_attention_heads
    writer = gguf.GGUFWriter(folder / "model.gguf", "llama" if is_llama else name)
    writer.add_name(f"A little {name}")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(10000.0)
    if is_llama:
        writer.add_rope_dimension_count(head)
    else:
        writer.add_key_length(head)
        writer.add_value_length(head)
    words = [tokenizer.id_to_token(index) for index in range(tokenizer.get_vocab_size())]
    added = tokenizer.get_added_tokens_decoder()
    writer.add_tokenizer_model("llama" if is_llama else "gpt2")
    writer.add_token_list(words)
    writer.add_token_types([(3 if added[index].special else 4) if index in added else 1 for index in range(len(words))])
    if is_llama:
        writer.add_bos_token_id(tokenizer.token_to_id("<s>"))
        tokenizer.save(str(folder / "tokenizer.json"))
    else:
        writer.add_tokenizer_pre("qwen2")
        writer.add_token_merges([" ".join(merge) for merge in json.loads(tokenizer.to_str())["model"]["merges"]])
        writer.add_add_bos_token(False)
    writer.add_eos_token_id(tokenizer.token_to_id(end))
    writer.add_chat_template(chat)

    names = {
        "model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output",
        "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
        "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm", "input_layernorm": "attn_norm",
        "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
    }
    for key, tensor in model.state_dict().items():
        # GGUF has Llama's rotated pairs side by side.
        if is_llama and ("q_proj" in key or "k_proj" in key):
            tensor = tensor.view(-1, 2, head // 2, tensor.shape[1]).transpose(1, 2).reshape(tensor.shape)
        path, ending = key.rsplit(".", 1)
        if path.startswith("model.layers."):
            _, _, index, part = path.split(".", 3)
            path = f"blk.{index}.{names[part]}"
        else:
            path = names[path]
        writer.add_tensor(f"{path}.{ending}", tensor.float().contiguous().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    # Messages are text: what looks like a command in them is spelled out, so the pieces are encoded apart.
    plain = Tokenizer.from_str(tokenizer.to_str())
    state = json.loads(plain.to_str())
    state["added_tokens"] = []
    plain = Tokenizer.from_str(json.dumps(state))
    controls = sorted((added[index].content for index in added), key=len, reverse=True)

    def prompt():
        import jinja2

        environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
        messages = [{"role": "system", "content": "\ue000"}, {"role": "user", "content": "\ue001"}]
        rendered = environment.from_string(chat).render(messages=messages, bos_token="<s>", eos_token=end, add_generation_prompt=True, enable_thinking=False)
        ids, ordinary = [], ""

        def encode(text):
            found = plain.encode(text, add_special_tokens=False).ids
            if not set(found) & set(added):
                return found
            # The vocabulary can spell a command.
            at = min(text.find(control) for control in controls if control in text) + 1
            return encode(text[:at]) + encode(text[at:])

        while rendered:
            control = next((control for control in controls if rendered.startswith(control)), None)
            if control:
                ids += encode(ordinary) if ordinary else []
                ids.append(tokenizer.token_to_id(control))
                ordinary, rendered = "", rendered[len(control):]
            else:
                ordinary += {"\ue000": SYSTEM, "\ue001": USER}.get(rendered[0], rendered[0])
                rendered = rendered[1:]
        return ids + (encode(ordinary) if ordinary else [])

    torch.manual_seed(9)
    long = torch.randint(3, len(words), (1, 300))
    ids = prompt()
    stop = tokenizer.token_to_id(end)
    forbidden = [index for index in added if index != stop]
    with torch.no_grad():
        tensors = {f"logits{length}": model(long[:, :length]).logits[0, -1] for length in (12, 300)}
        answer = model.generate(torch.tensor([ids]), do_sample=False, max_new_tokens=40, suppress_tokens=forbidden, eos_token_id=stop, pad_token_id=stop)
    answer = [token for token in answer[0, len(ids):].tolist() if token != stop]
    texts = {text: plain.encode(text, add_special_tokens=False).ids for text in TEXTS + LINES}
    facts = {
        "system": SYSTEM, "user": USER, "prompt": ids, "answer": plain.decode(answer).rstrip("\ufffd").strip(),
        "controls": sorted(added), "stop": stop, "tokens": long[0].tolist(), "lengths": {text: len(ids) for text, ids in texts.items()},
    }
    expect(folder, facts, tensors)


def llama(root):
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = llama_tokenizer()
    config = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=64, intermediate_size=96, num_hidden_layers=3, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=1024, rms_norm_eps=1e-5, tie_word_embeddings=False,
    )
    language_model(root, "llama", randomise(LlamaForCausalLM(config), 4), tokenizer, LLAMA_CHAT, "</s>")


def qwen3(root):
    from transformers import Qwen3Config, Qwen3ForCausalLM

    tokenizer = qwen_tokenizer()
    config = Qwen3Config(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=64, intermediate_size=96, num_hidden_layers=3, num_attention_heads=4,
        num_key_value_heads=2, head_dim=32, max_position_embeddings=1024, rms_norm_eps=1e-6, tie_word_embeddings=False,
    )
    language_model(root, "qwen3", randomise(Qwen3ForCausalLM(config), 5), tokenizer, QWEN_CHAT, "<|im_end|>")


def qwen2(root):
    from transformers import Qwen2Config, Qwen2ForCausalLM

    tokenizer = qwen_tokenizer()
    config = Qwen2Config(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=1024, rms_norm_eps=1e-6, tie_word_embeddings=False,
    )
    config.head_dim = 16
    language_model(root, "qwen2", randomise(Qwen2ForCausalLM(config), 6), tokenizer, QWEN_CHAT, "<|im_end|>")


def marian(root):
    import sentencepiece
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    folder = root / "marian"
    folder.mkdir(exist_ok=True)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(LINES), model_prefix=str(folder / "source"), vocab_size=150, model_type="unigram",
        hard_vocab_limit=False, minloglevel=2,
    )
    (folder / "source.vocab").unlink()
    (folder / "source.model").rename(folder / "source.spm")
    (folder / "target.spm").write_bytes((folder / "source.spm").read_bytes())
    source = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.spm"))
    # Numbered otherwise than in the SentencePiece model, as in the models of OPUS-MT.
    pieces = [source.id_to_piece(index) for index in range(source.get_piece_size())]
    pieces = ["</s>", "<unk>"] + sorted(piece for piece in pieces if piece not in ("</s>", "<unk>", "<s>")) + ["<pad>"]
    (folder / "vocab.json").write_text(json.dumps({piece: index for index, piece in enumerate(pieces)}, ensure_ascii=False))
    config = MarianConfig(
        vocab_size=len(pieces), d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=2,
        encoder_ffn_dim=48, decoder_ffn_dim=40, max_position_embeddings=64, activation_function="swish", scale_embedding=True,
        pad_token_id=len(pieces) - 1, eos_token_id=0, decoder_start_token_id=len(pieces) - 1, forced_eos_token_id=None,
    )
    model = randomise(MarianMTModel(config), 7, 0.5)
    with torch.no_grad():
        model.final_logits_bias[0, 0] += 4.5
    model.save_pretrained(folder)
    tokenizer = MarianTokenizer(str(folder / "source.spm"), str(folder / "target.spm"), str(folder / "vocab.json"))
    translations = []
    for text in TEXTS + LINES:
        with torch.no_grad():
            ids = torch.tensor([tokenizer(text).input_ids])
            written = model.generate(ids, do_sample=False, num_beams=1, max_length=64, bad_words_ids=[[config.pad_token_id]])
        translations.append(tokenizer.decode(written[0], skip_special_tokens=True).strip())
    expect(folder, {"texts": TEXTS + LINES, "translations": translations})


def whisper_tokenizer(languages):
    """A tokenizer like Whisper's: bytes, then the commands, then a timestamp every 20 ms."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(LINES, trainers.BpeTrainer(vocab_size=420, initial_alphabet=alphabet, show_progress=False))
    commands = ["endoftext", "startoftranscript", *languages, "translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps"]
    stamps = [f"{index / 50:.2f}" for index in range(1501)]
    tokenizer.add_special_tokens([f"<|{name}|>" for name in commands + stamps])
    return tokenizer


def whisper_model(folder, config, generation, tokenizer, seed):
    from transformers import GenerationConfig, WhisperForConditionalGeneration

    folder.mkdir(exist_ok=True)
    config._attn_implementation = "eager"
    model = randomise(WhisperForConditionalGeneration(config), seed)
    with torch.no_grad():
        # Else 1,501 timestamps together are always likelier than any word, and one word follows on itself for ever.
        end = tokenizer.token_to_id("<|endoftext|>")
        model.model.decoder.embed_tokens.weight[:end] *= 1.6
        model.model.decoder.embed_tokens.weight[end:] *= 0.5
        model.model.decoder.embed_positions.weight.normal_(0, 0.6)
    model.generation_config = GenerationConfig(**generation)
    model.save_pretrained(folder)
    (folder / "generation_config.json").write_text(json.dumps(generation))
    tokenizer.save(str(folder / "tokenizer.json"))
    return model


def sound(seconds, seed):
    """Something like syllables: tones that come and go, with a little noise."""
    torch.manual_seed(seed)
    time = torch.arange(int(seconds * 16_000)) / 16_000
    tones = sum(torch.sin(2 * torch.pi * pitch * time + phase) for phase, pitch in enumerate((140, 430, 1_210, 2_750)))
    return 0.1 * tones * torch.sin(2 * torch.pi * 1.7 * time).clamp(min=0) + 0.002 * torch.randn(len(time))


def listening_times(model, heard, opening, text, no_stamps, end, seconds, heads):
    """When each token of a text begins and the last ends, by what the heads listen to: the text is read at once."""
    from transformers.models.whisper.generation_whisper import _dynamic_time_warping, _median_filter

    tokens = torch.tensor([[*opening, no_stamps, *text, end]])
    attentions = model(encoder_outputs=(heard,), decoder_input_ids=tokens, output_attentions=True).cross_attentions
    looks = torch.stack([attentions[layer][0, head] for layer, head in heads])[..., : -(-int(seconds * 100) // 2)]
    looks = (looks / looks.sum(-1, keepdim=True))[:, len(opening) : -1]
    looks = (looks - looks.mean(-2, keepdim=True)) / looks.std(-2, keepdim=True, unbiased=False)
    looks = _median_filter(looks, 7).mean(0)
    rows, columns = _dynamic_time_warping(-looks.double().numpy())
    return [float(columns[list(rows).index(row)]) / 50 for row in range(len(looks))]


def whisper(root):
    from transformers import WhisperConfig, WhisperFeatureExtractor
    from transformers.generation.logits_process import (
        SuppressTokensAtBeginLogitsProcessor, SuppressTokensLogitsProcessor, WhisperTimeStampLogitsProcessor,
    )

    for name, bands, languages, heads in (("whisper", 80, ["en", "zh", "de"], [[1, 0], [2, 3]]), ("whisper-v3", 128, ["en", "zh", "de", "yue"], None)):
        folder = root / name
        tokenizer = whisper_tokenizer(languages)
        token = lambda text: tokenizer.token_to_id(f"<|{text}|>")
        config = WhisperConfig(
            vocab_size=tokenizer.get_vocab_size(), num_mel_bins=bands, d_model=48, encoder_layers=2, decoder_layers=3, encoder_attention_heads=6,
            decoder_attention_heads=4, encoder_ffn_dim=96, decoder_ffn_dim=80, max_source_positions=1500, max_target_positions=64,
            decoder_start_token_id=token("startoftranscript"), eos_token_id=token("endoftext"), pad_token_id=token("endoftext"),
            bos_token_id=token("endoftext"), suppress_tokens=None, begin_suppress_tokens=None,
        )
        generation = {
            "decoder_start_token_id": token("startoftranscript"), "eos_token_id": token("endoftext"), "pad_token_id": token("endoftext"),
            "no_timestamps_token_id": token("notimestamps"), "max_initial_timestamp_index": 50, "is_multilingual": True,
            "lang_to_id": {f"<|{code}|>": token(code) for code in languages},
            "task_to_id": {"transcribe": token("transcribe"), "translate": token("translate")},
            "suppress_tokens": [3, 5, token("startoftranscript"), token("translate"), token("transcribe"), token("startofprev"), token("nospeech")] if heads else None,
            "begin_suppress_tokens": [220, token("endoftext")], **({"alignment_heads": heads} if heads else {}),
        }
        model = whisper_model(folder, config, generation, tokenizer, 8)
        seconds = 11.3
        samples = sound(seconds, 9)
        extractor = WhisperFeatureExtractor(feature_size=bands)
        extractor.save_pretrained(folder)
        features = extractor(samples.numpy(), sampling_rate=16_000, return_tensors="pt").input_features
        facts, tensors = {"seconds": seconds}, {"samples": samples, "features": features[0].T}
        with torch.no_grad():
            heard = model.model.encoder(features).last_hidden_state
            tensors["encoded"] = heard[0]
            logits = lambda ids: model(encoder_outputs=(heard,), decoder_input_ids=torch.tensor([ids])).logits[0]
            facts["tokens"] = [token("startoftranscript"), token("zh"), token("transcribe"), token("notimestamps"), 40, 300, 7, 91]
            tensors["logits"] = logits(facts["tokens"])
            likely = logits([token("startoftranscript")])[0, [token(code) for code in languages]].softmax(0)
            facts["languages"] = dict(zip(languages, likely.tolist()))
            opening = [token("startoftranscript"), token("en"), token("transcribe")]
            for stamps in (False, True):
                ids = opening + ([] if stamps else [token("notimestamps")])
                begin = len(ids)
                rules = [SuppressTokensAtBeginLogitsProcessor(generation["begin_suppress_tokens"], begin)]
                if heads:
                    rules.append(SuppressTokensLogitsProcessor(generation["suppress_tokens"]))
                if stamps:
                    rules.append(WhisperTimeStampLogitsProcessor(model.generation_config, begin))
                while len(ids) < begin + 32:
                    scores = logits(ids)[-1:]
                    for rule in rules:
                        scores = rule(torch.tensor([ids]), scores)
                    best = int(scores.argmax())
                    if best == token("endoftext"):
                        break
                    ids.append(best)
                facts["with_stamps" if stamps else "plain"] = ids[begin:]
            text = [id for id in facts["with_stamps"] if id < token("endoftext")]
            facts["text"] = text
            used = heads or [[layer, head] for layer in (1, 2) for head in range(4)]
            facts["times"] = listening_times(model, heard, opening, text, token("notimestamps"), token("endoftext"), seconds, used)
        expect(folder, facts, tensors)


def whisper_speed(root):
    """A model of the size of Whisper small, and how long transformers takes for 30 s of sound and 100 tokens."""
    import time

    from transformers import WhisperConfig, WhisperFeatureExtractor

    folder = root / "whisper-speed"
    languages = ["en", "zh"]
    tokenizer = whisper_tokenizer(languages)
    token = lambda text: tokenizer.token_to_id(f"<|{text}|>")
    config = WhisperConfig(
        vocab_size=51865, d_model=768, encoder_layers=12, decoder_layers=12, encoder_attention_heads=12, decoder_attention_heads=12,
        encoder_ffn_dim=3072, decoder_ffn_dim=3072, decoder_start_token_id=token("startoftranscript"), eos_token_id=token("endoftext"),
        pad_token_id=token("endoftext"), bos_token_id=token("endoftext"), suppress_tokens=None, begin_suppress_tokens=None,
    )
    end = token("endoftext")
    generation = {"decoder_start_token_id": token("startoftranscript"), "eos_token_id": end, "no_timestamps_token_id": token("notimestamps"), "suppress_tokens": [end]}
    model = whisper_model(folder, config, generation, tokenizer, 10)
    model.set_attn_implementation("sdpa")
    samples = sound(30, 11)
    extractor = WhisperFeatureExtractor()
    opening = torch.tensor([[token(name) for name in ("startoftranscript", "en", "transcribe", "notimestamps")]])
    with torch.no_grad():
        began = time.perf_counter()
        features = extractor(samples.numpy(), sampling_rate=16_000, return_tensors="pt").input_features
        heard = model.model.encoder(features)
        encoded = time.perf_counter()
        cache, ids = None, opening
        for _ in range(100):
            out = model(encoder_outputs=heard, decoder_input_ids=ids, past_key_values=cache, use_cache=True)
            cache, ids = out.past_key_values, out.logits[:, -1:].argmax(-1)
        ended = time.perf_counter()
    expect(folder, {"encoder": encoded - began, "decoder": ended - encoded}, {"samples": samples})


if __name__ == "__main__":
    root = pathlib.Path(sys.argv[1])
    root.mkdir(parents=True, exist_ok=True)
    for make in (blip, clip, bert, llama, qwen3, qwen2, marian, whisper) if len(sys.argv) < 3 else (whisper_speed,):
        make(root)
