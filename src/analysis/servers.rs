//! Servers of language models, with their keys in the keyring of the system: never in a project, in settings or in a log.

use crate::interpretation::chat::ChatError;
use crate::interpretation::server::{Address, Key, Server, ServerError, ServerSettings};
use crate::jobs::Watch;
use keyring::Entry;

/// What the keyring lists the keys under.
const SERVICE: &str = "frameloom";

/// Finds a server, with the model of this name or the first that it offers where none is named. Where no key is given and the server
/// asks for one, the one that was kept is tried. With `keeps` a key that the server takes is kept.
///
/// # Errors
/// When the address or the key cannot be one, when the server cannot be reached or refuses, and when cancelled.
pub fn connect(
    address: &str,
    model: &str,
    key: Option<&str>,
    keeps: bool,
    watch: &Watch,
) -> Result<Server, ChatError> {
    let typed = key.map(Key::parse).transpose()?.flatten();
    let model = Some(model.trim().to_owned()).filter(|model| !model.is_empty());
    let settings = ServerSettings {
        model,
        key: typed.clone(),
        ..ServerSettings::new(Address::parse(address)?)
    };
    let found = Server::connect(settings.clone(), watch);
    match (found, typed, key) {
        // Only a server that asks for a key is worth a question to the keyring, which may ask for its own password.
        (
            Err(ChatError::Server(ServerError::Key {
                with_key: false,
                server,
                said,
            })),
            None,
            _,
        ) => match kept(address) {
            Some(key) => Server::connect(
                ServerSettings {
                    key: Some(key),
                    ..settings
                },
                watch,
            ),
            None => Err(ServerError::Key {
                with_key: false,
                server,
                said,
            }
            .into()),
        },
        (Ok(server), Some(_), Some(key)) if keeps => {
            keep(address, key.trim());
            Ok(server)
        }
        (found, ..) => found,
    }
}

fn kept(address: &str) -> Option<Key> {
    let text = Entry::new(SERVICE, address).and_then(|entry| entry.get_password());
    text.ok().and_then(|text| Key::parse(&text).ok().flatten())
}

/// A system without a keyring keeps no key: it has to be typed again next time.
fn keep(address: &str, key: &str) {
    let kept = Entry::new(SERVICE, address).and_then(|entry| entry.set_password(key));
    if let Err(error) = kept {
        tracing::info!("the key is not kept, for this system's keyring says: {error}");
    }
}
