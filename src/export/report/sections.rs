//! The parts of the report.

use super::super::ExportError;
use super::super::cluster_plot::{ClusterPlot, ClusterPlotStyle};
use super::super::figure::Theme;
use super::super::methods::Methods;
use super::super::picture::Pictures;
use super::super::study::{ClusterFacts, PairFacts, Stretch, Study};
use super::super::svg::{hex, jpeg_address};
use super::page::{Page, words};
use crate::jobs::Watch;
use crate::project::{ClusterId, Seconds};
use std::fmt::Write as _;
use time::OffsetDateTime;

/// Columns of a typical frame: sharp on a fine screen, and a few tens of kilobytes.
const FRAME_WIDTH: u32 = 440;

/// Captions that are shown of a cluster, and of the transcript.
const CAPTIONS: usize = 8;
const TRANSCRIPT: usize = 160;

/// Times that are named of a cluster.
const TIMES: usize = 12;

/// Title and what the video is.
pub fn head(page: &mut Page, study: &Study) {
    let manifest = &study.project.manifest;
    page.put(format_args!("<h1>{}</h1>", words(&manifest.name)));
    let mut facts = Vec::new();
    if let Some(video) = &manifest.video {
        let name = video.path.file_name().unwrap_or_default().to_string_lossy();
        facts.push(words(&name));
        facts.push(format!("{} × {} pixels", video.width, video.height));
        facts.push(format!("{:.4} frames a second", video.frame_rate).replace(".0000", ""));
    }
    if let Some(source) = &manifest.captions {
        let name = source.file.file_name().unwrap_or_default().to_string_lossy();
        facts.push(format!(
            "{} captions from {}",
            manifest.language.name(),
            words(&name)
        ));
    }
    if !study.project.studied_companions().is_empty() {
        facts.push(format!("pairs of {}", words(&by_source(study, &study.pairs()))));
    }
    page.put(format_args!("<p class=\"weak\">{}</p>", facts.join(" · ")));
    let shots = if study.cuts.is_empty() {
        0
    } else {
        study.cuts.len() + 1
    };
    let figures = [
        (clock(study.end()), "length"),
        (study.project.track.cues.len().to_string(), "captions"),
        (study.project.studied().len().to_string(), "pairs"),
        (study.clusters.len().to_string(), "clusters"),
        (shots.to_string(), "shots"),
    ];
    page.put("<ul class=\"figures\">");
    for (value, name) in figures.iter().filter(|(value, _)| value != "0") {
        page.put(format_args!(
            "<li><strong>{value}</strong><span class=\"weak small\">{name}</span></li>"
        ));
    }
    page.put("</ul>");
}

/// The ribbon, and the clusters by size.
pub fn overview(page: &mut Page, study: &Study) {
    plot(page, study, ClusterPlot::Ribbon);
    page.put("<h2>Clusters</h2>\n<div class=\"card\"><table class=\"contents\">");
    let pairs = study.pairs();
    for (place, cluster) in study.clusters.iter().enumerate() {
        let share = share(members(&pairs, place).count(), pairs.len());
        let tags: Vec<&str> = cluster.tags.iter().take(4).map(String::as_str).collect();
        page.put(format_args!(
            "<tr><td>{}<a href=\"#cluster-{}\">{}</a></td><td class=\"weak\"{}>{}</td><td class=\"bar\">\
             <span style=\"width:{share:.1}%;background:{}\"></span></td><td class=\"number\">{share:.1} %</td></tr>",
            swatch(cluster),
            place + 1,
            words(&cluster.name),
            language(study),
            words(&tags.join(", ")),
            hex(cluster.colour)
        ));
    }
    let none = pairs.iter().filter(|facts| facts.cluster.is_none()).count();
    if none > 0 {
        let share = share(none, pairs.len());
        page.put(format_args!(
            "<tr><td colspan=\"3\" class=\"weak\">in no cluster</td><td class=\"number\">{share:.1} %</td></tr>"
        ));
    }
    page.put("</table></div>");
}

/// Each cluster with what it holds.
pub fn clusters(
    page: &mut Page,
    study: &Study,
    pictures: &mut Pictures,
    watch: &Watch,
) -> Result<(), ExportError> {
    let pairs = study.pairs();
    let stretches = study.stretches();
    let wanted: usize = study.clusters.iter().map(|cluster| cluster.typical.len()).sum();
    let mut done = 0_usize;
    let mut trouble = None;
    for (place, cluster) in study.clusters.iter().enumerate() {
        page.put(format_args!(
            "<article class=\"card cluster\" id=\"cluster-{}\" style=\"--mark:{}\">",
            place + 1,
            hex(cluster.colour)
        ));
        let count = members(&pairs, place).count();
        page.put(format_args!(
            "<header><h3>{}</h3><span class=\"weak\">{count} of {} pairs, {:.1} %{}</span></header>",
            words(&cluster.name),
            pairs.len(),
            share(count, pairs.len()),
            match by_source(study, members(&pairs, place)) {
                of if of.is_empty() => of,
                of => format!(": {}", words(&of)),
            }
        ));
        tags(page, study, cluster, place);
        let own: Vec<&Stretch> = stretches
            .iter()
            .filter(|stretch| stretch.cluster.index() == place)
            .collect();
        when(page, study, cluster, &own);
        let mut frames = String::new();
        for pair in &cluster.typical {
            watch.check()?;
            watch.report(done as u64, wanted as u64);
            done += 1;
            if trouble.is_some() {
                break;
            }
            let Some(facts) = pairs.get(pair.index()) else {
                continue;
            };
            match pictures(*pair, FRAME_WIDTH).and_then(|picture| Ok((picture.size(), picture.jpeg()?))) {
                Ok((size, jpeg)) => frame(&mut frames, study, facts, size, &jpeg),
                Err(error @ ExportError::Cancelled(_)) => return Err(error),
                Err(error) => trouble = Some(error.to_string()),
            }
        }
        if !frames.is_empty() {
            page.put(format_args!(
                "<h4>Nearest to its middle</h4>\n<div class=\"frames\">\n{frames}</div>"
            ));
        }
        captions(page, study, &pairs, place);
        page.put("</article>");
    }
    if let Some(trouble) = trouble {
        page.put(format_args!(
            "<p class=\"weak\">There are no frames in this report: {}.</p>",
            words(&trouble)
        ));
    }
    Ok(())
}

/// How many pairs are of each video, in words; empty where there is only one.
fn by_source<'a>(study: &Study, pairs: impl IntoIterator<Item = &'a PairFacts<'a>>) -> String {
    let names = study.project.source_names();
    let mut counts = vec![0_usize; names.len()];
    for facts in pairs {
        if let Some(count) = counts.get_mut(facts.source.index()) {
            *count += 1;
        }
    }
    let of = names.iter().zip(counts).filter(|_| names.len() > 1);
    let of: Vec<String> = of.map(|(name, count)| format!("{name} {count}")).collect();
    of.join(", ")
}

/// The name of the video of a pair, before its time; empty where it is the own one.
fn before_time(study: &Study, facts: &PairFacts) -> String {
    if facts.source.is_own() {
        String::new()
    } else {
        format!("{} ", words(study.source_name(facts.source)))
    }
}

/// The tags, each with the number of pairs that speak for it.
fn tags(page: &mut Page, study: &Study, cluster: &ClusterFacts, place: usize) {
    if cluster.tags.is_empty() {
        return;
    }
    let known = study.project.run.iter().flat_map(|run| &run.tags);
    let known: Vec<_> = known
        .filter(|tags| tags.cluster == ClusterId::from(place))
        .flat_map(|tags| &tags.tags)
        .collect();
    page.put(format_args!("<ul class=\"tags\"{}>", language(study)));
    for tag in &cluster.tags {
        let evidence = known
            .iter()
            .find(|known| known.text == *tag)
            .map_or(0, |known| known.evidence.len());
        let count = if evidence > 0 {
            format!(" <small>{evidence}</small>")
        } else {
            String::new()
        };
        page.put(format_args!("<li>{}{count}</li>", words(tag)));
    }
    page.put("</ul>");
}

/// When the cluster occurs: a strip of the whole video, and the times.
fn when(page: &mut Page, study: &Study, cluster: &ClusterFacts, own: &[&Stretch]) {
    let end = study.end().0.max(f64::MIN_POSITIVE);
    let (colour, mut blocks) = (hex(cluster.colour), String::new());
    for stretch in own {
        let (from, length) = (
            stretch.span.start.0 / end * 1000.0,
            stretch.span.length().0 / end * 1000.0,
        );
        let _ = write!(
            blocks,
            "<rect x=\"{from:.2}\" y=\"0\" width=\"{length:.2}\" height=\"10\" fill=\"{colour}\"><title>{}</title></rect>",
            times(stretch)
        );
    }
    let total: f64 = own.iter().map(|stretch| stretch.span.length().0).sum();
    page.put(format_args!(
        "<h4>When it occurs: {} in all</h4>",
        clock(Seconds(total))
    ));
    page.put(format_args!(
        "<svg class=\"when\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"When {} occurs\">{blocks}</svg>",
        words(&cluster.name)
    ));
    let mut named: Vec<String> = own.iter().take(TIMES).map(|stretch| times(stretch)).collect();
    if own.len() > TIMES {
        named.push(format!("and {} more", own.len() - TIMES));
    }
    page.put(format_args!("<p class=\"weak small\">{}</p>", named.join(", ")));
}

fn frame(frames: &mut String, study: &Study, facts: &PairFacts, [width, height]: [u32; 2], jpeg: &[u8]) {
    let _ = writeln!(
        frames,
        "<figure><img src=\"{}\" width=\"{width}\" height=\"{height}\" alt=\"Frame at {}\"><figcaption{}>\
         <span class=\"time\">{}{}</span>{}</figcaption></figure>",
        jpeg_address(jpeg),
        facts.time,
        language(study),
        before_time(study, facts),
        clock(facts.time),
        words(facts.caption)
    );
}

/// Captions from all over the cluster, in order of time.
fn captions(page: &mut Page, study: &Study, pairs: &[PairFacts], place: usize) {
    let own: Vec<&PairFacts> = members(pairs, place)
        .filter(|facts| !facts.caption.trim().is_empty())
        .collect();
    if own.is_empty() {
        return;
    }
    let step = own.len().div_ceil(CAPTIONS);
    let title = if step > 1 {
        format!("Captions, one of every {step}")
    } else {
        "Captions".into()
    };
    page.put(format_args!(
        "<h4>{title}</h4>\n<ul class=\"lines\"{}>",
        language(study)
    ));
    for facts in own.iter().step_by(step) {
        line(page, "", facts.time, facts.caption);
    }
    page.put("</ul>");
}

/// The map, and the plots that help to choose k.
pub fn plots(page: &mut Page, study: &Study) {
    page.put("<h2>Map</h2>");
    plot(page, study, ClusterPlot::Map);
    page.put("<h2>Number of clusters</h2>\n<div class=\"two\">");
    for kind in [
        ClusterPlot::Elbow,
        ClusterPlot::Cross,
        ClusterPlot::Silhouette,
        ClusterPlot::Populations,
    ] {
        plot(page, study, kind);
    }
    page.put("</div>");
}

/// A plot with how to read it; nothing where it cannot be drawn.
fn plot(page: &mut Page, study: &Study, kind: ClusterPlot) {
    let style = ClusterPlotStyle {
        theme: Theme::Page,
        untitled: true,
        small: true,
    };
    if let Ok(svg) = kind.svg(study, &style) {
        page.put(format_args!(
            "<figure class=\"plot\"><figcaption class=\"small\"><b>{}</b><span class=\"weak\">{}</span></figcaption>\n{svg}</figure>",
            words(kind.title()),
            words(kind.reading())
        ));
    }
}

/// The first captions of the video, each with the colour of the cluster at its moment.
pub fn transcript(page: &mut Page, study: &Study) {
    let project = study.project;
    let cues = &project.track.cues;
    if cues.is_empty() {
        return;
    }
    let stretches = study.stretches();
    page.put(format_args!(
        "<h2>Transcript</h2>\n<div class=\"card\"><ul class=\"lines\"{}>",
        language(study)
    ));
    for cue in cues.iter().take(TRANSCRIPT) {
        let time = project.manifest.pairing.placed(cue.start);
        let begun = stretches.partition_point(|stretch| stretch.span.start <= time);
        let at = begun.checked_sub(1).and_then(|last| stretches.get(last));
        let at = at
            .filter(|stretch| time < stretch.span.end)
            .map(|stretch| stretch.cluster);
        // Without cluster, as much room.
        let mark = study
            .cluster(at)
            .map_or("<span class=\"swatch\"></span>".into(), swatch);
        line(page, &mark, time, &cue.text);
    }
    page.put("</ul>");
    if cues.len() > TRANSCRIPT {
        page.put(format_args!(
            "<p class=\"weak small\">An excerpt: {} more captions follow.</p>",
            cues.len() - TRANSCRIPT
        ));
    }
    page.put("</div>");
}

fn line(page: &mut Page, mark: &str, time: Seconds, caption: &str) {
    page.put(format_args!(
        "<li>{mark}<span class=\"time\">{}</span><span>{}</span></li>",
        clock(time),
        words(caption)
    ));
}

/// How it was made.
pub fn methods(page: &mut Page, methods: &Methods) {
    page.put(format_args!(
        "<h2>Methods</h2>\n<div class=\"card\"><blockquote>{}</blockquote>\n<p class=\"weak small\">{}</p>\n<div class=\"facts\">",
        words(&methods.paragraph),
        words(&methods.citation)
    ));
    for group in &methods.groups {
        page.put(format_args!("<section><h4>{}</h4><dl>", words(&group.title)));
        for (name, value) in &group.facts {
            page.put(format_args!("<dt>{}</dt><dd>{}</dd>", words(name), words(value)));
        }
        page.put("</dl></section>");
    }
    page.put("</div></div>");
    let today = OffsetDateTime::now_utc().date();
    page.put(format_args!(
        "<footer>Written by Frameloom {} on {today}. This page needs no connection and no other file.</footer>",
        env!("CARGO_PKG_VERSION")
    ));
}

fn members<'a, 'b>(pairs: &'a [PairFacts<'b>], cluster: usize) -> impl Iterator<Item = &'a PairFacts<'b>> {
    pairs
        .iter()
        .filter(move |facts| facts.cluster == Some(ClusterId::from(cluster)))
}

/// In per cent.
fn share(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

fn swatch(cluster: &ClusterFacts) -> String {
    format!(
        "<span class=\"swatch\" style=\"background:{}\" title=\"{}\"></span>",
        hex(cluster.colour),
        words(&cluster.name)
    )
}

fn times(stretch: &Stretch) -> String {
    format!("{}–{}", clock(stretch.span.start), clock(stretch.span.end))
}

/// A time to the second.
fn clock(time: Seconds) -> String {
    let shown = Seconds(time.0.round()).to_string();
    shown.trim_end_matches(".0").to_owned()
}

/// Says that words are of the project's language, so that Chinese is drawn with its own forms of letters.
fn language(study: &Study) -> String {
    format!(" lang=\"{}\"", study.project.manifest.language.code())
}
