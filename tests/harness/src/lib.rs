//! Real things for tests to run against: the `dugnad` binary, a nats-server, other brokers and an SMTP
//! server, each on free ports and in a directory of its own, gone when dropped. And two things that are
//! not real on purpose: a simulated journal that loses answers, delays and conflicts by a seed, and
//! simulated locks.

pub mod amqtt;
pub mod broker;
pub mod clients;
pub mod ground;
pub mod journals;
pub mod locks;
pub mod nats;
pub mod server;
pub mod sim;
pub mod sms;
pub mod smtp;

pub use amqtt::Amqtt;
pub use broker::Broker;
pub use clients::{
    Activities, Caller, Matching, Notices, Organisations, People, Plans, Rides, Rooms, Season,
    Shifts, Solve, Standing,
};
pub use ground::Ground;
pub use journals::journal;
pub use nats::NatsServer;
pub use server::{DugnadServer, Journal};
pub use sim::{Faults, SimJournal};
pub use sms::SmsGateway;
pub use smtp::SmtpServer;

/// Copies a directory with all that is in it.
///
/// # Errors
/// If something cannot be read or written.
pub fn copy_all(from: &std::path::Path, to: &std::path::Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_all(&entry.path(), &to)?;
        } else {
            std::fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

/// Every file below a directory that holds these bytes.
///
/// # Errors
/// If something cannot be read.
pub fn files_with(dir: &std::path::Path, bytes: &[u8]) -> std::io::Result<Vec<std::path::PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files_with(&path, bytes)?);
        } else if std::fs::read(&path)?.windows(bytes.len()).any(|window| window == bytes) {
            found.push(path);
        }
    }
    Ok(found)
}
