//! The entries of the catalogue.

use super::{Job, Machine, Model, ModelFile};

const MB: u64 = 1_000_000;
const GB: u64 = 1_000 * MB;

/// No commit has been checked: see the note at the head of the catalogue.
const UNPINNED: &str = "main";

/// A file of which only the rough size is known.
const fn file(name: &'static str, about: u64) -> ModelFile {
    ModelFile {
        name,
        repo: None,
        about,
        size: None,
        sha256: None,
    }
}

/// The same, from another repository.
const fn file_of(repo: &'static str, name: &'static str, about: u64) -> ModelFile {
    ModelFile {
        repo: Some(repo),
        ..file(name, about)
    }
}

const SMALL: u64 = MB / 100;

/// All known models, by job; the first of a job is the one to begin with.
pub const MODELS: &[Model] = &[
    Model {
        id: "blip-base",
        job: Job::Describe,
        name: "BLIP image captioning, base",
        repo: "Salesforce/blip-image-captioning-base",
        revision: UNPINNED,
        files: &[
            file("config.json", SMALL),
            file("preprocessor_config.json", SMALL),
            file("tokenizer.json", MB),
            file("pytorch_model.bin", 990 * MB),
        ],
        licence: "BSD-3-Clause",
        languages: "English",
        memory: 2 * GB,
        machine: Machine::Laptop8,
        about: "Says in a sentence what a picture shows; the model of the papers.",
    },
    Model {
        id: "blip-large",
        job: Job::Describe,
        name: "BLIP image captioning, large",
        repo: "Salesforce/blip-image-captioning-large",
        revision: UNPINNED,
        files: &[
            file("config.json", SMALL),
            file("preprocessor_config.json", SMALL),
            file("tokenizer.json", MB),
            file("pytorch_model.bin", 1_880 * MB),
        ],
        licence: "BSD-3-Clause",
        languages: "English",
        memory: 4 * GB,
        machine: Machine::Gpu,
        about: "Does the same with a larger network, so more slowly.",
    },
    Model {
        id: "qwen3-1.7b",
        job: Job::Tag,
        name: "Qwen3 1.7B, four bits",
        repo: "unsloth/Qwen3-1.7B-GGUF",
        revision: UNPINNED,
        files: &[
            file("Qwen3-1.7B-Q4_K_M.gguf", 1_110 * MB),
            file_of("Qwen/Qwen3-1.7B", "tokenizer.json", 11 * MB),
        ],
        licence: "Apache-2.0",
        languages: "English, Chinese and about a hundred more",
        memory: 3 * GB,
        machine: Machine::Laptop8,
        about: "A small language model that names clusters in English and in Chinese.",
    },
    Model {
        id: "qwen3-4b-instruct-2507",
        job: Job::Tag,
        name: "Qwen3 4B Instruct 2507, four bits",
        repo: "unsloth/Qwen3-4B-Instruct-2507-GGUF",
        revision: UNPINNED,
        files: &[
            file("Qwen3-4B-Instruct-2507-Q4_K_M.gguf", 2_500 * MB),
            file_of("Qwen/Qwen3-4B-Instruct-2507", "tokenizer.json", 11 * MB),
        ],
        licence: "Apache-2.0",
        languages: "English, Chinese and about a hundred more",
        memory: 6 * GB,
        machine: Machine::Laptop16,
        about: "A larger one of the same family, tuned to follow instructions without thinking aloud.",
    },
    Model {
        id: "llama-2-7b-chat",
        job: Job::Tag,
        name: "Llama 2 7B chat, four bits",
        repo: "TheBloke/Llama-2-7B-Chat-GGUF",
        revision: UNPINNED,
        files: &[
            file("llama-2-7b-chat.Q4_K_M.gguf", 4_080 * MB),
            file_of("hf-internal-testing/llama-tokenizer", "tokenizer.json", 2 * MB),
        ],
        licence: "Llama 2 Community License",
        languages: "English",
        memory: 6 * GB,
        machine: Machine::Laptop16,
        about: "The language model of the papers, for results that can be set beside theirs.",
    },
    Model {
        id: "qwen3-8b",
        job: Job::Tag,
        name: "Qwen3 8B, four bits",
        repo: "Qwen/Qwen3-8B-GGUF",
        revision: UNPINNED,
        files: &[
            file("Qwen3-8B-Q4_K_M.gguf", 5_030 * MB),
            file_of("Qwen/Qwen3-8B", "tokenizer.json", 11 * MB),
        ],
        licence: "Apache-2.0",
        languages: "English, Chinese and about a hundred more",
        memory: 10 * GB,
        machine: Machine::Gpu,
        about: "The largest here; slow without a graphics card.",
    },
    Model {
        id: "phrase-bert",
        job: Job::Phrases,
        name: "Phrase-BERT",
        repo: "whaleloops/phrase-bert",
        revision: UNPINNED,
        files: &[
            file("config.json", SMALL),
            file("tokenizer.json", MB),
            file("pytorch_model.bin", 438 * MB),
        ],
        licence: "see the model's page",
        languages: "English",
        memory: GB,
        machine: Machine::Laptop8,
        about: "Measures how alike two English phrases are; the measure of the papers.",
    },
    Model {
        id: "multilingual-minilm",
        job: Job::Phrases,
        name: "Multilingual MiniLM for paraphrases",
        repo: "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
        revision: UNPINNED,
        files: &[
            file("config.json", SMALL),
            file("tokenizer.json", 9 * MB),
            file("model.safetensors", 471 * MB),
        ],
        licence: "Apache-2.0",
        languages: "English, Chinese and about fifty more",
        memory: GB,
        machine: Machine::Laptop8,
        about: "Measures how alike phrases are across languages, so Chinese tags need no translation.",
    },
    Model {
        id: "opus-mt-zh-en",
        job: Job::Translate,
        name: "OPUS-MT Chinese to English",
        repo: "Helsinki-NLP/opus-mt-zh-en",
        revision: UNPINNED,
        files: &[
            file("config.json", SMALL),
            file("vocab.json", 2 * MB),
            file("source.spm", MB),
            file("target.spm", MB),
            file("pytorch_model.bin", 312 * MB),
        ],
        licence: "CC-BY-4.0",
        languages: "Chinese to English",
        memory: GB,
        machine: Machine::Laptop8,
        about: "Translates short Chinese texts, so that an English model can compare them.",
    },
    Model {
        id: "whisper-small",
        job: Job::Speech,
        name: "Whisper small",
        repo: "openai/whisper-small",
        revision: UNPINNED,
        files: &[
            file("config.json", SMALL),
            file("generation_config.json", SMALL),
            file("preprocessor_config.json", MB / 5),
            file("tokenizer.json", 3 * MB),
            file("model.safetensors", 967 * MB),
        ],
        licence: "Apache-2.0",
        languages: "English, Chinese and about a hundred more",
        memory: 2 * GB,
        machine: Machine::Laptop8,
        about: "Writes down what is said, for videos without captions.",
    },
    Model {
        id: "whisper-large-v3-turbo",
        job: Job::Speech,
        name: "Whisper large v3 turbo",
        repo: "openai/whisper-large-v3-turbo",
        revision: UNPINNED,
        files: &[
            file("config.json", SMALL),
            file("generation_config.json", SMALL),
            file("preprocessor_config.json", SMALL),
            file("tokenizer.json", 3 * MB),
            file("model.safetensors", 1_620 * MB),
        ],
        licence: "MIT",
        languages: "English, Chinese and about a hundred more",
        memory: 4 * GB,
        machine: Machine::Gpu,
        about: "A larger one of the same family, made faster by a smaller decoder.",
    },
    Model {
        id: "clip-vit-base-patch32",
        job: Job::Search,
        name: "CLIP ViT-B/32",
        repo: "openai/clip-vit-base-patch32",
        revision: UNPINNED,
        files: &[
            file("config.json", SMALL),
            file("preprocessor_config.json", SMALL),
            file("tokenizer.json", 2 * MB),
            file("pytorch_model.bin", 605 * MB),
        ],
        licence: "see the model's page",
        languages: "English",
        memory: GB,
        machine: Machine::Laptop8,
        about: "Finds the frames that fit a few English words.",
    },
    Model {
        id: "chinese-clip-vit-base-patch16",
        job: Job::Search,
        name: "Chinese CLIP ViT-B/16",
        repo: "OFA-Sys/chinese-clip-vit-base-patch16",
        revision: UNPINNED,
        files: &[
            file("config.json", SMALL),
            file("preprocessor_config.json", SMALL),
            file("vocab.txt", MB / 5),
            file("pytorch_model.bin", 753 * MB),
        ],
        licence: "see the model's page",
        languages: "Chinese",
        memory: 2 * GB,
        machine: Machine::Laptop8,
        about: "Finds the frames that fit a few Chinese words.",
    },
];
