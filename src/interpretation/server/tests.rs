use super::*;
use crate::interpretation::prompt::Material;
use crate::interpretation::tagging::{TaggingError, TaggingSettings, tag_cluster};
use crate::project::{ClusterId, ClusterTags, Language};
use serde_json::json;
use stand_in::{Asked, Piece, Reply, StandIn};
use std::sync::atomic::{AtomicUsize, Ordering};

#[path = "../../../tests/stand_in/mod.rs"]
mod stand_in;

const REQUEST: Request = Request {
    system: "be brief",
    user: "ten tags",
    temperature: 0.9,
    seed: 7,
    most: 200,
    ten: true,
};

const CHINESE: &str = "1. 疫苗接种\n2. 老年人\n3. 口罩\n4. 第三针\n5. 医院\n6. 新闻发布会\n7. 北京\n8. 变异毒株\n9. 抗体\n10. 隔离";

fn connect(stand_in: &StandIn) -> Result<Server, ChatError> {
    let settings = ServerSettings {
        silence: Duration::from_secs(1),
        ..ServerSettings::new(Address::parse(&stand_in.url()).unwrap())
    };
    Server::connect(settings, &Watch::default())
}

fn ask(stand_in: &StandIn) -> Result<String, ChatError> {
    connect(stand_in)?.answer(&REQUEST, &mut |_| {}, &Watch::default())
}

/// What the server's answer ends in.
fn failure(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> ServerError {
    match ask(&StandIn::openai(answer)) {
        Err(ChatError::Server(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_answer_is_heard_as_it_comes() {
    let stand_in = StandIn::openai(|_| Reply::stream(CHINESE));
    let mut server = connect(&stand_in).unwrap();
    assert_eq!(
        (server.name().as_str(), server.kind(), server.context()),
        ("tagger", Kind::Plain, None)
    );
    assert_eq!(server.models(), ["tagger"]);
    let (mut heard, mut pieces) = (String::new(), 0);
    let mut said = |text: &str| {
        heard.push_str(text);
        pieces += 1;
    };
    let answer = server.answer(&REQUEST, &mut said, &Watch::default()).unwrap();
    assert_eq!((answer.as_str(), heard.as_str()), (CHINESE, CHINESE));
    assert!(pieces > 10);

    let question = &stand_in.questions()[0];
    assert_eq!(question["model"], "tagger");
    assert_eq!(
        question["messages"][0],
        json!({ "role": "system", "content": "be brief" })
    );
    assert_eq!(
        (
            &question["temperature"],
            &question["seed"],
            &question["max_tokens"]
        ),
        (&json!(0.9), &json!(7), &json!(200))
    );
    let tags = &question["response_format"]["json_schema"]["schema"]["properties"]["tags"];
    assert_eq!((&tags["minItems"], &tags["maxItems"]), (&json!(10), &json!(10)));
    assert_eq!(question["stream"], true);
    assert!(question.get("chat_template_kwargs").is_none());
}

#[test]
fn an_answer_need_not_be_a_stream() {
    let whole = json!({ "choices": [{ "message": { "content": "tags", "reasoning": "hm" }, "finish_reason": "stop" }] });
    let text = serde_json::to_string_pretty(&whole).unwrap();
    for body in [whole.to_string(), text] {
        let stand_in = StandIn::openai(move |_| Reply::new(200, "application/json", &body));
        assert_eq!(ask(&stand_in).unwrap(), "tags");
    }
}

#[test]
fn a_stream_that_says_it_is_over_is_whole_without_its_last_mark() {
    // The head, two events of no text, one of text and the one that ends it.
    let stand_in = StandIn::openai(|_| Reply::stream("abc").cut_after(5));
    assert_eq!(ask(&stand_in).unwrap(), "abc");
}

#[test]
fn a_server_that_knows_no_forms_is_asked_without() {
    let stand_in = StandIn::openai(|asked| {
        if asked.body.contains("response_format") {
            Reply::error(400, "response_format is not supported")
        } else {
            Reply::stream("1. a")
        }
    });
    assert_eq!(ask(&stand_in).unwrap(), "1. a");
    assert_eq!(stand_in.questions().len(), 2);
    let error = failure(|_| Reply::error(400, "the prompt is too long"));
    assert!(matches!(error, ServerError::Refused { status: 400, .. }));
    assert!(error.to_string().contains("the prompt is too long"), "{error}");
}

#[test]
fn llama_cpp_is_told_not_to_think_and_says_what_it_can_read() {
    let stand_in = StandIn::new(|asked| match asked.path.as_str() {
        "/v1/models" => Reply::json(&json!({ "data": [{ "id": "qwen.gguf", "owned_by": "llamacpp" }] })),
        "/props" => Reply::json(&json!({ "default_generation_settings": { "n_ctx": 4096 } })),
        "/v1/chat/completions" => Reply::stream("1. a"),
        _ => Reply::error(404, "File Not Found"),
    });
    let mut server = connect(&stand_in).unwrap();
    assert_eq!((server.kind(), server.context()), (Kind::Templates, Some(4_096)));
    server.answer(&REQUEST, &mut |_| {}, &Watch::default()).unwrap();
    let question = &stand_in.questions()[0];
    assert_eq!(
        question["chat_template_kwargs"],
        json!({ "enable_thinking": false })
    );
}

#[test]
fn ollama_is_asked_in_its_own_way() {
    let stand_in = StandIn::new(|asked| match asked.path.as_str() {
        "/api/version" => Reply::json(&json!({ "version": "0.12.0" })),
        "/v1/models" => {
            Reply::json(&json!({ "data": [{ "id": "qwen3:4b", "owned_by": "library" }, { "id": "other" }] }))
        }
        "/api/chat" => Reply::lines(CHINESE),
        _ => Reply::error(404, "not found"),
    });
    let mut server = connect(&stand_in).unwrap();
    assert_eq!((server.kind(), server.context()), (Kind::Ollama, Some(8_192)));
    assert_eq!(
        server.answer(&REQUEST, &mut |_| {}, &Watch::default()).unwrap(),
        CHINESE
    );
    let question = &stand_in.questions()[0];
    assert_eq!(
        (&question["think"], &question["options"]["num_ctx"]),
        (&json!(false), &json!(8_192))
    );
    assert_eq!(question["format"]["properties"]["tags"]["maxItems"], 10);
    assert_eq!(question["model"], "qwen3:4b");
}

#[test]
fn the_key_goes_to_the_server_and_nowhere_else() {
    let stand_in = StandIn::new(|asked| match asked.header("authorization") {
        Some("Bearer sk-right") => {
            Reply::json(&json!({ "data": [{ "id": "tagger", "max_model_len": 2048 }] }))
        }
        Some(other) => Reply::error(401, &format!("{other} is wrong")),
        None => Reply::error(401, "no key"),
    });
    let connect = |key: &str| {
        let settings = ServerSettings {
            key: Key::parse(key).unwrap(),
            ..ServerSettings::new(Address::parse(&stand_in.url()).unwrap())
        };
        Server::connect(settings, &Watch::default())
    };
    let server = connect("sk-right").unwrap();
    assert_eq!(server.context(), Some(2_048));
    assert!(!format!("{server:?}").contains("sk-right"));
    let wrong = connect("sk-wrong").unwrap_err();
    assert!(matches!(
        &wrong,
        ChatError::Server(ServerError::Key { with_key: true, .. })
    ));
    assert!(!format!("{wrong} {wrong:?}").contains("sk-wrong"), "{wrong}");
    let none = connect("").unwrap_err().to_string();
    assert!(none.contains("asks for a key"), "{none}");
}

#[test]
fn a_redirection_is_not_followed() {
    let other = StandIn::openai(|_| Reply::stream("1. a"));
    let to = format!("{}/v1/chat/completions", other.url());
    for status in [301, 302, 307, 308] {
        let to = to.clone();
        let error = failure(move |_| Reply::new(status, "text/plain", "").with("Location", &to));
        assert!(
            matches!(&error, ServerError::Elsewhere { to, .. } if to.contains("http://127")),
            "{error}"
        );
    }
    assert!(other.asked().is_empty());
}

#[test]
fn errors_say_what_to_do() {
    let cases: [(u16, &str); 5] = [
        (401, "asks for a key"),
        (403, "asks for a key"),
        (404, "has no model \"tagger\""),
        (500, "failed (it broke)"),
        (418, "said 418 (it broke)"),
    ];
    for (status, words) in cases {
        let error = failure(move |_| Reply::error(status, "it broke")).to_string();
        assert!(error.contains(words), "{status}: {error}");
    }
    let page = |_: &Asked| Reply::new(404, "text/html", "<html>404</html>");
    assert!(matches!(failure(page), ServerError::WebPage { .. }));
}

#[test]
fn a_busy_server_is_asked_again() {
    for status in [429, 503] {
        let tries = AtomicUsize::new(0);
        let stand_in = StandIn::openai(move |_| match tries.fetch_add(1, Ordering::Relaxed) {
            0 | 1 => Reply::error(status, "slow down").with("Retry-After", "0"),
            _ => Reply::stream("1. a"),
        });
        assert_eq!(ask(&stand_in).unwrap(), "1. a");
    }
    let error = failure(|_| Reply::error(429, "quota").with("Retry-After", "0"));
    assert!(matches!(error, ServerError::Busy { .. }), "{error}");
    let begun = Instant::now();
    let error = failure(|_| Reply::error(429, "come back tomorrow").with("Retry-After", "86400"));
    assert!(begun.elapsed() < Duration::from_secs(15));
    assert!(
        error
            .to_string()
            .contains("86400 seconds: try again later (come back tomorrow)"),
        "{error}"
    );
}

#[test]
fn a_connection_that_breaks_is_told() {
    for pieces in [0, 1, 4] {
        let error = failure(move |_| Reply::stream(CHINESE).cut_after(pieces));
        assert!(matches!(error, ServerError::CutOff { .. }), "{pieces}: {error}");
    }
    let error = failure(|_| Reply {
        status: 0,
        headers: Vec::new(),
        pieces: Vec::new(),
        is_cut: true,
    });
    assert!(matches!(error, ServerError::CutOff { .. }), "{error}");
}

#[test]
fn nonsense_is_told() {
    for (kind, body) in [
        ("text/plain", "hello there"),
        ("application/json", "{\"hello\": 1}"),
        ("application/json", "[1, 2"),
        ("text/event-stream", "data: {broken\n\n"),
    ] {
        let error = failure(move |_| Reply::new(200, kind, body));
        assert!(matches!(error, ServerError::Nonsense { .. }), "{body}: {error}");
    }
    let error = failure(|_| Reply::new(200, "text/html", "<!doctype html>\n<title>Router</title>"));
    assert!(matches!(error, ServerError::WebPage { .. }), "{error}");
    let error = failure(|_| {
        Reply::new(
            200,
            "text/event-stream",
            "data: {\"error\": {\"message\": \"out of memory\"}}\n\n",
        )
    });
    assert!(error.to_string().contains("failed (out of memory)"), "{error}");
}

#[test]
fn what_is_no_language_server_is_told_at_once() {
    let page = StandIn::new(|_| Reply::new(200, "text/html", "<html>"));
    assert!(matches!(
        connect(&page),
        Err(ChatError::Server(ServerError::WebPage { .. }))
    ));
    let empty = StandIn::new(|_| Reply::json(&json!({ "data": [] })));
    assert!(matches!(
        connect(&empty),
        Err(ChatError::Server(ServerError::NoModels { .. }))
    ));
    let address = StandIn::new(|_| Reply::silent()).url();
    // The stand-in is gone.
    std::thread::sleep(Duration::from_millis(100));
    let settings = ServerSettings::new(Address::parse(&address).unwrap());
    let error = Server::connect(settings, &Watch::default()).unwrap_err();
    assert!(
        matches!(error, ChatError::Server(ServerError::Unreachable { .. })),
        "{error}"
    );
}

#[test]
fn a_server_without_a_list_can_be_asked_for_a_model_by_name() {
    let stand_in = StandIn::new(|asked| match asked.path.as_str() {
        "/v1/chat/completions" => Reply::stream("1. a"),
        _ => Reply::error(404, "not found"),
    });
    let mut settings = ServerSettings::new(Address::parse(&stand_in.url()).unwrap());
    assert!(Server::connect(settings.clone(), &Watch::default()).is_err());
    settings.model = Some("mine".into());
    let mut server = Server::connect(settings, &Watch::default()).unwrap();
    assert_eq!(
        server.answer(&REQUEST, &mut |_| {}, &Watch::default()).unwrap(),
        "1. a"
    );
}

#[test]
fn silence_ends() {
    let begun = Instant::now();
    for reply in [Reply::silent(), Reply::stream(CHINESE).silent_after(4)] {
        let error = failure(move |_| reply.clone());
        assert!(matches!(error, ServerError::Silent { .. }), "{error}");
    }
    assert!(begun.elapsed() < Duration::from_secs(15));
}

#[test]
fn a_slow_answer_is_not_silence() {
    let stand_in = StandIn::openai(|_| {
        let mut reply = Reply::stream("1. a, and so on");
        for place in [2, 4, 6, 8] {
            reply
                .pieces
                .insert(place, Piece::Wait(Duration::from_millis(200)));
        }
        reply
    });
    assert_eq!(ask(&stand_in).unwrap(), "1. a, and so on");
}

#[test]
fn a_silent_server_is_left_at_once_and_hears_of_it() {
    for reply in [Reply::silent(), Reply::stream(CHINESE).silent_after(4)] {
        let stand_in = StandIn::openai(move |_| reply.clone());
        let mut server = connect(&stand_in).unwrap();
        server.line.silence = Duration::from_secs(60);
        let watch = Watch::default();
        let other = watch.clone();
        let canceller = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(200));
            other.cancel();
            Instant::now()
        });
        let error = server.answer(&REQUEST, &mut |_| {}, &watch).unwrap_err();
        let (left, cancelled) = (Instant::now(), canceller.join().unwrap());
        assert!(matches!(error, ChatError::Cancelled(_)), "{error}");
        assert!(
            left - cancelled < Duration::from_millis(200),
            "{:?}",
            left - cancelled
        );
        std::thread::sleep(Duration::from_millis(200));
        assert!(stand_in.hung_up().is_some(), "the connection is closed");
    }
}

#[test]
fn estimates_of_tokens_are_rather_too_high() {
    let stand_in = StandIn::openai(|_| Reply::silent());
    let server = connect(&stand_in).unwrap();
    let english = "The quick brown fox jumps over the lazy dog";
    assert!((9..20).contains(&server.count(english)));
    assert!((6..12).contains(&server.count("老年人接种疫苗")));
    assert_eq!(server.count(""), 0);
}

/// What becomes of a cluster when the server gives these answers in turn, the last again and again.
fn tagged(answers: &'static [&'static str]) -> (Result<ClusterTags, TaggingError>, usize) {
    let asked = AtomicUsize::new(0);
    let stand_in = StandIn::openai(move |_| {
        let answer = asked.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1);
        Reply::stream(answers[answer])
    });
    let material = Material {
        cluster: ClusterId(1),
        captions: vec!["老年人要接种疫苗".into()],
        descriptions: vec!["a man in a suit".into()],
    };
    let settings = TaggingSettings::new(Language::Chinese);
    let mut server = connect(&stand_in).unwrap();
    let tags = tag_cluster(&mut server, &material, &settings, &mut |_| {}, &Watch::default());
    (tags, stand_in.questions().len())
}

#[test]
fn whatever_a_server_says_there_are_ten_tags_or_a_clear_error() {
    const NINE: &str = "1. a\n2. b\n3. c\n4. d\n5. e\n6. f\n7. g\n8. h\n9. i";
    const REPEATED: &str = "口罩、口罩、口罩、口罩、口罩、口罩、口罩、口罩、口罩、口罩";
    let (tags, asked) = tagged(&[CHINESE]);
    assert_eq!((tags.unwrap().tags[9].text.as_str(), asked), ("隔离", 1));
    let (tags, asked) = tagged(&[NINE, CHINESE]);
    assert_eq!((tags.unwrap().tags.len(), asked), (10, 2));
    for (answer, words) in [
        (NINE, "holds 9 different tags in place of 10"),
        (
            REPEATED,
            "holds 1 different tag in place of 10, besides 9 tags said before",
        ),
        ("抱歉，我不能回答。", "holds no list of tags"),
        ("", "is empty"),
    ] {
        let (tags, asked) = tagged(Box::leak(Box::new([answer])));
        let error = tags.unwrap_err().to_string();
        assert!(
            error.starts_with("cluster 2 is not tagged") && error.contains(words),
            "{error}"
        );
        assert_eq!(asked, 2);
    }
    let many: Vec<String> = (1..=400).map(|row| format!("{row}. 标签词{row}")).collect();
    let (tags, asked) = tagged(Box::leak(Box::new([&*many.join("\n").leak()])));
    assert_eq!((tags.unwrap().tags[9].text.as_str(), asked), ("标签词10", 1));
}
