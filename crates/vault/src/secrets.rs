//! The master key and the key generations, in files outside the journal and the key store.
//!
//! `DIR/master.key` (unless the master key comes from elsewhere) and one `DIR/generation-<n>.key`
//! for each generation that may still be in use, mode 0600. A generation's file holds 64
//! hexadecimal digits of its secret and 16 by which a wrong master key is told. Several processes
//! may share the directory; a file appears whole or not at all.
//!
//! Overwriting a file destroys it on file systems that write in place. On others (copy on write,
//! snapshots), and on flash with spare blocks, put the directory where blocks are encrypted or lie
//! in memory.

use std::{
    collections::BTreeMap,
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Arc, RwLock},
};

use zeroize::Zeroizing;

use crate::{OpenError, VaultError, wrap::random};

/// Where the master key comes from.
#[derive(Clone)]
pub enum Master {
    /// `master.key` in the directory of secrets, made on first use.
    Made,
    /// A file with 64 hexadecimal digits.
    File(PathBuf),
    /// The 64 hexadecimal digits themselves.
    Hex(Zeroizing<String>),
}

impl Master {
    /// Reads a setting such as `DUGNAD_MASTER_KEY`: 64 hexadecimal digits, or else the path of a
    /// file that holds them; unset or empty, [`Master::Made`].
    #[must_use]
    pub fn from_setting(setting: Option<&str>) -> Self {
        match setting.map(str::trim) {
            None | Some("") => Self::Made,
            Some(text) if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) => {
                Self::Hex(Zeroizing::new(text.to_owned()))
            }
            Some(path) => Self::File(path.into()),
        }
    }
}

impl fmt::Debug for Master {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Made => f.write_str("Made"),
            Self::File(path) => write!(f, "File({})", path.display()),
            Self::Hex(_) => f.write_str("Hex(..)"),
        }
    }
}

/// A master key was made on first use. `Display` says where it lies and what that means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterKeyMade(
    /// The file.
    pub PathBuf,
);

impl fmt::Display for MasterKeyMade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(path) = self;
        write!(
            f,
            "made a master key in {}: without its directory nobody can read the personal data; \
             keep it out of the backups of journal and key store",
            path.display()
        )
    }
}

/// One key generation: what wraps the keys.
pub(crate) struct Generation {
    pub(crate) number: u32,
    pub(crate) wrapping: Zeroizing<[u8; 32]>,
}

/// The master key and the generations there are.
pub(crate) struct Secrets {
    dir: PathBuf,
    master: Zeroizing<[u8; 32]>,
    /// Never empty.
    generations: RwLock<BTreeMap<u32, Arc<Generation>>>,
}

impl Secrets {
    /// Reads the secrets in `dir`; makes what is missing if `fresh` says that no key needs it.
    pub(crate) fn open(
        dir: &Path,
        master: &Master,
        fresh: bool,
    ) -> Result<(Self, Option<MasterKeyMade>), OpenError> {
        private_dir(dir).map_err(|error| OpenError::file(dir, &error))?;
        let (master, made) = read_master(dir, master, fresh)?;
        let secrets = Self { dir: dir.to_owned(), master, generations: RwLock::default() };
        secrets.read_again()?;
        if secrets.read().is_empty() {
            if !fresh {
                return Err(OpenError::SecretsMissing(dir.to_owned()));
            }
            secrets.make_file(1)?;
            secrets.read_again()?;
        }
        Ok((secrets, made))
    }

    /// The generation that new keys are wrapped by.
    pub(crate) fn newest(&self) -> Result<Arc<Generation>, VaultError> {
        self.read().values().next_back().cloned().ok_or_else(|| {
            VaultError::Unavailable(format!("no generation is left in {}", self.dir.display()))
        })
    }

    pub(crate) fn get(&self, number: u32) -> Option<Arc<Generation>> {
        self.read().get(&number).cloned()
    }

    pub(crate) fn numbers(&self) -> Vec<u32> {
        self.read().keys().copied().collect()
    }

    /// Sees what other processes made or destroyed.
    pub(crate) fn refresh(&self) -> Result<(), VaultError> {
        self.read_again().map_err(|error| VaultError::Unavailable(error.to_string()))
    }

    /// Makes a generation after all others, durable when this returns. One that another process
    /// made just now is as good.
    pub(crate) fn make_next(&self) -> Result<Arc<Generation>, VaultError> {
        self.refresh()?;
        let number = self.newest()?.number + 1;
        self.make_file(number).map_err(|error| VaultError::Unavailable(error.to_string()))?;
        self.refresh()?;
        self.newest()
    }

    /// Destroys every generation before `number`.
    pub(crate) fn destroy_before(&self, number: u32) -> Result<(), VaultError> {
        for old in self.numbers().into_iter().filter(|old| *old < number) {
            let path = self.path(old);
            destroy(&path).map_err(|error| {
                VaultError::Unavailable(format!("destroying {}: {error}", path.display()))
            })?;
        }
        self.refresh()
    }

    fn path(&self, number: u32) -> PathBuf {
        self.dir.join(format!("generation-{number}.key"))
    }

    fn read_again(&self) -> Result<(), OpenError> {
        let numbers = self.list().map_err(|error| OpenError::file(&self.dir, &error))?;
        let newest = numbers.last().copied();
        let mut generations = self.read().clone();
        generations.retain(|number, _| numbers.contains(number));
        for number in numbers.into_iter() {
            if generations.contains_key(&number) {
                continue;
            }
            match self.read_generation(number) {
                Ok(generation) => drop(generations.insert(number, generation.into())),
                // Overwritten, and the process that did it ended before it could remove it.
                Err(_) if Some(number) != newest && self.is_overwritten(number) => {
                    let path = self.path(number);
                    destroy(&path).map_err(|error| OpenError::file(&path, &error))?;
                }
                Err(_) if !self.path(number).exists() => {}
                Err(error) => return Err(error),
            }
        }
        *self.generations.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = generations;
        Ok(())
    }

    /// Sorted.
    fn list(&self) -> io::Result<Vec<u32>> {
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix("generation-"));
            let number = number.and_then(|name| name.strip_suffix(".key")?.parse::<u32>().ok());
            numbers.extend(number);
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn read_generation(&self, number: u32) -> Result<Generation, OpenError> {
        let path = self.path(number);
        let text = read_secret(&path).map_err(|error| OpenError::file(&path, &error))?;
        let damaged = || OpenError::file(&path, &"no secret of a key generation");
        let (secret, check) = text.trim().split_once(' ').ok_or_else(damaged)?;
        let generation = self.generation(number, &*from_hex(secret).ok_or_else(damaged)?);
        if check.len() != 16 {
            return Err(damaged());
        }
        if check != generation.check() {
            return Err(OpenError::WrongMasterKey(path));
        }
        Ok(generation)
    }

    fn is_overwritten(&self, number: u32) -> bool {
        fs::read(self.path(number)).is_ok_and(|bytes| bytes.contains(&0))
    }

    fn generation(&self, number: u32, secret: &[u8; 32]) -> Generation {
        let mut both = Zeroizing::new([0; 64]);
        both[..32].copy_from_slice(&*self.master);
        both[32..].copy_from_slice(secret);
        let wrapping = blake3::derive_key("dugnad vault: wrapping by a generation", &*both);
        Generation { number, wrapping: Zeroizing::new(wrapping) }
    }

    fn make_file(&self, number: u32) -> Result<(), OpenError> {
        let secret = Zeroizing::new(random::<32>()?);
        let check = self.generation(number, &secret).check();
        let text = Zeroizing::new(format!("{} {check}\n", *to_hex(&secret)));
        let path = self.path(number);
        create_secret(&path, &text).map_err(|error| OpenError::file(&path, &error))
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<u32, Arc<Generation>>> {
        self.generations.read().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Generation {
    /// Tells a wrong master key; says nothing about the right one.
    fn check(&self) -> String {
        let check = blake3::derive_key("dugnad vault: check of a generation", &*self.wrapping);
        hex::encode(&check[..8])
    }
}

fn read_master(
    dir: &Path,
    master: &Master,
    fresh: bool,
) -> Result<(Zeroizing<[u8; 32]>, Option<MasterKeyMade>), OpenError> {
    let (path, mut made) = match master {
        Master::Hex(digits) => {
            let none = || OpenError::NoMasterKey("the setting".into());
            return Ok((from_hex(digits.trim()).ok_or_else(none)?, None));
        }
        Master::File(path) => (path.clone(), None),
        Master::Made => (dir.join("master.key"), None),
    };
    if matches!(master, Master::Made) && !path.exists() {
        if !fresh {
            return Err(OpenError::SecretsMissing(dir.to_owned()));
        }
        let key = Zeroizing::new(random::<32>()?);
        let text = Zeroizing::new(format!("{}\n", *to_hex(&key)));
        create_secret(&path, &text).map_err(|error| OpenError::file(&path, &error))?;
        made = Some(MasterKeyMade(path.clone()));
    }
    let text = read_secret(&path).map_err(|error| OpenError::file(&path, &error))?;
    let none = || OpenError::NoMasterKey(path.display().to_string());
    Ok((from_hex(text.trim()).ok_or_else(none)?, made))
}

fn from_hex(digits: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(digits, bytes.as_mut_slice()).ok().map(|()| bytes)
}

fn to_hex(bytes: &[u8; 32]) -> Zeroizing<String> {
    Zeroizing::new(hex::encode(bytes))
}

/// At most the length of a secret and some white space, whatever the file is.
fn read_secret(path: &Path) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(256));
    File::open(path)?.take(256).read_to_string(&mut text)?;
    Ok(text)
}

fn private_dir(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// Puts a file there, whole and durable, unless one is there: then that one stands.
fn create_secret(path: &Path, text: &str) -> io::Result<()> {
    let mut unique = path.as_os_str().to_owned();
    unique.push(format!(".{}.new", hex::encode(random::<8>().map_err(io::Error::other)?)));
    let unique = PathBuf::from(unique);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unique)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let linked = match fs::hard_link(&unique, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    };
    fs::remove_file(&unique)?;
    linked.and_then(|()| sync_dir(path))
}

/// Overwrites, then removes; both durable, in this order. Nothing there is as good.
fn destroy(path: &Path) -> io::Result<()> {
    let mut file = match OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        file => file?,
    };
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(0).min(4096);
    file.write_all(&vec![0; length])?;
    file.sync_all()?;
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        removed => removed?,
    }
    sync_dir(path)
}

fn sync_dir(of: &Path) -> io::Result<()> {
    File::open(of.parent().unwrap_or(Path::new(".")))?.sync_all()
}
