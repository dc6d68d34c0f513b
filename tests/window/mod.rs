//! The real window under test: opened in a home of its own, waited for, pressed.

use eframe::egui::Vec2;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use frameloom::analysis::Places;
use frameloom::app::App;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The window with everything it keeps under `home`, and a video or project opened.
pub fn window(home: &Path, open: Option<PathBuf>) -> Harness<'static, App> {
    let places = Places::under(home);
    Harness::builder()
        .with_size(Vec2::new(1280.0, 800.0))
        .build_eframe(move |creation| App::new(&creation.egui_ctx, places, open))
}

/// Lets the window live until it is so.
pub fn wait(window: &mut Harness<'_, App>, what: &str, is_so: impl Fn(&App) -> bool) {
    let began = Instant::now();
    while !is_so(window.state()) {
        let notices = &window.state().state().notices;
        assert!(
            began.elapsed() < Duration::from_secs(900),
            "waited in vain for {what}; notices: {notices:?}"
        );
        assert!(!notices.iter().any(|notice| notice.error), "{notices:?}");
        window.step();
        std::thread::sleep(Duration::from_millis(5));
    }
    settle(window);
}

/// Lets what was asked for take effect.
pub fn settle(window: &mut Harness<'_, App>) {
    for _ in 0..4 {
        window.step();
    }
}

/// Clicks on what is named so. What a panel and the strip of jobs both offer is one thing.
pub fn press(window: &mut Harness<'_, App>, label: &str) {
    let button = window.get_all_by_label(label).next();
    button
        .unwrap_or_else(|| panic!("nothing is named {label:?}"))
        .click();
    settle(window);
}
