//! How a run of yt-dlp ended, in words of ours.

use super::address::Link;
use super::error::LinkError;
use super::gate::Trouble;
use super::program::Program;
use super::trouble;

/// How a run of yt-dlp ended.
#[derive(Debug)]
pub(super) struct Outcome {
    /// What it told on standard error.
    pub told: String,
    /// Why the gate let something not through.
    pub trouble: Option<Trouble>,
}

impl Outcome {
    /// Why nothing came. The gate knows better than yt-dlp where that only saw a proxy that refuses.
    pub fn into_error(self, program: &Program, link: &Link) -> LinkError {
        self.error_of(program.version(), program.age(), link)
    }

    fn error_of(self, version: &str, age: Option<i64>, link: &Link) -> LinkError {
        let said = trouble::read(&self.told, version, age, link);
        match (self.trouble, &said) {
            (
                Some(trouble),
                LinkError::Forbidden { .. }
                | LinkError::Unreachable { .. }
                | LinkError::Cut { .. }
                | LinkError::Extractor(_)
                | LinkError::Outdated { .. }
                | LinkError::Other(_),
            ) => trouble.into(),
            _ => said,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gate_explains_only_what_it_has_refused() {
        let link = Link::parse("https://video.example/watch?v=abc").unwrap();
        let error = |told: &str, trouble| {
            let outcome = Outcome {
                told: told.into(),
                trouble,
            };
            outcome.error_of("2026.10.26", None, &link)
        };
        let private = || Some(Trouble::Private("router".into()));
        let refused = "ERROR: [generic] abc: Unable to download webpage: HTTP Error 403: Forbidden";
        assert!(matches!(error(refused, private()), LinkError::PrivateAddress(host) if host == "router"));
        assert!(matches!(error(refused, None), LinkError::Forbidden { .. }));
        // A picture at a private address is not why the site wants a sign-in.
        let sign_in = "ERROR: [youtube] abc: Sign in to confirm you're not a bot";
        assert!(matches!(error(sign_in, private()), LinkError::SignIn { .. }));
    }
}
