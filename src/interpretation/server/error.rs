use crate::project::counted;
use std::time::Duration;
use thiserror::Error;

/// Why a server gave no answer. Each message says what to do; none holds a key.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum ServerError {
    /// What is given is no address.
    #[error("\"{address}\" is no address of a server: {why}. An address looks like http://localhost:8080")]
    Address {
        /// As it was given.
        address: String,
        /// What is wrong with it.
        why: String,
    },
    /// An address is shown and kept, and so would be the password in it.
    #[error("leave name and password out of the address, and give the server's key in its own field")]
    PasswordInAddress,
    /// What is given is no key.
    #[error(
        "this cannot be a key: it holds spaces, line breaks or characters that keys do not have. Copy it again"
    )]
    KeyForm,
    /// Nobody answers there.
    #[error("no server answers at {server}: {said}. Check the address, and that the server is running")]
    Unreachable {
        /// The address.
        server: String,
        /// What the system said.
        said: String,
    },
    /// It was reached and said nothing for too long.
    #[error(
        "the server at {server} has said nothing for {}: look whether it is still at work, and try again",
        seconds(*.silence)
    )]
    Silent {
        /// The address.
        server: String,
        /// How long was waited.
        silence: Duration,
    },
    /// The connection broke in the middle of the answer.
    #[error("the connection to {server} broke before the answer was complete ({said}): try again")]
    CutOff {
        /// The address.
        server: String,
        /// What the system said.
        said: String,
    },
    /// 401 or 403.
    #[error(
        "the server at {server} {}{said}",
        if *with_key { "does not take the key: check it, and that it is for this server" } else { "asks for a key: give one" }
    )]
    Key {
        /// The address.
        server: String,
        /// Whether a key was sent.
        with_key: bool,
        /// What the server said, in brackets; empty where it said nothing.
        said: String,
    },
    /// 404 to a question: servers say it of a model that they do not have.
    #[error(
        "the server at {server} has no model \"{model}\": choose one that it lists, or load it there{said}"
    )]
    NoModel {
        /// The address.
        server: String,
        /// The model's name.
        model: String,
        /// What the server said, in brackets; empty where it said nothing.
        said: String,
    },
    /// It lists no model, and none was named.
    #[error("the server at {server} lists no model: load one there, or name one")]
    NoModels {
        /// The address.
        server: String,
    },
    /// 429 or 503, again and again.
    #[error("the server at {server} is too busy{}: try again later{said}", asks_to_wait(*.wait))]
    Busy {
        /// The address.
        server: String,
        /// How long it asks to wait.
        wait: Option<Duration>,
        /// What the server said, in brackets; empty where it said nothing.
        said: String,
    },
    /// Other statuses from 400 on.
    #[error(
        "the server at {server} does not answer the question: it said {status}{said}. Its log may say more"
    )]
    Refused {
        /// The address.
        server: String,
        /// The status.
        status: u16,
        /// What the server said, in brackets; empty where it said nothing.
        said: String,
    },
    /// 500 and on, or an error in the middle of an answer.
    #[error("the server at {server} failed{said}: look into its log, and try again")]
    Failed {
        /// The address.
        server: String,
        /// What the server said, in brackets; empty where it said nothing.
        said: String,
    },
    /// The server sends to another address. Only the given one is asked.
    #[error(
        "the server at {server} sends to another address ({to}), which is not followed: give that address if you trust it"
    )]
    Elsewhere {
        /// The address.
        server: String,
        /// Where it sends.
        to: String,
    },
    /// A web page came back.
    #[error(
        "there is a web page at {server}, but no language model: give the address of the server's OpenAI-compatible \
         interface, which often ends in /v1"
    )]
    WebPage {
        /// The address.
        server: String,
    },
    /// What came back is in no known form.
    #[error(
        "what the server at {server} answers cannot be read: \"{start}\". Is it an OpenAI-compatible server? Check the address"
    )]
    Nonsense {
        /// The address.
        server: String,
        /// How it begins.
        start: String,
    },
}

fn asks_to_wait(wait: Option<Duration>) -> String {
    wait.map_or_else(String::new, |wait| format!(" and asks to wait {}", seconds(wait)))
}

fn seconds(time: Duration) -> String {
    counted(usize::try_from(time.as_secs()).unwrap_or(usize::MAX), "second")
}
