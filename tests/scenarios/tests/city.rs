//! The load test of a city, at a hundredth of its size, from its first call to the start on what it left.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use std::{process::Stdio, time::Duration};

use dugnad_harness::server::binary;
use serde_json::Value;
use tokio::{process::Command, time::timeout};

/// A machine that others use too.
const DEADLINE: Duration = Duration::from_secs(170);

/// What it printed.
async fn measured(scale: &str) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(binary().unwrap());
    command.args(["bench", "city", "--json", "--scale", scale]).env("TMPDIR", dir.path());
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = timeout(DEADLINE, command.output()).await.unwrap().unwrap();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complained}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// How many calls of a name there were in all phases whose name begins so.
fn calls(report: &Value, phase: &str, call: &str) -> u64 {
    let phases = report["phases"].as_array().unwrap().iter();
    let phases = phases.filter(|it| it["phase"].as_str().unwrap().starts_with(phase));
    let rows = phases.flat_map(|it| it["calls"].as_array().unwrap());
    rows.filter(|row| row["call"] == call).map(|row| row["count"].as_u64().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundredth_of_a_city_is_measured_to_the_end_and_its_figures_add_up() {
    // When a hundredth of a city is put through its week,
    let report = measured("0.01").await;

    // then everybody was signed up by calls that were counted, and nothing failed,
    let made = |what: &str| report["made"][what].as_u64().unwrap();
    assert_eq!((made("volunteers"), made("residents"), made("activities")), (500, 200, 15));
    assert_eq!(calls(&report, "volunteers", "volunteers SignUp"), 500, "{report:#}");
    assert_eq!(calls(&report, "volunteers", "volunteers Admit"), 500);
    assert_eq!(calls(&report, "residents reg", "volunteers RegisterReceiver"), 200);
    assert_eq!(calls(&report, "activities", "activities ArrangeActivity"), 15);
    assert_eq!(calls(&report, "residents sign", "activities SignUp"), made("sign-ups"));
    for phase in report["phases"].as_array().unwrap() {
        for row in phase["calls"].as_array().unwrap() {
            assert_eq!(row["failed"], serde_json::json!({}), "{row}");
            assert!(row["p50_ms"].as_f64() <= row["p99_ms"].as_f64(), "{row}");
            assert!(row["per_s"].as_f64() > Some(0.0), "{row}");
        }
    }

    // each ride was promised or refused, and each question asked,
    let rides = report["made"].as_object().unwrap().iter().filter(|it| it.0.starts_with("rides"));
    assert_eq!(rides.map(|it| it.1.as_u64().unwrap()).sum::<u64>(), 150, "{report:#}");
    assert!(made("rides by sign-up, promised") > 0 && made("rides by telephone, promised") > 0);
    let questions = report["phases"].as_array().unwrap().last().unwrap()["calls"].clone();
    let asked = questions.as_array().unwrap().iter().map(|row| row["count"].as_u64().unwrap());
    assert_eq!(asked.sum::<u64>(), 1_000);
    assert_eq!(questions.as_array().unwrap().len(), 13, "{questions:#}");

    // and what is left is told.
    for figure in report["figures"].as_array().unwrap() {
        assert!(figure["measured"].as_f64() > Some(0.0), "{figure}");
    }
}
