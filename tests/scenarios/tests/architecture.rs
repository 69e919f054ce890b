//! Dependencies point downward only, and the rules see nothing of the world.
//!
//! Reads `cargo metadata` for what crates depend on, and the sources for what a module of a crate
//! uses. Each rule is stated once, in [`CRATES`] and [`SOURCES`].
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// Who may depend on a crate, in production code.
struct Only {
    dependency: &'static str,
    in_crates: &'static [&'static str],
}

/// Services and the binary; all of `services/`.
const SERVICES: &[&str] = &[
    "dugnad-activities",
    "dugnad-matching",
    "dugnad-notices",
    "dugnad-rides",
    "dugnad-rooms",
    "dugnad-volunteers",
    "dugnad",
];

const CRATES: &[Only] = &[
    Only { dependency: "async-nats", in_crates: &["dugnad-journal", "dugnad-vault"] },
    Only { dependency: "rusqlite", in_crates: &["dugnad-journal", "dugnad-vault"] },
    Only {
        dependency: "tonic",
        in_crates: &[
            "dugnad-proto",
            "dugnad-door",
            "dugnad-activities",
            "dugnad-matching",
            "dugnad-notices",
            "dugnad-rides",
            "dugnad-rooms",
            "dugnad-volunteers",
            "dugnad",
        ],
    },
    Only { dependency: "dugnad-proto", in_crates: SERVICES },
    Only { dependency: "dugnad-door", in_crates: SERVICES },
    Only { dependency: "dugnad-activities", in_crates: &["dugnad"] },
    Only { dependency: "dugnad-matching", in_crates: &["dugnad"] },
    Only { dependency: "dugnad-notices", in_crates: &["dugnad"] },
    Only { dependency: "dugnad-rides", in_crates: &["dugnad"] },
    Only { dependency: "dugnad-rooms", in_crates: &["dugnad"] },
    Only { dependency: "dugnad-volunteers", in_crates: &["dugnad"] },
    Only { dependency: "dugnad-audit", in_crates: &["dugnad"] },
    // The auditor is not here, nor below: it reckons anew what the services decide by.
    Only { dependency: "dugnad-eligibility", in_crates: &["dugnad-matching", "dugnad-volunteers"] },
    Only { dependency: "dugnad", in_crates: &[] },
    Only {
        dependency: "dugnad-ledger",
        in_crates: &[
            "dugnad-door",
            "dugnad-activities",
            "dugnad-matching",
            "dugnad-notices",
            "dugnad-rides",
            "dugnad-rooms",
            "dugnad-volunteers",
            "dugnad",
        ],
    },
];

/// A word that only some sources may use.
struct Words {
    words: &'static [&'static str],
    /// Parts of paths from the workspace's root: where it is forbidden.
    within: &'static str,
    /// Where it is allowed all the same.
    but: &'static [&'static str],
    why: &'static str,
}

const ENGINES_KNOW_NOTHING_OF: &[&str] = &[
    "async fn",
    "tokio",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "Instant",
    "SystemTime",
    "Timestamp::now",
    "Zoned::now",
    "getrandom",
    "println!",
    "dbg!",
];

const SOURCES: &[Words] = &[
    Words {
        words: &[
            "async fn",
            "async move",
            ".await",
            "tokio",
            "tonic",
            "dugnad_journal::sqlite",
            "dugnad_journal::jetstream",
            "dugnad_proto",
            "rusqlite",
            "std::fs",
            "std::net",
            "std::io",
            "std::env",
            "std::thread",
            "std::process",
            "Instant",
            "SystemTime",
            "Timestamp::now",
            "Zoned::now",
            "new_v4",
            "now_v7",
            "getrandom",
            "println!",
        ],
        within: "/src/model/",
        but: &[],
        why: "the rules are pure: no async, no clock, no chance, no I/O",
    },
    Words {
        words: ENGINES_KNOW_NOTHING_OF,
        within: "crates/assign/src/",
        but: &[],
        why: "the engines are pure: no I/O, and no clock but a passed-in budget",
    },
    Words {
        words: ENGINES_KNOW_NOTHING_OF,
        within: "crates/dispatch/src/",
        but: &[],
        why: "the engines are pure: no I/O, and no clock but a passed-in budget",
    },
    Words {
        words: ENGINES_KNOW_NOTHING_OF,
        within: "crates/audit/src/",
        but: &[],
        why: "the auditor takes facts in and gives findings out",
    },
    Words {
        words: &["dugnad_ledger", "dugnad_eligibility", "dugnad_dispatch", "dugnad_rooms"],
        within: "crates/audit/src/",
        but: &[],
        why: "an auditor that shares code with what it audits shares its faults",
    },
    Words {
        words: &["async_nats"],
        within: "crates/",
        but: &["crates/journal/src/jetstream", "crates/vault/src/nats"],
        why: "only the JetStream journal and the vault's NATS store know NATS",
    },
    Words {
        words: &["rusqlite"],
        within: "crates/",
        but: &["crates/journal/src/sqlite", "crates/vault/src/"],
        why: "only the SQLite backends know SQLite",
    },
    Words {
        words: &["tonic::", "dugnad_proto"],
        within: "services/",
        but: &["/src/api", "services/dugnad/"],
        why: "only api.rs and the binary know gRPC",
    },
    Words {
        words: &["dugnad_harness"],
        within: "services/",
        but: &["services/dugnad/src/bench", "services/dugnad/src/demo"],
        why: "what tests run against is no part of a service; the bench measures with it, and the \
              demo has its locks and its chance from it",
    },
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn packages() -> Vec<Package> {
    let manifest = root().join("Cargo.toml");
    MetadataCommand::new().manifest_path(manifest).no_deps().exec().unwrap().packages
}

/// What a crate's production code depends on, by name.
fn dependencies(package: &Package) -> BTreeSet<&str> {
    let normal = package.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal);
    normal.map(|dependency| dependency.name.as_str()).collect()
}

fn folder(package: &Package) -> String {
    let path = Path::new(package.manifest_path.as_str()).parent().unwrap();
    path.strip_prefix(root()).unwrap().to_string_lossy().into_owned()
}

/// Every production source below `crates/` and `services/`, by its path from the root.
fn sources() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root().join("crates"), root().join("services")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            if name.ends_with(".rs") && name.contains("/src/") && !name.ends_with("/tests.rs") {
                found.insert(name, production(&fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

/// The source without comments and without the unit tests at its end.
fn production(source: &str) -> String {
    let source = source.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}

fn holds_word(source: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    source.match_indices(word).any(|(at, _)| {
        let before = source[..at].chars().next_back().is_some_and(part_of_name);
        let after = source[at + word.len()..].chars().next().is_some_and(part_of_name);
        let goes_on =
            (word.starts_with(part_of_name) && before) || (word.ends_with(part_of_name) && after);
        !goes_on
    })
}

#[test]
fn crates_depend_only_downward() {
    let mut wrong = Vec::new();
    for package in packages() {
        let folder = folder(&package);
        if folder.starts_with("tests/") {
            continue;
        }
        for dependency in dependencies(&package) {
            let rule = CRATES.iter().find(|rule| rule.dependency == dependency);
            if rule.is_some_and(|rule| !rule.in_crates.contains(&package.name.as_str())) {
                wrong.push(format!("{} depends on {dependency}", package.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_services_stand_on_services_and_nothing_stands_on_tests() {
    let packages = packages();
    let places: BTreeMap<_, _> =
        packages.iter().map(|package| (package.name.as_str(), folder(package))).collect();
    let mut wrong = Vec::new();
    for package in &packages {
        for dependency in dependencies(package) {
            let (Some(to), from) = (places.get(dependency), &places[package.name.as_str()]) else {
                continue;
            };
            let upward = from.starts_with("crates/") && to.starts_with("services/");
            // The bench starts servers as tests do, the demo locks; SOURCES keeps the harness within both.
            let bench = from == "services/dugnad" && to == "tests/harness";
            let on_tests = !from.starts_with("tests/") && to.starts_with("tests/") && !bench;
            if upward || on_tests {
                wrong.push(format!("{from} depends on {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn modules_use_only_what_is_theirs_to_know() {
    let sources = sources();
    let mut wrong = Vec::new();
    for rule in SOURCES {
        let mut read = 0;
        for (name, source) in &sources {
            let applies =
                name.contains(rule.within) || name.replace(".rs", "/").contains(rule.within);
            if !applies || rule.but.iter().any(|place| name.contains(place)) {
                continue;
            }
            read += 1;
            for word in rule.words.iter().filter(|word| holds_word(source, word)) {
                wrong.push(format!("{name} uses `{word}`: {}", rule.why));
            }
        }
        assert!(read > 0, "no source is within {}: the rule holds nothing", rule.within);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_source_is_read_without_comments_and_tests() {
    let source = "// tokio\nuse tokio_like;\n\n#[cfg(test)]\nmod tests {\n    use tokio;\n}\n";

    assert!(!holds_word(&production(source), "tokio"));
    assert!(holds_word("use tokio::spawn;", "tokio"));
    assert!(holds_word("x().await?", ".await"));
}
