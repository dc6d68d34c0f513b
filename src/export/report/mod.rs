//! A report that anybody can open: one HTML page that needs no other file and no connection, and runs no script.

mod page;
mod sections;

use super::ExportError;
use super::methods::Methods;
use super::picture::Pictures;
use super::study::Study;
use crate::jobs::Watch;
use crate::project::files::write_whole;
use page::Page;
use std::path::Path;

/// Writes the report as one `.html` file.
///
/// # Errors
/// As [`report`], or when the file cannot be written; what was there before is then untouched.
pub fn write_report(
    path: &Path,
    study: &Study,
    methods: &Methods,
    pictures: &mut Pictures,
    watch: &Watch,
) -> Result<(), ExportError> {
    let page = report(study, methods, pictures, watch)?;
    Ok(write_whole(path, |file| file.write_all(page.as_bytes()))?)
}

/// The report: what the video is, its ribbon, each cluster with its tags, typical frames, captions and times, the map
/// and the plots for choosing k, the transcript, and the methods. Plots that cannot be drawn are left out. It is light or
/// dark as the reader's system is, and can be printed. Typical frames are those that the study names.
///
/// # Errors
/// When no clusters are chosen yet, or the work is cancelled. Where pictures cannot be read the report says so.
pub fn report(
    study: &Study,
    methods: &Methods,
    pictures: &mut Pictures,
    watch: &Watch,
) -> Result<String, ExportError> {
    study.assignment()?;
    watch.say("writing the report");
    let mut page = Page::new(&study.project.manifest.name);
    sections::head(&mut page, study);
    sections::overview(&mut page, study);
    sections::clusters(&mut page, study, pictures, watch)?;
    sections::plots(&mut page, study);
    sections::transcript(&mut page, study);
    sections::methods(&mut page, methods);
    Ok(page.finish())
}

#[cfg(test)]
mod tests {
    use super::super::methods::methods;
    use super::super::picture::tests::plain;
    use super::super::sample_study::project;
    use super::*;
    use crate::project::PairIndex;

    fn written(pictures: &mut Pictures) -> String {
        let mut project = project();
        project.manifest.name = "风暴 <b>\"x\"</b> & sea".into();
        let mut study = Study::of(&project);
        study.clusters[0].name = "<img src=x onerror=alert(1)>".into();
        study.clusters[1].tags = vec!["</style><script>alert(2)</script>".into()];
        study.clusters[0].typical = vec![PairIndex(1), PairIndex(4)];
        report(&study, &methods(&study, &[]), pictures, &Watch::default()).unwrap()
    }

    #[test]
    fn whatever_words_hold_they_stay_words() {
        let html = written(&mut |_, width| Ok(plain(width, 10, [9, 9, 9])));
        assert!(
            !html.contains("<script") && !html.contains("<img src=x") && !html.contains("<b>\"x\""),
            "{html}"
        );
        assert!(html.contains("a &lt;script&gt;alert(1)&lt;/script&gt; storm"));
        assert!(html.contains("疫苗 &amp; 接种") && html.contains("<title>风暴 &lt;b&gt;"));
        assert!(html.contains("script-src") || html.contains("default-src 'none'"));
    }

    #[test]
    fn it_needs_no_other_file() {
        let html = written(&mut |_, width| Ok(plain(width, 10, [9, 9, 9])));
        assert_eq!(html.matches("<img src=\"data:image/jpeg;base64,").count(), 2);
        for outside in [
            "src=\"http",
            "href=\"http",
            "url(",
            "@import",
            "<link",
            "src=\"/",
            "src=\".",
        ] {
            assert!(!html.contains(outside), "{outside}");
        }
        // Every element that was begun is ended.
        for element in [
            "main", "section", "figure", "svg", "ul", "li", "dl", "table", "article",
        ] {
            let begun =
                html.matches(&format!("<{element}>")).count() + html.matches(&format!("<{element} ")).count();
            assert_eq!(begun, html.matches(&format!("</{element}>")).count(), "{element}");
        }
    }

    #[test]
    fn without_pictures_it_says_why_and_holds_the_rest() {
        let html = written(&mut |_, _| {
            Err(ExportError::Picture {
                what: "the video is gone".into(),
            })
        });
        assert!(html.contains("the video is gone") && html.contains("Cluster 2"));
        assert!(!html.contains("<img"));
    }

    #[test]
    fn clusters_are_needed_and_it_can_be_stopped() {
        let mut project = project();
        let watch = Watch::default();
        watch.cancel();
        let mut pictures = |_, width: u32| Ok(plain(width, 10, [9; 3]));
        let mut study = Study::of(&project);
        study.clusters[0].typical = vec![PairIndex(1)];
        let methods = methods(&study, &[]);
        assert!(matches!(
            report(&study, &methods, &mut pictures, &watch),
            Err(ExportError::Cancelled(_))
        ));
        project.run.as_mut().unwrap().assignment = None;
        let study = Study::of(&project);
        let none = report(&study, &methods, &mut pictures, &Watch::default());
        assert!(matches!(none, Err(ExportError::NoClusters)));
    }
}
