//! Where a journal lies: `sqlite:PATH` or `nats://HOST:PORT`.

use std::{fmt, path::PathBuf, str::FromStr};

/// Where a journal lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum JournalAddress {
    /// One file, one process.
    Sqlite(PathBuf),
    /// A NATS server or cluster, by its URL.
    Nats(String),
}

impl FromStr for JournalAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            Some(("nats" | "tls", rest)) if rest.len() > 2 && rest.starts_with("//") => {
                Ok(Self::Nats(text.to_owned()))
            }
            _ => Err("must be sqlite:PATH or nats://HOST:PORT".to_owned()),
        }
    }
}

impl fmt::Display for JournalAddress {
    /// As it was given, without a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Nats(url) => match (url.find("//"), url.rfind('@')) {
                (Some(slashes), Some(at)) if slashes < at => {
                    write!(f, "{}…{}", &url[..slashes + 2], &url[at..])
                }
                _ => f.write_str(url),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_its_backend() {
        assert_eq!("sqlite:a/b".parse(), Ok(JournalAddress::Sqlite("a/b".into())));
        assert_eq!("nats://x:1".parse(), Ok(JournalAddress::Nats("nats://x:1".to_owned())));
        for bad in ["", "sqlite:", "nats:", "nats://", "postgres://x", "data/journal.sqlite"] {
            assert!(bad.parse::<JournalAddress>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let address: JournalAddress = "nats://user:secret@x:4222".parse().unwrap();

        assert_eq!(address.to_string(), "nats://…@x:4222");
    }
}
