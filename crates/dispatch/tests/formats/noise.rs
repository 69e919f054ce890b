//! Files with random damage: they are read or refused, never more.

use dugnad_dispatch::{
    format::{Instance, darp, json, li_lim},
    oracle::check,
};
use fastrand::Rng;

use crate::{benchmarks, json::example};

/// Bytes that turn numbers and structure into something else.
const TELLING: &[u8] = b"0123456789-+.eENaninf \n\r\t{}[]\",:\\u\xff\xc3\x00";

/// A few changes of one byte, of a few bytes, or of two parts of the file.
fn damaged(rng: &mut Rng, file: &str) -> String {
    let mut bytes = file.as_bytes().to_vec();
    for _ in 0..rng.usize(1..4) {
        let at = rng.usize(0..bytes.len());
        let telling = TELLING[rng.usize(0..TELLING.len())];
        match rng.u8(0..5) {
            0 => bytes[at] = rng.u8(..),
            1 => bytes[at] = telling,
            2 => bytes.insert(at, telling),
            3 => {
                let end = (at + rng.usize(1..40)).min(bytes.len());
                bytes.drain(at..end);
            }
            _ => {
                let end = (at + rng.usize(1..200)).min(bytes.len());
                let part = bytes[at..end].to_vec();
                let to = rng.usize(0..bytes.len());
                bytes.splice(to..to, part);
            }
        }
        if bytes.is_empty() {
            bytes.push(b'0');
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn benchmark_holds(instance: &Instance, noise: &str) {
    instance.problem.validate().unwrap();
    assert!(instance.problem.matrix.places <= 500, "the file is not that long");
    if let Ok(plan) = instance.read_routes(noise) {
        let _ = check(&instance.problem, &plan);
    }
}

/// One damaged file of each kind; how many of them were still read.
fn one_of_each(seed: u64) -> usize {
    let mut rng = Rng::with_seed(seed);
    let routes = damaged(&mut rng, "Route 1 : 1 17 2 18\nRoute 2 : 3 19\nRoute 3 : 5 21\n");
    let li_lim = li_lim::parse(&damaged(&mut rng, benchmarks::LR101));
    let darp = darp::parse(&damaged(&mut rng, benchmarks::A2_16));
    for instance in [&li_lim, &darp].into_iter().flatten() {
        benchmark_holds(instance, &routes);
    }
    let document = json::parse(&damaged(&mut rng, example(0)));
    if let Ok(document) = &document {
        document.problem.validate().unwrap();
    }
    let whole = json::parse(example(0)).unwrap();
    let schedule = whole.read_schedule(&damaged(&mut rng, example(1)));
    if let Ok((plan, times)) = &schedule {
        let _ = dugnad_dispatch::oracle::check_times(&whole.problem, plan, times);
    }
    [li_lim.is_ok(), darp.is_ok(), document.is_ok(), schedule.is_ok()]
        .into_iter()
        .filter(|&is_read| is_read)
        .count()
}

#[test]
fn damaged_files_are_read_or_refused() {
    let read: usize = (0..1000).map(one_of_each).sum();

    assert!((100..3900).contains(&read), "{read} of 4000 were read");
}

#[test]
#[ignore = "takes minutes; for whoever changes a parser"]
fn damaged_files_are_read_or_refused_for_long() {
    for seed in 1000..1_000_000 {
        one_of_each(seed);
    }
}
