//! The demonstration, small, from its first line to its last: on the embedded journal, and on NATS with each
//! service a process of its own.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use std::{process::Stdio, time::Duration};

use dugnad_harness::{NatsServer, server::binary};
use serde_json::Value;
use tokio::{process::Command, time::timeout};

/// A machine that others use too.
const DEADLINE: Duration = Duration::from_secs(300);

/// What it said, and its report.
async fn shown(more: &[&str]) -> (String, String) {
    let dir = tempfile::tempdir().unwrap();
    let report = dir.path().join("report.html");
    let mut command = Command::new(binary().unwrap());
    command.args(["demo", "--size=small", "--report"]).arg(&report).args(more);
    command.env("TMPDIR", dir.path());
    let output = timeout(DEADLINE, command.stdin(Stdio::null()).output()).await.unwrap().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complained}");
    assert!(complained.is_empty(), "no progress where there is no terminal: {complained}");
    (said, std::fs::read_to_string(report).unwrap())
}

/// By the figures that the report has for programs.
fn adds_up(report: &str) {
    let (_, json) = report.split_once("id=figures>").unwrap();
    let (json, _) = json.split_once("</script>").unwrap();
    let figures: Value = serde_json::from_str(json).unwrap();
    let one = |name: &str| figures[name].as_u64().unwrap();
    let sum = |name: &str| -> u64 {
        figures[name].as_object().unwrap().values().map(|it| it.as_u64().unwrap()).sum()
    };
    let real = |name: &str| figures[name].as_f64().unwrap();

    assert_eq!((one("evenings"), one("rides_asked")), (16, 96), "{figures}");
    assert_eq!(one("held") + sum("not_held"), one("evenings"), "{figures}");
    assert_eq!(one("rides_promised") + sum("rides_refused"), one("rides_asked"), "{figures}");
    assert_eq!(sum("rides_by_state"), one("rides_promised"), "{figures}");
    let hosts: Vec<_> = figures["helpers"]["host"].as_array().unwrap().clone();
    assert!(hosts[1].as_u64() > Some(0) && hosts[1].as_u64() <= hosts[0].as_u64(), "{figures}");
    assert!(real("kilometres") > 0.0 && real("vehicle_hours") > 0.0, "{figures}");
    assert!((0.0..1.0).contains(&real("seats_empty")) && one("messages") > 0, "{figures}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_is_as_it_should_be_and_its_figures_add_up() {
    let (said, report) = shown(&[]).await;

    assert!(!said.contains('\u{1b}'), "no colours where there is no terminal");
    let widest = said.lines().max_by_key(|line| line.chars().count()).unwrap();
    assert!(widest.chars().count() <= 100, "{widest}");
    adds_up(&report);
    assert_eq!(report.matches("<svg").count(), 2, "the rooms and the map");
    assert!(!report.contains("src="), "it fetches nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_is_the_same_on_nats_with_each_service_a_process() {
    let nats = NatsServer::start().unwrap();

    let (_, report) = shown(&["--journal", &nats.url()]).await;

    adds_up(&report);
}
