# What one does daily. Each recipe is plain cargo: `just` is a convenience.

# Lists the recipes.
default:
    @just --list

# A town's month, arranged, broken, repaired and shown.
demo *args:
    cargo run --release --bin dugnad -- demo {{args}}

# Everything in one process, its data under ./data.
serve *args:
    cargo run --release --bin dugnad -- serve {{args}}

# All tests; arguments go to the test runner.
test *args:
    tests/run {{args}}

# What .ci/run checks before the tests.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo test --quiet -p dugnad-scenarios --test architecture

# Measures this machine: book, or one of rules, rooms, match, rides, notices, assign, dispatch.
bench what="book" *args:
    cargo run --release --bin dugnad -- bench {{what}} {{args}}

# Installs the solvers that `just bench assign` and `dispatch` compare with, under target/peers.
bench-peers:
    tests/peers/prepare

fmt:
    cargo fmt --all

# A month on NATS, killed a hundred times, then audited; the seed can be chosen.
chaos kills="100" seed="1":
    DUGNAD_CHAOS_KILLS={{kills}} DUGNAD_CHAOS_SEED={{seed}} \
      cargo test -p dugnad-scenarios --test chaos on_nats -- --nocapture
