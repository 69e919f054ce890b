//! The demonstration, small, from its first line to its last: on the embedded journal, and on NATS with each
//! service a process of its own; and left running, to play with.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use std::{path::Path, process::Stdio, time::Duration};

use dugnad_harness::{NatsServer, server::binary};
use dugnad_proto::activities::v1::{
    ExplainActivityRequest, activities_service_client::ActivitiesServiceClient,
};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::Command,
    time::timeout,
};
use tonic::{Request, metadata::AsciiMetadataKey, transport::Endpoint};

/// A machine that others use too.
const DEADLINE: Duration = Duration::from_secs(300);

/// Keeps all that it writes in a directory.
fn demo(dir: &Path) -> Command {
    let mut command = Command::new(binary().unwrap());
    command.args(["demo", "--size=small", "--report"]).arg(dir.join("report.html"));
    command.env("TMPDIR", dir).stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// What it said, and its report.
async fn shown(more: &[&str]) -> (String, String) {
    let dir = tempfile::tempdir().unwrap();
    let report = dir.path().join("report.html");
    let output = timeout(DEADLINE, demo(dir.path()).args(more).output()).await.unwrap().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complained}");
    assert!(complained.is_empty(), "no progress where there is no terminal: {complained}");
    (said, std::fs::read_to_string(report).unwrap())
}

/// By the figures that the report has for programs; what was said for people is the same.
fn adds_up(said: &str, report: &str) {
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
    // An evening that moves takes its rides along: those that were promised before gave way.
    assert!(one("rides_promised") > 48 && one("rides_replaced") > 0, "{figures}");
    for places in figures["helpers"].as_object().unwrap().values() {
        let [wanted, taken] = [0, 1].map(|n| places[n].as_u64().unwrap());
        assert!(taken <= wanted && wanted > 0, "{figures}");
    }
    // Two hosts at most evenings, an hour each at least.
    let hosts = figures["helpers"]["host"][1].as_u64().unwrap();
    assert!(hosts > 0 && real("hours_of_helpers") >= one("held") as f64, "{figures}");
    let speed = real("kilometres") / real("vehicle_hours");
    assert!((1.0..60.0).contains(&speed), "in a town, with stops: {figures}");
    assert!((0.0..1.0).contains(&real("seats_empty")) && one("messages") > 0, "{figures}");
    for line in [
        format!("{} of {} evenings were held", one("held"), one("evenings")),
        format!("{} of {} rides that were asked for", one("rides_promised"), one("rides_asked")),
    ] {
        assert!(said.contains(&line), "{line}: {said}");
    }
}

/// The evening that is told and what goes wrong with it stand in the report as they were said.
fn is_told(said: &str, report: &str) {
    let (_, story) = said.split_once("\n3  ").unwrap();
    let (story, _) = story.split_once("\n5  ").unwrap();
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let report = flat(&report.replace("&quot;", "\"").replace("&amp;", "&").replace("&lt;", "<"));
    for line in story.lines().filter(|line| line.starts_with("  ✓") || line.starts_with("  ✗"))
    {
        let words = flat(line.trim_start_matches([' ', '✓', '✗']));
        assert!(report.contains(&words), "{words}");
    }
    for breaks in ["is ill", "cannot come as host", "The roof over", "by an hour", "kill -9"] {
        assert!(story.contains(breaks), "{breaks}: {story}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_is_as_it_should_be_and_its_figures_add_up() {
    let (said, report) = shown(&[]).await;

    assert!(!said.contains('\u{1b}'), "no colours where there is no terminal");
    let widest = said.lines().max_by_key(|line| line.chars().count()).unwrap();
    assert!(widest.chars().count() <= 100, "{widest}");
    adds_up(&said, &report);
    is_told(&said, &report);
    assert!(said.contains("✓ Took "), "how long each part took: {said}");
    assert_eq!(report.matches("<svg").count(), 2, "the rooms and the map");
    assert!(!report.contains("src="), "it fetches nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_is_the_same_on_nats_with_each_service_a_process() {
    let nats = NatsServer::start().unwrap();

    let (said, report) = shown(&["--journal", &nats.url()]).await;

    adds_up(&said, &report);
    is_told(&said, &report);
}

/// A gRPC call as grpcurl takes it.
struct Call {
    headers: Vec<(AsciiMetadataKey, String)>,
    data: Value,
    address: String,
    method: String,
}

/// From the first command that is named, over as many lines as it has.
async fn named(lines: &mut tokio::io::Lines<impl tokio::io::AsyncBufRead + Unpin>) -> Call {
    let mut command = String::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        if command.is_empty() && !line.trim_start().starts_with("grpcurl ") {
            continue;
        }
        command += line.trim_end_matches('\\');
        if !line.ends_with('\\') {
            break;
        }
    }
    let pieces: Vec<_> = command.split('\'').collect();
    let options = pieces.chunks_exact(2).map(|it| (it[0].trim(), it[1]));
    let (mut headers, mut data) = (Vec::new(), Value::Null);
    for (option, value) in options {
        if option.ends_with("-H") {
            let (name, value) = value.split_once(": ").unwrap();
            headers.push((name.parse().unwrap(), value.to_owned()));
        } else {
            assert!(option.ends_with("-d"), "{command}");
            data = serde_json::from_str(value).unwrap();
        }
    }
    let mut words = command.split_whitespace().rev();
    let (method, address) = (words.next().unwrap(), words.next().unwrap());
    Call { headers, data, address: address.to_owned(), method: method.to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn left_running_it_answers_the_call_that_it_names_until_it_is_interrupted() {
    // Given a town that is left running,
    let dir = tempfile::tempdir().unwrap();
    let mut running = demo(dir.path()).arg("--serve").stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let call = timeout(DEADLINE, named(&mut lines)).await.unwrap();

    // when somebody sends the call that it names,
    assert_eq!(call.method, "dugnad.activities.v1.ActivitiesService/ExplainActivity");
    let endpoint = Endpoint::from_shared(format!("http://{}", call.address)).unwrap();
    let mut activities = ActivitiesServiceClient::new(endpoint.connect().await.unwrap());
    let occurrence = call.data["occurrence"].as_str().unwrap().to_owned();
    let mut request = Request::new(ExplainActivityRequest { occurrence });
    for (name, value) in call.headers {
        request.metadata_mut().insert(name, value.parse().unwrap());
    }
    let steps = activities.explain_activity(request).await.unwrap().into_inner().steps;

    // then it tells how the evening came to be held, and after Ctrl-C nobody answers there.
    assert_eq!(steps.last().unwrap().words, "was held");
    let pid = running.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().await.unwrap().success());
    let end = timeout(DEADLINE, running.wait()).await.unwrap().unwrap();
    assert!(end.success(), "{end}");
    assert!(endpoint.connect().await.is_err());
}
