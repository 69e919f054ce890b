//! Compiles the `.proto` files with protox, so that no `protoc` is needed.

use std::path::PathBuf;

use prost::Message as _;

const FILES: &[&str] = &[
    "dugnad/activities/v1/activities.proto",
    "dugnad/matching/v1/matching.proto",
    "dugnad/matching/v1/plan.proto",
    "dugnad/matching/v1/solve.proto",
    "dugnad/notices/v1/notices.proto",
    "dugnad/rides/v1/rides.proto",
    "dugnad/rides/v1/solve.proto",
    "dugnad/rooms/v1/calendar.proto",
    "dugnad/rooms/v1/doors.proto",
    "dugnad/rooms/v1/rooms.proto",
    "dugnad/rooms/v1/season.proto",
    "dugnad/rooms/v1/shifts.proto",
    "dugnad/volunteers/v1/organisations.proto",
    "dugnad/volunteers/v1/people.proto",
    "dugnad/volunteers/v1/standing.proto",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=dugnad");
    let descriptors = protox::compile(FILES, ["."])?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?).join("descriptors.bin");
    std::fs::write(out, descriptors.encode_to_vec())?;
    tonic_prost_build::configure().codec_path("crate::codec::Codec").compile_fds(descriptors)?;
    Ok(())
}
