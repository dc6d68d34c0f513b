use super::*;
use proptest::prelude::*;

const ENGLISH: [&str; 10] = [
    "vaccine rollout",
    "COVID-19",
    "elderly care",
    "mask mandate",
    "U.S.",
    "1,000 deaths",
    "press briefing",
    "19-year-old",
    "hospital beds",
    "new variant",
];

const CHINESE: [&str; 10] = [
    "疫苗接种",
    "老年人",
    "口罩",
    "和平谈判",
    "新闻发布会",
    "第三针",
    "医院",
    "5G网络",
    "北京",
    "变异毒株",
];

fn ten(answer: &str) -> Vec<String> {
    ten_tags(answer).unwrap_or_else(|error| panic!("{answer}\n{error:?}"))
}

fn marked(tags: &[&str], mark: impl Fn(usize) -> String) -> String {
    let lines = tags.iter().enumerate();
    lines
        .map(|(row, tag)| format!("{}{tag}\n", mark(row + 1)))
        .collect()
}

#[test]
fn numbered_lists_of_every_kind_are_read() {
    for mark in [
        "{}. ",
        "{}) ",
        "{}、",
        "({}) ",
        "（{}）",
        "{}: ",
        "{} - ",
        "**{}.** ",
        "Tag {}: ",
        "标签{}：",
        "  {}.\t",
        "{}.\n   ",
        "> {}. ",
        "- {}. ",
        "{} ",
    ] {
        for tags in [&ENGLISH, &CHINESE] {
            let list = marked(tags, |number| mark.replace("{}", &number.to_string()));
            assert_eq!(ten(&list), *tags, "{list}");
            let chatty =
                format!("Sure, here are 10 tags for cluster 3:\n\n{list}\nI hope this helps, or ask again!");
            assert_eq!(ten(&chatty), *tags, "{chatty}");
        }
    }
    let rings: Vec<char> = "①②③④⑤⑥⑦⑧⑨⑩".chars().collect();
    assert_eq!(
        ten(&marked(&CHINESE, |number| rings[number - 1].to_string())),
        CHINESE
    );
    assert_eq!(ten(&marked(&ENGLISH, |_| "1. ".into())), ENGLISH);
    let hanzi: Vec<char> = "一二三四五六七八九十".chars().collect();
    assert_eq!(
        ten(&marked(&CHINESE, |number| format!("{}、", hanzi[number - 1]))),
        CHINESE
    );
}

#[test]
fn numbers_may_stand_in_one_line() {
    let line = marked(&ENGLISH, |number| format!("{number}. ")).replace('\n', " ");
    assert_eq!(ten(&line), ENGLISH);
    assert_eq!(ten(&format!("Tags: {line}")), ENGLISH);
    let rings: Vec<char> = "①②③④⑤⑥⑦⑧⑨⑩".chars().collect();
    let line = marked(&CHINESE, |number| rings[number - 1].to_string()).replace('\n', "");
    assert_eq!(ten(&line), CHINESE);
}

#[test]
fn bullets_and_bare_lines_are_read() {
    for mark in ["- ", "* ", "• ", "·  ", "– ", "-", "   - ", "✅ ", ""] {
        for tags in [&ENGLISH, &CHINESE] {
            let list = marked(tags, |_| mark.into());
            assert_eq!(ten(&list), *tags, "{list}");
            let chatty = format!(
                "Here are the tags that set this cluster apart:\n\n{list}\nLet me know if you want more."
            );
            assert_eq!(ten(&chatty), *tags, "{chatty}");
        }
    }
    assert_eq!(
        ten(&marked(&ENGLISH, |_| String::new()).replace('\n', "\n\n")),
        ENGLISH
    );
}

#[test]
fn lists_in_a_line_are_read() {
    for separator in [", ", "; ", " | ", " / ", "，", "、", "；", " • ", ",\n"] {
        for tags in [&ENGLISH, &CHINESE] {
            let list = tags.join(separator);
            assert_eq!(ten(&list), *tags, "{list}");
            assert_eq!(ten(&format!("Tags: {list}.")), *tags, "{list}");
            assert_eq!(
                ten(&format!(
                    "好的，以下是十个标签：\n\n{list}\n\n希望对您有帮助，谢谢！"
                )),
                *tags,
                "{list}"
            );
        }
    }
    assert_eq!(ten(&CHINESE.join(" ")), CHINESE);
    assert_eq!(ten("#a1 #b2 #c3 #d4 #e5 #f6 #g7 #h8 #i9 #j10")[9], "j10");
    assert_eq!(ten("a, b, c, d, e, f, g, h, i, and j")[9], "j");
    let halves = format!("{}\n{}", ENGLISH[..5].join(", "), ENGLISH[5..].join(", "));
    assert_eq!(ten(&halves), ENGLISH);
}

#[test]
fn json_of_every_kind_is_read() {
    for tags in [&ENGLISH, &CHINESE] {
        let array = serde_json::to_string(tags).unwrap();
        let objects: Vec<_> = tags
            .iter()
            .map(|tag| serde_json::json!({ "score": "9", "tag": tag }))
            .collect();
        let objects = serde_json::Value::from(objects);
        for json in [
            array.clone(),
            serde_json::to_string_pretty(tags).unwrap(),
            format!(r#"{{"cluster": "1", "tags": {array}}}"#),
            format!(r#"{{"result": {{"标签": {array}}}}}"#),
            objects.to_string(),
            format!(r#"{{"tags": {objects}}}"#),
        ] {
            assert_eq!(ten(&json), *tags, "{json}");
            let fenced = format!("Of course [as asked]:\n```json\n{json}\n```\nThese tags, I think, fit.");
            assert_eq!(ten(&fenced), *tags, "{fenced}");
        }
        let cut = format!("{}, \"one that is cut", array.trim_end_matches(']'));
        assert_eq!(ten(&cut), *tags, "{cut}");
    }
    let fields: serde_json::Map<_, _> = (0..10)
        .map(|row| (row.to_string(), ENGLISH[row].into()))
        .collect();
    assert_eq!(ten(&serde_json::Value::Object(fields).to_string()), ENGLISH);
}

#[test]
fn what_is_around_a_tag_is_taken_off() {
    for around in [
        "\"{}\"",
        "“{}”",
        "「{}」",
        "**{}**",
        "*{}*",
        "`{}`",
        "[{}]",
        "'{}',",
        "\"{}\",",
        "**\"{}\"**",
    ] {
        for tags in [&ENGLISH, &CHINESE] {
            let wrapped: Vec<_> = tags.iter().map(|tag| around.replace("{}", tag)).collect();
            let wrapped: Vec<_> = wrapped.iter().map(String::as_str).collect();
            let list = marked(&wrapped, |number| format!("{number}. "));
            assert_eq!(ten(&list), *tags, "{list}");
        }
    }
}

#[test]
fn explanations_are_left_out() {
    for explained in [
        "**{}**: which is what is said",
        "{} - what all of them speak about",
        "{}：大家都在谈论的事情",
        "**{}** – why not",
    ] {
        for tags in [&ENGLISH, &CHINESE] {
            let items: Vec<_> = tags.iter().map(|tag| explained.replace("{}", tag)).collect();
            let items: Vec<_> = items.iter().map(String::as_str).collect();
            let list = marked(&items, |number| format!("{number}. "));
            assert_eq!(ten(&list), *tags, "{list}");
        }
    }
}

#[test]
fn thoughts_are_not_read() {
    let thoughts = "1. first think\n2. then speak\n[\"a\", \"b\", \"c\"]";
    let list = marked(&ENGLISH, |number| format!("{number}. "));
    assert_eq!(ten(&format!("<think>{thoughts}</think>\n\n{list}")), ENGLISH);
    assert_eq!(ten(&format!("{thoughts}</think>{list}")), ENGLISH);
    assert_eq!(ten_tags("<think>hm, well"), Err(AnswerError::Thoughts));
}

#[test]
fn a_draft_gives_way_to_the_list_that_follows() {
    let draft = marked(&["people", "events", "places"], |number| format!("{number}. "));
    let list = marked(&ENGLISH, |number| format!("{number}. "));
    assert_eq!(ten(&format!("What I look at:\n{draft}\nTags:\n{list}")), ENGLISH);
}

#[test]
fn too_many_are_cut_and_too_few_are_told() {
    let many: Vec<_> = (0..400).map(|row| format!("tag of number {row}")).collect();
    assert_eq!(ten(&many.join("\n")), many[..10]);
    assert_eq!(ten(&many.join(", ")), many[..10]);
    let nine = marked(&ENGLISH[..9], |number| format!("{number}. "));
    let found: Vec<_> = ENGLISH[..9].iter().map(|tag| (*tag).to_owned()).collect();
    let error = ten_tags(&nine).unwrap_err();
    assert_eq!(
        error,
        AnswerError::TooFew {
            found,
            repeated: 0,
            long: 0
        }
    );
    assert_eq!(error.to_string(), "holds 9 different tags in place of 10");
    let one = ENGLISH[..9].join(", ");
    assert!(
        matches!(ten_tags(&format!("Sure, here:\n{one}\nBye, now!")), Err(AnswerError::TooFew { found, .. }) if found.len() == 9)
    );
}

#[test]
fn repeated_tags_and_sentences_do_not_count() {
    let mut tags = ENGLISH;
    tags[8] = "  covid 19";
    tags[9] = "a sentence that goes on and on and says all there is to say";
    let list = marked(&tags, |number| format!("{number}. "));
    let Err(AnswerError::TooFew {
        found,
        repeated,
        long,
    }) = ten_tags(&list)
    else {
        panic!("{list}")
    };
    assert_eq!((found.len(), repeated, long), (8, 1, 1));
    let error = ten_tags(&list).unwrap_err().to_string();
    assert_eq!(
        error,
        "holds 8 different tags in place of 10, besides 1 tag said before and 1 text too long for a tag"
    );
}

#[test]
fn an_answer_without_tags_says_so() {
    assert_eq!(ten_tags(" \n"), Err(AnswerError::Empty));
    assert_eq!(ten_tags("I cannot help you with that."), Err(AnswerError::NoTags));
    assert_eq!(ten_tags("{}[]()***---"), Err(AnswerError::NoTags));
    assert!(ten_tags(&"[".repeat(50_000)).is_err());
    assert!(ten_tags(&"{\"a\":".repeat(20_000)).is_err());
}

/// Pieces that answers are made of, so that chance meets the forms that are looked for.
fn answer() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("1. ".to_owned()),
        Just("2) ".into()),
        Just("③".into()),
        Just("\n".into()),
        Just(", ".into()),
        Just("、".into()),
        Just("- ".into()),
        Just("**".into()),
        Just("\"".into()),
        Just("[\"".into()),
        Just("\",\"".into()),
        Just("\"]".into()),
        Just("{\"tags\":".into()),
        Just("```".into()),
        Just("</think>".into()),
        Just(": ".into()),
        Just("疫苗".into()),
        Just("(".into()),
        Just("\u{202e}".into()),
        "[a-z]{1,8}",
        "\\PC{0,6}",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn there_are_ten_different_tags_or_an_error(answer in answer()) {
        if let Ok(tags) = ten_tags(&answer) {
            prop_assert_eq!(tags.len(), TAGS);
            let keys: BTreeSet<_> = tags.iter().map(|tag| plain::key(tag)).collect();
            prop_assert_eq!(keys.len(), TAGS);
            for tag in &tags {
                prop_assert!(tag.chars().any(char::is_alphanumeric) && tag.chars().count() <= 60, "{}", tag);
                prop_assert!(!tag.chars().any(char::is_control), "{:?}", tag);
            }
        }
    }

    #[test]
    fn ten_clean_tags_are_found_in_any_common_form(
        tags in prop::collection::btree_set("[a-z]{3,9}( [a-z]{3,9})?", 10), form in 0..5,
    ) {
        let tags: Vec<_> = tags.iter().map(String::as_str).collect();
        let text = match form {
            0 => marked(&tags, |number| format!("{number}. ")),
            1 => marked(&tags, |_| "- ".into()),
            2 => tags.join(", "),
            3 => serde_json::to_string(&tags).unwrap(),
            _ => tags.join("\n"),
        };
        let keys: BTreeSet<_> = tags.iter().map(|tag| plain::key(tag)).collect();
        prop_assume!(keys.len() == TAGS && !tags.iter().any(|tag| tag.starts_with("and ")));
        prop_assert_eq!(ten_tags(&text).unwrap(), tags);
    }
}
