//! GB18030 or Big5: nearly every file in one of them is also valid in the other, where it is nonsense of rare
//! characters. So the one wins in which more of the characters are common ones.

use super::guess::{alternatives, strictly};
use super::{Decoded, shown};
use encoding_rs::{BIG5, Encoding, GB18030};

/// The hanzi that half of any Chinese text is made of, simplified and traditional.
const COMMON: &str = "的一是不了在人有我他这这個个们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于於\
    着著下自之年过過发發后後作里裡用道行所然家种種事成方多经經么麼去法学學如都同现現当當没沒动動面起看定天分还還进進\
    好小部其些主样樣理心她本前开開但因只从從想实實日军軍者意无無力它与與长長把机機十民第公此已工使情明性知全三又关關\
    点點正业業外将將两兩高间間由问問很最重并並物手应應向头頭文体體政美相见見被利什二等产產或新己制身果加西月话話合回\
    特代内內信表化老给給世位次度门門任常先海通教儿兒原东東声聲提立及比员員解水名真论論处處走义義各入几幾口认認条條平\
    系氣气题題活尔爾更别別打女变變四神总總何电電数數安少报報才结結反受目太量再感建务務做接必场場件计計管期市直德资資\
    命山金指克许許统統区區保至队隊形社便空决決治展马馬科司五基眼书書非则則听聽却卻界达達光放强強即像难難且权權思王\
    完设設式色路记記南品住告类類求据據程北边邊死张張该該交规規万萬取拉格望觉覺术術领領共确確传傳师師观觀清今切院让\
    讓识識候带帶导導争爭运運吗嗎呢吧您谢謝请請";

/// Guesses, and says so where the text is too short or too strange to be sure.
pub(super) fn guess(bytes: &[u8]) -> Option<Decoded> {
    let [gb18030, big5] = [GB18030, BIG5].map(|encoding| Reading::of(bytes, encoding));
    let (best, other) = match (gb18030, big5) {
        (Some(gb18030), Some(big5)) if big5.score > gb18030.score => (big5, Some(gb18030)),
        (Some(gb18030), big5) => (gb18030, big5),
        (None, big5) => (big5?, None),
    };
    let is_close = other.is_some_and(|other| best.score < other.score * 2 + 4);
    let mut decoded = best.decoded;
    if is_close || best.is_strange {
        decoded.warning = Some(format!(
            "read as {}, but the text does not show its encoding plainly; it may be {}: look whether it reads well, \
             and choose the encoding if it does not",
            decoded.encoding,
            alternatives(bytes)
        ));
    }
    Some(decoded)
}

/// The bytes as text of one of the encodings.
struct Reading {
    decoded: Decoded,
    /// Three for each common hanzi, one for every other character that is in daily use.
    score: usize,
    /// Less than half of the characters are in daily use.
    is_strange: bool,
}

impl Reading {
    fn of(bytes: &[u8], encoding: &'static Encoding) -> Option<Self> {
        let decoded = strictly(bytes, encoding)?;
        let (all, usual) = usual_pairs(bytes, encoding);
        let common = decoded.text.chars().filter(|c| is_common(*c)).count();
        Some(Self {
            score: usual + common * 2,
            is_strange: usual * 2 < all,
            decoded: Decoded {
                encoding: shown(encoding, false),
                ..decoded
            },
        })
    }
}

fn is_common(c: char) -> bool {
    !c.is_ascii() && COMMON.contains(c)
}

/// How many characters of two bytes there are, and how many of them lie where the table of the encoding has its
/// punctuation and the hanzi in daily use.
fn usual_pairs(bytes: &[u8], encoding: &'static Encoding) -> (usize, usize) {
    let (mut all, mut usual) = (0, 0);
    let mut rest = bytes.iter().copied();
    while let Some(lead) = rest.next() {
        if lead < 0x80 {
            continue;
        }
        let Some(trail) = rest.next() else { break };
        all += 1;
        usual += usize::from(if encoding == GB18030 {
            // GB 2312: symbols in rows A1 to A3, level 1 from B0A1 to D7F9.
            matches!(lead, 0xa1..=0xa3 | 0xb0..=0xd7) && trail >= 0xa1
        } else {
            // Big5: symbols from A140 to A3BF, level 1 from A440 to C67E.
            matches!(lead, 0xa1..=0xc5) || (lead == 0xc6 && trail <= 0x7e)
        });
    }
    (all, usual)
}
