//! Words that hold a sentence together and say nothing about its subject.

use crate::project::Language;

/// Articles, pronouns, auxiliaries, prepositions and fillers, with what is left of contractions once the apostrophe is
/// split off. In order, to be searched by halves.
#[rustfmt::skip]
const ENGLISH: [&str; 247] = [
    "a", "about", "above", "after", "again", "against", "ago", "all", "almost", "along", "already", "also",
    "although", "always", "am", "among", "an", "and", "another", "any", "anyone", "anything", "are", "aren",
    "around", "as", "at", "away", "back", "be", "because", "been", "before", "being", "below", "between",
    "both", "but", "by", "came", "can", "cannot", "come", "could", "couldn", "d", "did", "didn", "do",
    "does", "doesn", "doing", "don", "done", "down", "during", "each", "either", "else", "enough", "even",
    "ever", "every", "few", "for", "from", "further", "get", "gets", "getting", "give", "given", "go",
    "goes", "going", "gone", "gonna", "got", "had", "has", "hasn", "have", "haven", "having", "he", "her",
    "here", "hers", "herself", "him", "himself", "his", "how", "however", "i", "if", "in", "into", "is",
    "isn", "it", "its", "itself", "just", "know", "let", "like", "ll", "lot", "m", "made", "make", "makes",
    "many", "may", "maybe", "me", "might", "mine", "more", "most", "much", "must", "my", "myself", "never",
    "no", "nor", "not", "now", "of", "off", "oh", "ok", "okay", "on", "once", "one", "ones", "only", "onto",
    "or", "other", "others", "our", "ours", "ourselves", "out", "over", "own", "perhaps", "put", "quite",
    "rather", "re", "really", "right", "s", "said", "same", "say", "says", "see", "seem", "seems", "seen",
    "shall", "she", "should", "shouldn", "since", "so", "some", "something", "still", "such", "t", "take",
    "than", "that", "the", "their", "theirs", "them", "themselves", "then", "there", "these", "they",
    "thing", "things", "think", "this", "those", "though", "through", "to", "too", "toward", "towards",
    "uh", "um", "under", "until", "up", "upon", "us", "use", "used", "ve", "very", "wanna", "want", "wants",
    "was", "wasn", "way", "we", "well", "went", "were", "weren", "what", "whatever", "when", "where",
    "whether", "which", "while", "who", "whom", "whose", "why", "will", "with", "within", "without", "won",
    "would", "wouldn", "yeah", "yes", "yet", "you", "your", "yours", "yourself",
];

/// Particles, pronouns, prepositions, conjunctions, adverbs and modal words. In order of their characters.
#[rustfmt::skip]
const CHINESE: [&str; 240] = [
    "一下", "一个", "一些", "一样", "一点", "一直", "一种", "上", "下", "不", "不会", "不是", "不管", "不能", "不要", "不过", "与", "个",
    "中", "为", "为了", "为什么", "之", "之一", "之前", "之后", "之间", "也", "也是", "也许", "了", "于", "于是", "什么", "仅", "从",
    "他", "他们", "以", "以上", "以下", "以前", "以及", "以后", "以来", "们", "会", "但", "但是", "何", "你", "你们", "使", "例如",
    "假如", "做", "像", "关于", "其", "其中", "其他", "其它", "其实", "内", "再", "几", "刚", "刚刚", "别", "到", "十分", "即使", "去",
    "又", "及", "只", "只是", "只有", "只要", "可以", "可是", "可能", "各", "各种", "同", "向", "吗", "吧", "呀", "呃", "呢", "和",
    "咱们", "哎", "哦", "哪", "哪个", "哪些", "哪里", "啊", "啦", "嗯", "嘛", "因为", "因此", "因而", "在", "地", "外", "多少", "大家",
    "大概", "太", "她", "她们", "好", "好的", "如何", "如果", "它", "它们", "对", "对于", "将", "就", "就是", "尽管", "已", "已经",
    "常常", "并", "并且", "应该", "当", "当时", "当然", "往", "很", "得", "必须", "怎么", "怎么样", "怎样", "总是", "您", "我", "我们",
    "或", "或者", "所", "所以", "才", "把", "按", "按照", "无论", "时候", "是", "是的", "更", "曾", "曾经", "最", "有", "有些", "有的",
    "来", "某", "某些", "根据", "正", "正在", "此", "每", "每个", "比", "比如", "比较", "没", "没有", "然后", "然而", "现在", "由",
    "由于", "的", "的话", "着", "知道", "种", "等", "等等", "经常", "给", "而", "而且", "能", "自己", "至于", "虽然", "被", "要", "要是",
    "觉得", "让", "该", "说", "谁", "跟", "过", "还", "还是", "还有", "这", "这个", "这么", "这些", "这是", "这样", "这种", "这边",
    "这里", "进行", "通过", "那", "那个", "那么", "那些", "那是", "那样", "那种", "那边", "那里", "都", "里", "除了", "除非", "随着", "需要",
    "非常",
];

/// Whether the word, in lower case, is a function word of the language. English ones count as such in Chinese text too.
pub(super) fn is_stop_word(word: &str, language: Language) -> bool {
    // What tokenizers split off at an apostrophe: 's, 're, n't.
    word.contains('\'')
        || ENGLISH.binary_search(&word).is_ok()
        || language == Language::Chinese && CHINESE.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_in_order_without_repeats() {
        assert!(ENGLISH.is_sorted_by(|a, b| a < b));
        assert!(CHINESE.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn function_words_are_told_from_subjects() {
        for word in ["the", "a", "yourself", "don", "ll"] {
            assert!(is_stop_word(word, Language::English), "{word}");
        }
        for word in ["的", "我们", "因为", "the"] {
            assert!(is_stop_word(word, Language::Chinese), "{word}");
        }
        for word in ["vaccine", "new", "疫苗", "老年人"] {
            assert!(!is_stop_word(word, Language::Chinese), "{word}");
        }
    }
}
