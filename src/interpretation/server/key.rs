use super::ServerError;
use std::fmt;

/// The key that a server asks for. It is never shown, logged or written with a project.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// A key as it is typed; none where nothing is.
    ///
    /// # Errors
    /// When it holds characters that no key has, such as spaces or line breaks inside.
    pub fn parse(text: &str) -> Result<Option<Self>, ServerError> {
        let key = text.trim();
        if key.is_empty() {
            return Ok(None);
        }
        if !key.chars().all(|c| c.is_ascii_graphic()) {
            return Err(ServerError::KeyForm);
        }
        Ok(Some(Self(key.to_owned())))
    }

    /// What is sent to the server.
    pub(super) fn authorization(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// The text without the key, should a server say it back.
    pub(super) fn hidden_in(&self, text: &str) -> String {
        text.replace(&self.0, "(key)")
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(hidden)")
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(key)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_never_shown() {
        let key = Key::parse(" sk-secret\n").unwrap().unwrap();
        assert_eq!(key.authorization(), "Bearer sk-secret");
        let shown = format!(
            "{key} {key:?} {:?} {}",
            Some(&key),
            key.hidden_in("no sk-secret here")
        );
        assert!(!shown.contains("secret"), "{shown}");
    }

    #[test]
    fn what_no_key_can_be_is_refused_without_showing_it() {
        assert_eq!(Key::parse("  ").unwrap(), None);
        for text in ["a b", "a\nb", "钥匙"] {
            let error = Key::parse(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains(text), "{error}");
        }
    }
}
