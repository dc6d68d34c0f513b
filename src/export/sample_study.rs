//! A small project for tests.

use crate::project::{
    Assignment, CaptionTrack, ClusterId, ClusterTags, ClusteringMethod, Cue, CueId, Embedding2, FrameIndex,
    Latents, Pair, PairIndex, Project, Run, Seconds, SourceIndex, Tag, TrainedOn, VideoInfo,
};
use ndarray::Array2;

/// Six pairs at 0, 2, 4, 6, 8 and 10 of 14 seconds, clusters A A B none A A.
pub fn project() -> Project {
    let texts = [
        "the storm",
        "a <script>alert(1)</script> storm",
        "疫苗 & 接种",
        "",
        "end\tof it",
        "\"quoted\", so",
    ];
    let cues = texts.iter().enumerate().map(|(row, text)| {
        let start = Seconds(row as f64 * 2.0);
        Cue::new(start, start + Seconds(2.5), *text)
    });
    let video = VideoInfo {
        path: "/videos/storm & sea.mp4".into(),
        container: "mp4".into(),
        duration: Seconds(14.0),
        width: 640,
        height: 360,
        rotation: 0,
        frame_rate: 25.0,
        video_codec: "h264".into(),
        pixel_format: "yuv420p".into(),
        audio: None,
        bytes: 1,
    };
    let mut project = Project::new("/projects/storm.frameloom".as_ref(), video);
    project.track = CaptionTrack::new(cues.collect());
    let pair = |row: u32| Pair {
        source: SourceIndex::OWN,
        frame: FrameIndex(row),
        time: Seconds(f64::from(row) * 2.0),
        cue: Some(CueId(row)),
    };
    project.pairs = (0..6).map(pair).collect();
    let tag = |text: &str, evidence: &[u32]| Tag {
        text: text.into(),
        score: 1.0,
        evidence: evidence.iter().copied().map(PairIndex).collect(),
        ..Tag::default()
    };
    let tags = |cluster: u32, tags: Vec<Tag>| ClusterTags {
        cluster: ClusterId(cluster),
        tags,
        model: "keywords".into(),
        ..ClusterTags::default()
    };
    project.run = Some(Run {
        name: "001-fast-seed7".into(),
        on: TrainedOn {
            pairs: project.pairs.clone(),
            texts: texts.map(str::to_owned).to_vec(),
        },
        latents: Some(Latents {
            values: Array2::from_shape_fn((6, 3), |(row, column)| row as f32 + column as f32 / 8.0),
        }),
        assignment: Some(Assignment {
            method: ClusteringMethod::KMeans,
            k: 2,
            seed: 7,
            labels: [Some(0), Some(0), Some(1), None, Some(0), Some(0)]
                .map(|label| label.map(ClusterId))
                .to_vec(),
            centroids: Array2::zeros((2, 3)),
            ..Assignment::default()
        }),
        embedding: Some(Embedding2 {
            perplexity: 2.0,
            seed: 7,
            iterations: 1_000,
            kl_divergence: Some(0.5),
            points: (0..6).map(|row| [row as f32, -0.5 * row as f32]).collect(),
        }),
        tags: vec![
            tags(0, vec![tag("storm", &[0, 1]), tag("weather", &[])]),
            tags(1, vec![tag("疫苗", &[2])]),
        ],
        ..Run::default()
    });
    project
}
